-- Everything one access key did
-- question: What was done with this access key, hour by hour?
-- category: First look
-- technique: T1078.004 Valid Accounts: Cloud Accounts
-- parameter: access_key = AKIALEAKEDKEYEXAMPLE: id of the access key
-- parameter: days = 90: days to look back
--
-- By hour, address and tool, so that a year of a busy key fits on a page. The line at which address or tool change is
-- where the key changed hands.

SELECT date_trunc('hour', eventTime) AS hour, sourceIPAddress, userAgent,
  count(*) AS calls, count_if(errorCode IS NOT NULL) AS failed,
  array_agg(DISTINCT eventName) AS operations
FROM $EDS_ID
WHERE userIdentity.accessKeyId = '?' AND eventTime >= date_add('day', -?, now())
GROUP BY 1, 2, 3
ORDER BY hour
