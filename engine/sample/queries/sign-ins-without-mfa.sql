-- Console sign-ins without MFA
-- question: Who signed in to the console without a second factor?
-- category: Sign-in
-- technique: T1078.004 Valid Accounts: Cloud Accounts
-- parameter: days = 30: days to look back
--
-- Only sign-ins with a password that went through. Those by federation are left out: their second factor is the
-- identity provider's business and says "No" here always.

SELECT eventTime, userIdentity.type, coalesce(userIdentity.userName, userIdentity.arn) AS who, sourceIPAddress, userAgent
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName = 'ConsoleLogin'
  AND element_at(responseElements, 'ConsoleLogin') = 'Success'
  AND element_at(additionalEventData, 'MFAUsed') = 'No'
  AND userIdentity.type IN ('IAMUser', 'Root')
ORDER BY eventTime DESC
