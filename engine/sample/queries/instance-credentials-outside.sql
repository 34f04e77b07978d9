-- Instance credentials used elsewhere
-- question: Are the credentials of an EC2 instance used from outside of it?
-- category: Credentials
-- technique: T1552.005 Unsecured Credentials: Cloud Instance Metadata API
-- parameter: days = 30: days to look back
--
-- An instance's session is named after it. Its calls come from one or two addresses; a session that speaks from a
-- private and from a public address, with two tools, was copied out of the metadata service.

SELECT userIdentity.sessionContext.sessionIssuer.userName AS role,
  regexp_extract(userIdentity.arn, '/(i-[0-9a-f]+)$', 1) AS instance,
  array_agg(DISTINCT sourceIPAddress) AS addresses, count(DISTINCT userAgent) AS tools,
  count(*) AS calls, max_by(eventName, eventTime) AS last_call, max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
  AND regexp_like(userIdentity.arn, '/i-[0-9a-f]+$') AND sourceIPAddress NOT LIKE '%.amazonaws.com'
  AND sourceIPAddress <> 'AWS Internal'
GROUP BY 1, 2
HAVING count_if(sourceIPAddress LIKE '10.%') > 0 AND count_if(sourceIPAddress NOT LIKE '10.%') > 0
  AND count(DISTINCT userAgent) > 1
ORDER BY last DESC
