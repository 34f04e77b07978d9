-- Failed console sign-ins
-- question: Whose password is being guessed, and from where?
-- category: Sign-in
-- technique: T1110.001 Brute Force: Password Guessing
-- parameter: days = 30: days to look back
-- parameter: least = 5: fewest failures worth a line
--
-- Failures by user and address. Many users from one address is spraying; one user from many addresses is a targeted
-- guess. "succeeded" tells whether the same pair ever got in.

SELECT coalesce(userIdentity.userName, userIdentity.arn) AS who, sourceIPAddress,
  count_if(errorMessage = 'Failed authentication') AS failures,
  count_if(element_at(responseElements, 'ConsoleLogin') = 'Success') AS succeeded,
  min(eventTime) AS first, max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName = 'ConsoleLogin'
GROUP BY 1, 2
HAVING count_if(errorMessage = 'Failed authentication') >= ?
ORDER BY failures DESC
