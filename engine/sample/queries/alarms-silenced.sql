-- Alarms deleted or silenced
-- question: Who deleted alarms or took away their actions?
-- category: Logging
-- technique: T1562.006 Impair Defenses: Indicator Blocking
-- parameter: days = 90: days to look back
--
-- Auto scaling deletes its own alarms; those are left out. The names show whether alarms of security were among them.

SELECT eventTime, eventName, userIdentity.arn AS principal, sourceIPAddress,
  element_at(requestParameters, 'alarmNames') AS alarms
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'monitoring.amazonaws.com'
  AND eventName IN ('DeleteAlarms', 'DisableAlarmActions') AND userIdentity.invokedBy IS NULL
ORDER BY eventTime DESC
