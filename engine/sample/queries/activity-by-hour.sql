-- Activity by hour of the day
-- question: When is this account at work?
-- category: Usage
-- parameter: days = 30: days to look back
--
-- A day's shape, apart for changes and for people with a browser. It tells what "outside of working hours" means here.

SELECT hour(eventTime) AS hour, count(*) AS events, count_if(readOnly = false) AS changes,
  count_if(userAgent LIKE 'Mozilla/%') AS from_browsers, count(DISTINCT userIdentity.arn) AS principals
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
GROUP BY 1
ORDER BY hour
