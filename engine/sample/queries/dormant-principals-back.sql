-- Principals back after a long silence
-- question: Who came back after weeks without a call?
-- category: Governance
-- technique: T1078.004 Valid Accounts: Cloud Accounts
-- parameter: days = 14: shortest silence, in days
--
-- The longest pause of each principal, when it was at least that long and is over. A leaver's account or a forgotten key
-- that wakes up belongs to somebody else now.

SELECT principal, previous AS silent_since, eventTime AS back_at, date_diff('day', previous, eventTime) AS days_silent,
  eventName AS first_call_back, sourceIPAddress
FROM (
  SELECT coalesce(userIdentity.sessionContext.sessionIssuer.arn, userIdentity.arn) AS principal, eventTime, eventName,
    sourceIPAddress,
    lag(eventTime) OVER (PARTITION BY coalesce(userIdentity.sessionContext.sessionIssuer.arn,
        userIdentity.arn) ORDER BY eventTime) AS previous
  FROM $EDS_ID
  WHERE userIdentity.arn IS NOT NULL
)
WHERE date_diff('day', previous, eventTime) >= ?
ORDER BY back_at DESC
