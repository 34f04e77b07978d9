-- Permanent access keys still in use
-- question: Which users still work with permanent keys, and for what?
-- category: Credentials
-- technique: T1078.004 Valid Accounts: Cloud Accounts
-- parameter: days = 90: days to look back
--
-- The list to work down when keys are to be replaced by roles. The services tell what a key is for, the tool where
-- it lives.

SELECT userIdentity.userName, userIdentity.accessKeyId AS access_key, recipientAccountId AS account, count(*) AS calls,
  array_agg(DISTINCT replace(eventSource, '.amazonaws.com', '')) AS services, max_by(userAgent, eventTime) AS last_tool,
  max(eventTime) AS last_use
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND userIdentity.accessKeyId LIKE 'AKIA%'
GROUP BY 1, 2, 3
ORDER BY calls DESC
