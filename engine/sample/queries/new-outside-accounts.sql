-- Outside accounts never seen before
-- question: Which foreign account appeared for the first time?
-- category: Organization
-- technique: T1199 Trusted Relationship
-- parameter: days = 14: how new is new, in days
--
-- Reads the whole store. Each line needs somebody who can say whose account it is.

SELECT userIdentity.accountId AS outside_account, min(eventTime) AS first_seen, count(*) AS calls,
  count(DISTINCT eventName) AS operations, min_by(eventName, eventTime) AS first_call,
  min_by(recipientAccountId, eventTime) AS in_account
FROM $EDS_ID
WHERE userIdentity.accountId <> recipientAccountId AND userIdentity.accountId <> 'ANONYMOUS_PRINCIPAL'
GROUP BY 1
HAVING min(eventTime) >= date_add('day', -?, now())
ORDER BY first_seen DESC
