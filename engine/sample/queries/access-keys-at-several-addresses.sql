-- Access keys used from several addresses
-- question: Which permanent access keys are used from more than one place, and might have leaked?
-- category: Credentials
-- technique: T1552.001 Unsecured Credentials: Credentials In Files
-- parameter: days = 30: days to look back
--
-- A key of a machine lives at one or two addresses and speaks with one tool. A key that turns up at a new address with
-- another tool may have leaked: from a repository, a laptop, a log.
--
-- Take the key to "Everything one access key did", and deactivate it before you read on.

SELECT userIdentity.accessKeyId AS access_key, userIdentity.arn AS principal,
  count(DISTINCT sourceIPAddress) AS addresses,
  count(DISTINCT userAgent) AS tools,
  array_agg(DISTINCT sourceIPAddress) AS all_addresses,
  max_by(sourceIPAddress, eventTime) AS last_address,
  max(eventTime) AS last_use
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND userIdentity.accessKeyId LIKE 'AKIA%'
GROUP BY 1, 2
HAVING count(DISTINCT sourceIPAddress) > 1 AND count(DISTINCT userAgent) > 1
ORDER BY addresses DESC, last_use DESC
