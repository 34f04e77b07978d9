-- Principals that are no longer used
-- question: Which users and roles were active once and are silent since?
-- category: Governance
-- parameter: days = 21: days of silence
--
-- Candidates for removal, with what they last did. A principal that never did anything is not in any trail: compare with
-- the list of IAM.

SELECT coalesce(userIdentity.sessionContext.sessionIssuer.arn, userIdentity.arn) AS principal, max(eventTime) AS last_seen,
  count(*) AS calls, max_by(eventName, eventTime) AS last_call, min(eventTime) AS first_seen
FROM $EDS_ID
WHERE userIdentity.arn IS NOT NULL
GROUP BY 1
HAVING max(eventTime) < date_add('day', -?, now())
ORDER BY last_seen
