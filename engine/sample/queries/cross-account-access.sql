-- Access from other accounts
-- question: Which accounts reach into ours, and what do they do?
-- category: Organization
-- technique: T1199 Trusted Relationship
-- parameter: days = 30: days to look back
--
-- Callers whose own account differs from the one the event was recorded in. Put the accounts of your organization and
-- of your suppliers beside it.

SELECT userIdentity.accountId AS from_account, recipientAccountId AS in_account, eventSource, eventName,
  count(*) AS calls, count_if(errorCode IS NOT NULL) AS failed, min(userIdentity.arn) AS one_principal,
  max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
  AND userIdentity.accountId <> recipientAccountId AND userIdentity.accountId <> 'ANONYMOUS_PRINCIPAL'
GROUP BY 1, 2, 3, 4
ORDER BY calls DESC
LIMIT 500
