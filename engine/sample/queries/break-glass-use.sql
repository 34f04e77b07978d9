-- Use of the emergency role
-- question: When was the emergency role used, by whom, and for what?
-- category: Governance
-- parameter: role = break-glass: name of the role
-- parameter: days = 365: days to look back
--
-- Sessions of one role with what was done in each. Every line should match an incident.

SELECT userIdentity.arn AS session, date(eventTime) AS day, count(*) AS calls, count_if(readOnly = false) AS changes,
  array_agg(DISTINCT eventName) AS operations, min(sourceIPAddress) AS address, min(eventTime) AS first,
  max(eventTime) AS last
FROM $EDS_ID
WHERE userIdentity.sessionContext.sessionIssuer.userName = '?' AND eventTime >= date_add('day', -?, now())
GROUP BY 1, 2
ORDER BY first DESC
