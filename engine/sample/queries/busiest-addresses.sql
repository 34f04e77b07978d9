-- Addresses with the most different callers
-- question: Which addresses do many principals share?
-- category: First look
-- technique: T1090 Proxy
-- parameter: days = 30: days to look back
-- parameter: least = 3: fewest different principals
--
-- NAT gateways and offices stand at the top. One public address with many users that have nothing in common is a
-- collector of credentials.

SELECT sourceIPAddress, count(DISTINCT userIdentity.arn) AS principals, count(*) AS calls,
  count(DISTINCT recipientAccountId) AS accounts, min(eventTime) AS first, max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND sourceIPAddress NOT LIKE '%.amazonaws.com'
  AND sourceIPAddress <> 'AWS Internal'
GROUP BY 1
HAVING count(DISTINCT userIdentity.arn) >= ?
ORDER BY principals DESC
LIMIT 100
