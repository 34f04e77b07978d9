-- Secrets read in bulk
-- question: Who read many different secrets within an hour?
-- category: Keys and secrets
-- technique: T1555.006 Credentials from Password Stores: Cloud Secrets Management Stores
-- parameter: days = 30: days to look back
-- parameter: least = 10: fewest different secrets in an hour
--
-- An application reads its own two or three. Ten at once is a harvest; every secret in the list must be changed.

SELECT userIdentity.arn AS principal, sourceIPAddress, date_trunc('hour', eventTime) AS hour,
  count(DISTINCT element_at(requestParameters, 'secretId')) AS secrets,
  array_agg(DISTINCT element_at(requestParameters, 'secretId')) AS which
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName = 'GetSecretValue' AND errorCode IS NULL
GROUP BY 1, 2, 3
HAVING count(DISTINCT element_at(requestParameters, 'secretId')) >= ?
ORDER BY secrets DESC
