-- Roles switched to in the console
-- question: Who switched to which role in the console?
-- category: Sign-in
-- technique: T1548.005 Abuse Elevation Control Mechanism: Temporary Elevated Cloud Access
-- parameter: days = 30: days to look back
--
-- SwitchRole names the target in the additional data; the event itself belongs to the role's account.

SELECT eventTime, userIdentity.arn AS principal, sourceIPAddress,
  element_at(additionalEventData, 'SwitchTo') AS role, element_at(responseElements, 'SwitchRole') AS outcome
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName = 'SwitchRole'
ORDER BY eventTime DESC
