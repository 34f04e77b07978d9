-- Operations that are hardly ever used
-- question: Which operations happened only once or twice, and who called them?
-- category: First look
-- technique: T1580 Cloud Infrastructure Discovery
-- parameter: days = 90: days to look back
-- parameter: most = 2: highest number of calls
--
-- What an attacker does is rare by nature. Read the list from top to bottom: most of it is harmless, and the rest would
-- be hard to find otherwise.

SELECT replace(eventSource, '.amazonaws.com', '') AS service, eventName, count(*) AS calls,
  max_by(userIdentity.arn, eventTime) AS last_caller, max_by(sourceIPAddress, eventTime) AS last_address,
  max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
GROUP BY 1, 2
HAVING count(*) <= ?
ORDER BY last DESC
