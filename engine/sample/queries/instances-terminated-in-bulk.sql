-- Instances terminated in bulk
-- question: Who took down many machines within an hour?
-- category: Compute
-- technique: T1578.003 Modify Cloud Compute Infrastructure: Delete Cloud Instance
-- parameter: days = 30: days to look back
-- parameter: least = 10: fewest calls in an hour
--
-- Without what auto scaling does by itself. A clean-up, the end of a test, or destruction.

SELECT userIdentity.arn AS principal, sourceIPAddress, date_trunc('hour', eventTime) AS hour, count(*) AS calls,
  min(eventTime) AS first, max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName IN ('TerminateInstances', 'StopInstances') AND errorCode IS NULL
  AND userIdentity.invokedBy IS NULL
GROUP BY 1, 2, 3
HAVING count(*) >= ?
ORDER BY calls DESC
