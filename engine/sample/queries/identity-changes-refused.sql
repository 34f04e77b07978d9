-- Refused changes of identities
-- question: Who tried to change users, roles or policies and was refused?
-- category: Identity
-- technique: T1098 Account Manipulation
-- parameter: days = 90: days to look back
--
-- An attempt to raise rights that failed is seen here and nowhere else. The message tells what refused it.

SELECT eventTime, userIdentity.arn AS principal, sourceIPAddress, eventName, errorCode, errorMessage, requestParameters
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'iam.amazonaws.com' AND readOnly = false
  AND errorCode LIKE '%Denied%'
ORDER BY eventTime DESC
