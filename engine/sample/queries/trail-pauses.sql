-- How long a trail was off
-- question: For how long did a stopped trail record nothing, and who started it again?
-- category: Logging
-- technique: T1562.008 Impair Defenses: Disable or Modify Cloud Logs
-- parameter: days = 90: days to look back
--
-- Pairs each StopLogging with the next StartLogging of the same trail. A pause without an end is a trail that may
-- still be off. What happened in between is in no log of that trail; other trails, access logs of buckets and flow
-- logs may tell.

SELECT trail, stopped, stopped_by, started, started_by, date_diff('minute', stopped, started) AS minutes_off
FROM (
  SELECT element_at(requestParameters, 'name') AS trail, eventName,
    eventTime AS stopped, userIdentity.arn AS stopped_by,
    lead(eventTime) OVER (PARTITION BY element_at(requestParameters, 'name') ORDER BY eventTime) AS started,
    lead(userIdentity.arn) OVER (PARTITION BY element_at(requestParameters, 'name') ORDER BY eventTime) AS started_by
  FROM $EDS_ID
  WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'cloudtrail.amazonaws.com'
    AND eventName IN ('StopLogging', 'StartLogging') AND errorCode IS NULL
)
WHERE eventName = 'StopLogging'
ORDER BY stopped DESC
