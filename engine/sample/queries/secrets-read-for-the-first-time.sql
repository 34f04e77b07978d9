-- Secrets read by somebody new
-- question: Who read a secret that they never read before?
-- category: Keys and secrets
-- technique: T1555.006 Credentials from Password Stores: Cloud Secrets Management Stores
-- parameter: days = 7: how new is new, in days
--
-- Pairs of principal and secret seen for the first time in the last days. Reads the whole store.

SELECT coalesce(userIdentity.sessionContext.sessionIssuer.arn, userIdentity.arn) AS principal,
  element_at(requestParameters, 'secretId') AS secret, min(eventTime) AS first_read, count(*) AS reads,
  min_by(sourceIPAddress, eventTime) AS first_address
FROM $EDS_ID
WHERE eventName = 'GetSecretValue' AND errorCode IS NULL
GROUP BY 1, 2
HAVING min(eventTime) >= date_add('day', -?, now())
ORDER BY first_read DESC
LIMIT 500
