-- Bursts of refused calls
-- question: Who ran into many refusals within an hour?
-- category: Errors
-- technique: T1580 Cloud Infrastructure Discovery
-- parameter: days = 30: days to look back
-- parameter: least = 50: fewest refusals in an hour
--
-- Refusals by principal and hour, and over how many different actions. A broken job is refused one action a thousand
-- times; somebody who tries doors is refused many.

SELECT userIdentity.arn AS principal, sourceIPAddress, date_trunc('hour', eventTime) AS hour,
  count(*) AS refused, count(DISTINCT eventSource || ':' || eventName) AS actions,
  array_agg(DISTINCT eventName) AS which
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
  AND (errorCode LIKE '%Denied%' OR errorCode LIKE '%Unauthorized%')
GROUP BY 1, 2, 3
HAVING count(*) >= ?
ORDER BY refused DESC
