-- The most frequent operations
-- question: What happens most?
-- category: Usage
-- parameter: days = 30: days to look back
--
-- Operations by number of calls, with how many principals share them. What fills the trail, and what its storage goes
-- to.

SELECT eventSource, eventName, count(*) AS calls, count(DISTINCT userIdentity.arn) AS principals, count(errorCode) AS failed
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
GROUP BY 1, 2
ORDER BY calls DESC
LIMIT 50
