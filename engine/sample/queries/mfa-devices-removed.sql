-- MFA devices removed
-- question: Whose second factor was switched off, and by whom?
-- category: Identity
-- technique: T1556.006 Modify Authentication Process: Multi-Factor Authentication
-- parameter: days = 90: days to look back
--
-- A lost phone is the usual reason; then a new device follows within the hour. Look for a sign-in without MFA of the
-- same user afterwards.

SELECT eventTime, eventName, element_at(requestParameters, 'userName') AS user_name,
  userIdentity.arn AS removed_by, sourceIPAddress
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND errorCode IS NULL
  AND eventName IN ('DeactivateMFADevice', 'DeleteVirtualMFADevice')
ORDER BY eventTime DESC
