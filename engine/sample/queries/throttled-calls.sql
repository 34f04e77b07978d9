-- Throttled calls
-- question: Which operations are throttled, and whose calls are too many?
-- category: Errors
-- parameter: days = 7: days to look back
--
-- Throttling is per account and region: one noisy caller slows down all others. Compare its share of all calls.

SELECT replace(eventSource, '.amazonaws.com', '') AS service, eventName, awsRegion, count(*) AS throttled,
  count(DISTINCT userIdentity.arn) AS callers, min_by(userIdentity.arn, eventTime) AS first_caller, max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
  AND regexp_like(errorCode, 'Throttl|RequestLimitExceeded|TooManyRequests|SlowDown')
GROUP BY 1, 2, 3
ORDER BY throttled DESC
