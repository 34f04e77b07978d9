-- Image registries opened or overwritten
-- question: Who opened a registry, or replaced an image that others pull?
-- category: Compute
-- technique: T1525 Implant Internal Image
-- parameter: days = 30: days to look back
--
-- Repository policies, and pushes to the tag "latest", which everything that does not pin a version runs next.

SELECT eventTime, eventName, element_at(requestParameters, 'repositoryName') AS repository,
  element_at(requestParameters, 'imageTag') AS tag,
  userIdentity.arn AS principal, sourceIPAddress, element_at(requestParameters, 'policyText') AS policy
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'ecr.amazonaws.com' AND errorCode IS NULL
  AND (eventName IN ('SetRepositoryPolicy', 'PutRegistryPolicy', 'PutReplicationConfiguration')
    OR eventName = 'PutImage' AND element_at(requestParameters, 'imageTag') = 'latest')
ORDER BY eventTime DESC
