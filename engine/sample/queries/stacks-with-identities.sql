-- Stacks that make identities, and stacks deleted
-- question: Which CloudFormation stacks create roles or take things away?
-- category: Compute
-- technique: T1578 Modify Cloud Compute Infrastructure
-- parameter: days = 30: days to look back
--
-- A stack with CAPABILITY_NAMED_IAM acts on identities in the name of who starts it. The template's address shows whose
-- bucket it came from.

SELECT eventTime, eventName, element_at(requestParameters, 'stackName') AS stack,
  element_at(requestParameters, 'capabilities') AS capabilities,
  element_at(requestParameters, 'templateURL') AS template, userIdentity.arn AS principal
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'cloudformation.amazonaws.com' AND errorCode IS NULL
  AND (eventName = 'DeleteStack' OR element_at(requestParameters, 'capabilities') LIKE '%IAM%')
ORDER BY eventTime DESC
LIMIT 500
