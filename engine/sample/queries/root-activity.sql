-- Use of the root user
-- question: What was done as root, and from where?
-- category: Identity
-- technique: T1078.004 Valid Accounts: Cloud Accounts
-- parameter: days = 90: days to look back
--
-- Everything the root user did itself, without what services did for it. Root is for a handful of tasks a year; every
-- line should have a ticket.

SELECT eventTime, recipientAccountId AS account, eventSource, eventName, sourceIPAddress, userAgent,
  coalesce(errorCode, 'done') AS outcome
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
  AND userIdentity.type = 'Root' AND userIdentity.invokedBy IS NULL AND eventType <> 'AwsServiceEvent'
ORDER BY eventTime DESC
