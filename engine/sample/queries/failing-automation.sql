-- Jobs that only fail
-- question: Which roles fail with nearly everything they call?
-- category: Errors
-- parameter: days = 30: days to look back
-- parameter: least = 5: fewest failures
-- parameter: percent = 50: lowest share of failures, in percent
--
-- A job whose target is gone, or a principal whose rights were taken, goes on calling for years.

SELECT principal, calls, failed, round(1e2 * failed / calls, 1) AS percent, last_error, last
FROM (
  SELECT coalesce(userIdentity.sessionContext.sessionIssuer.arn, userIdentity.arn) AS principal, count(*) AS calls,
    count(errorCode) AS failed, max_by(errorCode, eventTime) FILTER (WHERE errorCode IS NOT NULL) AS last_error,
      max(eventTime) AS last
  FROM $EDS_ID
  WHERE eventTime >= date_add('day', -?, now()) AND userIdentity.arn IS NOT NULL
  GROUP BY 1
)
WHERE failed >= ? AND 1e2 * failed / calls >= ?
ORDER BY failed DESC
