-- What was deleted
-- question: Who deleted or terminated what?
-- category: First look
-- technique: T1485 Data Destruction
-- parameter: days = 30: days to look back
--
-- All deleting operations that went through, by who and what, without the objects of S3 and the items of
-- tables, which come by the thousand. The last request shows what one of them named.

SELECT userIdentity.arn AS principal, replace(eventSource, '.amazonaws.com', '') AS service, eventName,
  count(*) AS times, min(eventTime) AS first, max(eventTime) AS last,
  max_by(CAST(requestParameters AS json), eventTime) AS last_request
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND errorCode IS NULL
  AND regexp_like(eventName, '^(Delete|Terminate|Remove|Deregister|Destroy|Purge)')
  AND eventName NOT IN ('DeleteObject', 'DeleteObjects', 'DeleteItem', 'DeleteLogStream', 'DeleteNetworkInterface')
GROUP BY 1, 2, 3
ORDER BY last DESC
