-- Errors never seen before
-- question: Which errors began in the last days?
-- category: Errors
-- parameter: days = 7: how new is new, in days
--
-- Pairs of operation and error whose first time falls into the last days. After a release it is the list of what broke.

SELECT eventSource, eventName, errorCode, min(eventTime) AS first_time, count(*) AS times,
  count(DISTINCT userIdentity.arn) AS principals, min_by(errorMessage, eventTime) AS first_message
FROM $EDS_ID
WHERE errorCode IS NOT NULL
GROUP BY 1, 2, 3
HAVING min(eventTime) >= date_add('day', -?, now())
ORDER BY times DESC, first_time DESC
