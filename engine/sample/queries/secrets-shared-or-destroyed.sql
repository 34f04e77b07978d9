-- Secrets shared or destroyed
-- question: Which secrets were opened to others, or deleted without recovery?
-- category: Keys and secrets
-- technique: T1555.006 Credentials from Password Stores: Cloud Secrets Management Stores
-- parameter: days = 365: days to look back
--
-- A resource policy on a secret can let another account read it. Deletion without recovery stops whatever needs it.

SELECT eventTime, eventName, element_at(requestParameters, 'secretId') AS secret, userIdentity.arn AS principal,
  element_at(requestParameters, 'forceDeleteWithoutRecovery') AS without_recovery,
  element_at(requestParameters, 'resourcePolicy') AS policy
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'secretsmanager.amazonaws.com'
  AND eventName IN ('PutResourcePolicy', 'DeleteSecret', 'DeleteResourcePolicy', 'ReplicateSecretToRegions',
      'CancelRotateSecret')
ORDER BY eventTime DESC
