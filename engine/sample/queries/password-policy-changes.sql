-- Changes of the password policy
-- question: Was the account's password policy weakened?
-- category: Identity
-- technique: T1556 Modify Authentication Process
-- parameter: days = 365: days to look back
--
-- The request holds only what was given: what is missing went back to its default.

SELECT eventTime, recipientAccountId AS account, eventName, userIdentity.arn AS changed_by,
  element_at(requestParameters, 'minimumPasswordLength') AS minimum_length,
  element_at(requestParameters, 'requireSymbols') AS symbols, requestParameters
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
  AND eventName IN ('UpdateAccountPasswordPolicy', 'DeleteAccountPasswordPolicy')
ORDER BY eventTime DESC
