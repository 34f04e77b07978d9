-- Denied AssumeRole calls
-- question: Who keeps trying to become a role that refuses them?
-- category: Credentials
-- technique: T1078.004 Valid Accounts: Cloud Accounts
-- parameter: days = 30: days to look back
-- parameter: least = 5: fewest refusals worth a line
--
-- One line per caller and address. Many different roles from one caller is someone who walks through names
-- to find a role that trusts too much; one role over and over is more often a broken deployment.
--
-- Look next at the caller's session, and at whether any AssumeRole of the same caller went through.

SELECT userIdentity.arn AS caller, sourceIPAddress,
  count(*) AS refusals,
  count(DISTINCT element_at(requestParameters, 'roleArn')) AS roles,
  min(eventTime) AS first, max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
  AND eventSource = 'sts.amazonaws.com' AND eventName = 'AssumeRole' AND errorCode LIKE '%AccessDenied%'
GROUP BY 1, 2
HAVING count(*) >= ?
ORDER BY roles DESC, refusals DESC
