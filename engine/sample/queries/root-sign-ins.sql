-- Root sign-ins and password recoveries
-- question: Did anybody sign in as root or ask for its password?
-- category: Sign-in
-- technique: T1078.004 Valid Accounts: Cloud Accounts
-- parameter: days = 365: days to look back
--
-- Includes the requests for a new password, which need nothing but the root's mail address. A recovery that completed
-- followed by a sign-in without MFA is a taken account.

SELECT eventTime, recipientAccountId AS account, eventName, sourceIPAddress, userAgent,
  element_at(additionalEventData, 'MFAUsed') AS mfa,
  coalesce(element_at(responseElements, eventName), errorMessage) AS outcome
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'signin.amazonaws.com' AND userIdentity.type = 'Root'
ORDER BY eventTime DESC
