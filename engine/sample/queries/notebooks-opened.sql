-- Notebooks opened by link
-- question: Who opened a notebook of SageMaker?
-- category: Compute
-- technique: T1059 Command and Scripting Interpreter
-- parameter: days = 90: days to look back
--
-- A presigned link opens a notebook, and with it a shell with the notebook's role.

SELECT eventTime, eventName, coalesce(element_at(requestParameters, 'notebookInstanceName'),
  element_at(requestParameters, 'domainId')) AS notebook,
  userIdentity.arn AS principal, sourceIPAddress
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName LIKE 'CreatePresigned%'
ORDER BY eventTime DESC
