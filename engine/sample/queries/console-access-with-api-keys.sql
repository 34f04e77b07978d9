-- Console sessions made from keys
-- question: Did somebody turn an access key into a session of the console?
-- category: Sign-in
-- technique: T1550.001 Use Alternate Authentication Material: Application Access Token
-- parameter: days = 30: days to look back
--
-- GetSigninToken turns temporary credentials into a link to the console, past password and MFA. Identity brokers of your
-- own use it; stolen keys do as well.

SELECT eventTime, userIdentity.arn AS principal, sourceIPAddress, userAgent,
  element_at(responseElements, 'GetSigninToken') AS outcome
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName = 'GetSigninToken'
ORDER BY eventTime DESC
