-- What was seen while a trail was off
-- question: What happened between StopLogging and StartLogging, as other trails saw it?
-- category: Logging
-- technique: T1562.008 Impair Defenses: Disable or Modify Cloud Logs
-- parameter: days = 90: days to look back
--
-- Changes in the account between a stop and the next start. The stopped trail has none of it; a second trail, or one of
-- another region, may.

SELECT pause.stopped, event.eventTime, event.userIdentity.arn AS principal, event.eventSource, event.eventName,
  event.sourceIPAddress
FROM (
  SELECT recipientAccountId, eventName, eventTime AS stopped,
    lead(eventTime) OVER (PARTITION BY recipientAccountId ORDER BY eventTime) AS started
  FROM $EDS_ID
  WHERE eventTime >= date_add('day', -?, now()) AND eventName IN ('StopLogging', 'StartLogging') AND errorCode IS NULL
) AS pause
JOIN $EDS_ID AS event
  ON event.recipientAccountId = pause.recipientAccountId AND event.eventTime > pause.stopped
    AND event.eventTime < pause.started
WHERE pause.eventName = 'StopLogging' AND event.readOnly = false
ORDER BY event.eventTime
LIMIT 1000
