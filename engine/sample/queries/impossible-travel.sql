-- Sign-ins from two places at once
-- question: Who signed in from two addresses too close in time to have moved?
-- category: Sign-in
-- technique: T1078.004 Valid Accounts: Cloud Accounts
-- parameter: days = 30: days to look back
-- parameter: minutes = 120: most minutes between the two
--
-- Pairs each sign-in with the same user's one before. The trail has no places, only addresses: look both up, and mind
-- that a phone and an office differ too.

SELECT who, previous_time, previous_address, eventTime, sourceIPAddress,
  date_diff('minute', previous_time, eventTime) AS minutes_between
FROM (
  SELECT coalesce(userIdentity.userName, userIdentity.arn) AS who, eventTime, sourceIPAddress,
    lag(eventTime) OVER (PARTITION BY coalesce(userIdentity.userName,
        userIdentity.arn) ORDER BY eventTime) AS previous_time,
    lag(sourceIPAddress) OVER (PARTITION BY coalesce(userIdentity.userName,
        userIdentity.arn) ORDER BY eventTime) AS previous_address
  FROM $EDS_ID
  WHERE eventTime >= date_add('day', -?, now()) AND eventName = 'ConsoleLogin'
    AND element_at(responseElements, 'ConsoleLogin') = 'Success'
)
WHERE previous_address <> sourceIPAddress AND date_diff('minute', previous_time, eventTime) <= ?
ORDER BY eventTime DESC
