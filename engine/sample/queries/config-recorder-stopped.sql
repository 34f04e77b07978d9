-- AWS Config stopped
-- question: Who stopped the recording of configurations?
-- category: Logging
-- technique: T1562.001 Impair Defenses: Disable or Modify Tools
-- parameter: days = 365: days to look back
--
-- Without the recorder nobody can tell later what a resource looked like.

SELECT eventTime, recipientAccountId AS account, awsRegion, eventName, userIdentity.arn AS principal, sourceIPAddress
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'config.amazonaws.com'
  AND eventName IN ('StopConfigurationRecorder', 'DeleteConfigurationRecorder', 'DeleteDeliveryChannel', 'DeleteConfigRule')
ORDER BY eventTime DESC
