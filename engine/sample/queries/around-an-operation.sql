-- What happened around an operation
-- question: What else did the same principal do in the minutes before and after?
-- category: First look
-- parameter: event_name = StopLogging: operation in the middle
-- parameter: minutes = 15: minutes before
-- parameter: minutes_after = 15: minutes after
--
-- Finds each call of the operation and lists everything its caller did close to it. Negative minutes are before. This
-- is the quickest way from an alarm to what led to it and what it was for.

SELECT it.eventTime AS at_time, date_diff('minute', it.eventTime, other.eventTime) AS minutes,
  other.eventTime, other.userIdentity.arn AS principal, other.eventSource, other.eventName,
  coalesce(other.errorCode, 'done') AS outcome, other.eventID
FROM $EDS_ID AS it
JOIN $EDS_ID AS other ON other.userIdentity.arn = it.userIdentity.arn
WHERE it.eventName = '?'
  AND other.eventTime BETWEEN date_add('minute', -?, it.eventTime) AND date_add('minute', ?, it.eventTime)
ORDER BY at_time, other.eventTime
