-- Changes at night and on weekends
-- question: Which people changed something outside of working hours?
-- category: First look
-- technique: T1078.004 Valid Accounts: Cloud Accounts
-- parameter: days = 30: days to look back
-- parameter: from_hour = 7: first working hour, UTC
-- parameter: to_hour = 19: first hour after work, UTC
--
-- Counts what a person can have done by hand: changes with a browser or from a session of the console. Mind the time
-- zones of who works for you.

SELECT userIdentity.arn AS principal, date(eventTime) AS day, count(*) AS changes,
  array_agg(DISTINCT eventName) AS operations, min(eventTime) AS first, max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND readOnly = false AND managementEvent = true
  AND (sessionCredentialFromConsole = 'true' OR userAgent LIKE 'Mozilla/%')
  AND (day_of_week(eventTime) >= 6 OR hour(eventTime) < ? OR hour(eventTime) >= ?)
GROUP BY 1, 2
ORDER BY changes DESC
