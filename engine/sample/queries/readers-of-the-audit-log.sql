-- Who reads the audit log
-- question: Who searches the trail itself, or asks how it is set up?
-- category: Logging
-- technique: T1654 Log Enumeration
-- parameter: days = 30: days to look back
--
-- Intruders look whether they were noticed. The people who should be here are few.

SELECT coalesce(userIdentity.sessionContext.sessionIssuer.arn, userIdentity.arn) AS principal, eventName, count(*) AS calls,
  count(DISTINCT sourceIPAddress) AS addresses, count_if(errorCode IS NOT NULL) AS failed, max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'cloudtrail.amazonaws.com' AND readOnly = true
  AND userIdentity.arn IS NOT NULL
GROUP BY 1, 2
ORDER BY calls DESC
LIMIT 200
