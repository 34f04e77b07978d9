-- Start-up scripts of instances changed
-- question: Whose machine will run somebody's script at its next start?
-- category: Compute
-- technique: T1059.009 Command and Scripting Interpreter: Cloud API
-- parameter: days = 90: days to look back
--
-- User data runs as root at the start. CloudTrail hides its text; look for StopInstances and StartInstances of the same
-- instance around it.

SELECT eventTime, element_at(requestParameters, 'instanceId') AS instance, userIdentity.arn AS principal, sourceIPAddress
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName = 'ModifyInstanceAttribute'
  AND element_at(requestParameters, 'userData') IS NOT NULL AND errorCode IS NULL
ORDER BY eventTime DESC
