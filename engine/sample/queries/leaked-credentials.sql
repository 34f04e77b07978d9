-- Leaked credentials: a look around with many refusals
-- question: Which permanent keys first asked who they are and then ran into refusals?
-- category: Credentials
-- technique: T1078.004 Valid Accounts: Cloud Accounts
-- parameter: days = 30: days to look back
-- parameter: least = 3: fewest refused calls
--
-- Whoever finds a key calls GetCallerIdentity to see whose it is, then lists users, roles and buckets, and is
-- refused most of it. Each line is a key that did so from one address within one hour.

SELECT userIdentity.accessKeyId AS access_key, userIdentity.userName, sourceIPAddress,
  date_trunc('hour', eventTime) AS hour,
  count_if(errorCode LIKE '%Denied%' OR errorCode LIKE '%Unauthorized%') AS refused,
  count(DISTINCT eventName) AS different_calls,
  array_agg(DISTINCT eventName) AS calls
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND userIdentity.accessKeyId LIKE 'AKIA%'
GROUP BY 1, 2, 3, 4
HAVING count_if(eventName = 'GetCallerIdentity') > 0
  AND count_if(errorCode LIKE '%Denied%' OR errorCode LIKE '%Unauthorized%') >= ?
ORDER BY refused DESC
