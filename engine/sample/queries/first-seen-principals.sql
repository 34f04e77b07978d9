-- Principals never seen before
-- question: Who appeared in the last days for the first time?
-- category: First look
-- technique: T1078.004 Valid Accounts: Cloud Accounts
-- parameter: days = 7: how new is new, in days
--
-- The whole of the store is read, so that "never before" means what it says. Sessions count to their role. New names
-- after a deployment are expected; a new user with administrator calls is not.

SELECT coalesce(userIdentity.sessionContext.sessionIssuer.arn, userIdentity.arn) AS principal,
  min(eventTime) AS first_seen, count(*) AS calls_since, count(DISTINCT eventName) AS different_calls,
  min_by(sourceIPAddress, eventTime) AS first_address, min_by(eventName, eventTime) AS first_call
FROM $EDS_ID
WHERE userIdentity.arn IS NOT NULL
GROUP BY 1
HAVING min(eventTime) >= date_add('day', -?, now())
ORDER BY first_seen DESC
