-- KMS keys disabled or about to be deleted
-- question: Which keys will soon be gone, and what did that?
-- category: Keys and secrets
-- technique: T1485 Data Destruction
-- parameter: days = 90: days to look back
--
-- A deleted key makes everything under it unreadable for ever. Deletion can be cancelled until its date.

SELECT eventTime, eventName, coalesce(element_at(requestParameters, 'keyId'), element_at(resources, 1).arn) AS key,
  element_at(requestParameters, 'pendingWindowInDays') AS days_left, userIdentity.arn AS principal, sourceIPAddress,
  coalesce(errorCode, 'done') AS outcome
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'kms.amazonaws.com'
  AND eventName IN ('ScheduleKeyDeletion', 'DisableKey', 'DeleteImportedKeyMaterial', 'DisableKeyRotation', 'DeleteAlias')
ORDER BY eventTime DESC
