-- Who signs in to the console
-- question: Who uses the console, how often, and always with MFA?
-- category: Sign-in
-- parameter: days = 90: days to look back
--
-- The normal state to hold the other questions against: users, their number of sign-ins and addresses, and the share
-- with a second factor.

SELECT userIdentity.type AS kind, coalesce(userIdentity.userName, userIdentity.arn) AS who, count(*) AS sign_ins,
  count(DISTINCT sourceIPAddress) AS addresses,
  round(1e2 * count_if(element_at(additionalEventData, 'MFAUsed') = 'Yes') / count(*), 1) AS percent_with_mfa,
  max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName = 'ConsoleLogin'
  AND element_at(responseElements, 'ConsoleLogin') = 'Success'
GROUP BY 1, 2
ORDER BY sign_ins DESC
