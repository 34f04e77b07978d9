-- Sweeps through many services
-- question: Who looked through many services within an hour?
-- category: Credentials
-- technique: T1526 Cloud Service Discovery
-- parameter: days = 30: days to look back
-- parameter: least = 5: fewest different reading calls in an hour
--
-- Only calls that list or describe, of permanent keys. Inventory tools sweep too, but always from the same place.

SELECT userIdentity.arn AS principal, sourceIPAddress, date_trunc('hour', eventTime) AS hour,
  count(DISTINCT eventSource) AS services, count(DISTINCT eventSource || eventName) AS operations,
  count_if(errorCode IS NOT NULL) AS failed
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND readOnly = true AND managementEvent = true
  AND userIdentity.accessKeyId LIKE 'AKIA%' AND regexp_like(eventName, '^(List|Describe|Get|Simulate)')
GROUP BY 1, 2, 3
HAVING count(DISTINCT eventSource || eventName) >= ?
ORDER BY operations DESC
LIMIT 100
