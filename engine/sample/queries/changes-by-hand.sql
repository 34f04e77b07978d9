-- Changes made by hand
-- question: Which services are changed in the console instead of by code?
-- category: Governance
-- parameter: days = 30: days to look back
--
-- Changes from sessions that the console opened, by service and principal. Where infrastructure is written as code
-- this list is its drift.

SELECT replace(eventSource, '.amazonaws.com', '') AS service, userIdentity.arn AS principal, count(*) AS changes,
  array_agg(DISTINCT eventName) AS operations, max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND readOnly = false AND managementEvent = true AND errorCode IS NULL
  AND sessionCredentialFromConsole = 'true'
GROUP BY 1, 2
ORDER BY changes DESC
