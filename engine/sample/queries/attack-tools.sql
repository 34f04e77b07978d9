-- Tools of attackers and testers
-- question: Did a known attack tool or a hacker's distribution call us?
-- category: Credentials
-- technique: T1588.002 Obtain Capabilities: Tool
-- parameter: days = 90: days to look back
--
-- Tools name themselves in the user agent unless told not to. Tests you ordered will be here too.

SELECT userIdentity.arn AS principal, sourceIPAddress, userAgent, count(*) AS calls,
  count(DISTINCT eventName) AS different_calls, min(eventTime) AS first, max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
  AND regexp_like(lower(userAgent), 'kali|parrot|pentoo|pacu|scoutsuite|cloudfox|prowler|trufflehog|nimbostratus|cloudsploit')
GROUP BY 1, 2, 3
ORDER BY calls DESC
