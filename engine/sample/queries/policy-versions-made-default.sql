-- Policies changed behind their name
-- question: Which managed policies got a new default version?
-- category: Identity
-- technique: T1098.003 Account Manipulation: Additional Cloud Roles
-- parameter: days = 90: days to look back
--
-- A new default version changes what everybody with the policy may do, without any attachment in the trail.

SELECT eventTime, eventName, userIdentity.arn AS changed_by, element_at(requestParameters, 'policyArn') AS policy,
  coalesce(element_at(requestParameters, 'versionId'),
    json_extract_scalar(element_at(responseElements, 'policyVersion'), '$.versionId')) AS version
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND errorCode IS NULL
  AND (eventName = 'SetDefaultPolicyVersion'
    OR eventName = 'CreatePolicyVersion' AND element_at(requestParameters, 'setAsDefault') = 'true')
ORDER BY eventTime DESC
