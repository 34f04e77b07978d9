-- Secure parameters read with decryption
-- question: Who reads encrypted parameters of Systems Manager, and how many?
-- category: Keys and secrets
-- technique: T1552 Unsecured Credentials
-- parameter: days = 30: days to look back
--
-- GetParametersByPath of "/" takes them all; it stands at the top.

SELECT coalesce(userIdentity.sessionContext.sessionIssuer.arn, userIdentity.arn) AS principal, eventName,
  min(element_at(requestParameters, 'path')) AS path, count(*) AS calls,
  count(DISTINCT element_at(requestParameters, 'names')) AS different_names, max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'ssm.amazonaws.com' AND eventName LIKE 'GetParameter%'
  AND element_at(requestParameters, 'withDecryption') = 'true'
GROUP BY 1, 2
ORDER BY path = '/' DESC NULLS LAST, different_names DESC
LIMIT 200
