-- Standing orders of Systems Manager
-- question: What was set up to run on machines again and again?
-- category: Compute
-- technique: T1651 Cloud Administration Command
-- parameter: days = 90: days to look back
--
-- Documents, associations and maintenance windows stay when the one who made them is locked out. A document shared with
-- all is readable by everybody.

SELECT eventTime, eventName, element_at(requestParameters, 'name') AS document, userIdentity.arn AS principal,
  sourceIPAddress,
  element_at(requestParameters, 'scheduleExpression') AS schedule,
  element_at(requestParameters, 'accountIdsToAdd') AS shared_with
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'ssm.amazonaws.com' AND errorCode IS NULL
  AND eventName IN ('CreateDocument', 'UpdateDocument', 'ModifyDocumentPermission', 'CreateAssociation',
      'UpdateAssociation',
    'CreateActivation', 'CreateMaintenanceWindow', 'RegisterTaskWithMaintenanceWindow')
ORDER BY eventTime DESC
