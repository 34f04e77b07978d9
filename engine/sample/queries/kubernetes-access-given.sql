-- Access to clusters given
-- question: Who may now administer which Kubernetes cluster?
-- category: Compute
-- technique: T1098.006 Account Manipulation: Additional Container Cluster Roles
-- parameter: days = 90: days to look back
--
-- Access entries and their policies, and endpoints made public. Changes inside the cluster are in its own audit log.

SELECT eventTime, eventName, element_at(requestParameters, 'name') AS cluster,
  element_at(requestParameters, 'principalArn') AS given_to,
  element_at(requestParameters, 'policyArn') AS policy, element_at(requestParameters, 'resourcesVpcConfig') AS network,
  userIdentity.arn AS principal
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'eks.amazonaws.com' AND errorCode IS NULL
  AND eventName IN ('CreateAccessEntry', 'AssociateAccessPolicy', 'UpdateClusterConfig', 'UpdateAccessEntry')
ORDER BY eventTime DESC
