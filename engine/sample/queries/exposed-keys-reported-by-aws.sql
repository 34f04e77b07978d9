-- Access keys that AWS found exposed
-- question: Did AWS quarantine one of our keys?
-- category: Credentials
-- technique: T1552.001 Unsecured Credentials: Credentials In Files
-- parameter: days = 365: days to look back
--
-- When AWS finds a key in a public place it attaches a quarantine policy to its user. The policy denies a few calls
-- only: the key must still be deactivated and what it did must be read.

SELECT eventTime, element_at(requestParameters, 'userName') AS user_name,
  element_at(requestParameters, 'policyArn') AS policy, sourceIPAddress
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName = 'AttachUserPolicy'
  AND element_at(requestParameters, 'policyArn') LIKE '%AWSCompromisedKeyQuarantine%'
ORDER BY eventTime DESC
