-- New triggers of functions
-- question: What will call a function from now on, and who arranged it?
-- category: Compute
-- technique: T1546 Event Triggered Execution
-- parameter: days = 30: days to look back
--
-- Schedules and rules with a function as their target, and mappings from streams and queues. A function nobody knows
-- that runs every five minutes is a foothold.

SELECT eventTime, eventName, userIdentity.arn AS principal, sourceIPAddress,
  coalesce(element_at(requestParameters, 'rule'), element_at(requestParameters, 'name'),
      element_at(requestParameters, 'functionName')) AS what,
  coalesce(element_at(requestParameters, 'scheduleExpression'), element_at(requestParameters, 'targets'),
    element_at(requestParameters, 'eventSourceArn')) AS detail
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND errorCode IS NULL
  AND (eventName LIKE 'CreateEventSourceMapping%' OR eventName = 'PutTargets'
      AND element_at(requestParameters, 'targets') LIKE '%:lambda:%'
    OR eventName IN ('PutRule', 'CreateSchedule') AND element_at(requestParameters, 'scheduleExpression') IS NOT NULL)
ORDER BY eventTime DESC
