-- Rules that raise alerts disabled
-- question: Which EventBridge rules were disabled or deleted?
-- category: Logging
-- technique: T1562.006 Impair Defenses: Indicator Blocking
-- parameter: days = 90: days to look back
--
-- Findings reach people by rules of EventBridge. A rule that is gone leaves the detector working and everyone asleep.

SELECT eventTime, eventName, element_at(requestParameters, 'name') AS rule, userIdentity.arn AS principal, sourceIPAddress
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'events.amazonaws.com'
  AND eventName IN ('DisableRule', 'DeleteRule', 'RemoveTargets')
ORDER BY eventTime DESC
