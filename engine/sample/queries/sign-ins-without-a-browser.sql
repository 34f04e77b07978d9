-- Console sign-ins by programs
-- question: Which sign-in attempts did not come from a browser?
-- category: Sign-in
-- technique: T1110 Brute Force
-- parameter: days = 30: days to look back
--
-- Browsers say Mozilla. Whatever signs in to the console and does not is a script that guesses or a broker.

SELECT userAgent, sourceIPAddress, coalesce(userIdentity.userName, userIdentity.arn) AS who,
  count(*) AS attempts, count_if(element_at(responseElements, 'ConsoleLogin') = 'Success') AS succeeded,
  max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName = 'ConsoleLogin' AND userAgent NOT LIKE 'Mozilla/%'
GROUP BY 1, 2, 3
ORDER BY attempts DESC
