-- Sign-in attempts with names that do not exist
-- question: Is somebody trying user names to find one?
-- category: Sign-in
-- technique: T1110.003 Brute Force: Password Spraying
-- parameter: days = 30: days to look back
--
-- CloudTrail hides a name it does not know, as it may be a password typed into the wrong field. Address and pace tell a
-- slip from a list of names that is worked through.

SELECT sourceIPAddress, count(*) AS attempts, min(eventTime) AS first, max(eventTime) AS last,
  array_agg(DISTINCT userAgent) AS agents
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName = 'ConsoleLogin'
  AND errorMessage = 'No username found in supplied account'
GROUP BY 1
ORDER BY attempts DESC
