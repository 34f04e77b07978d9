-- Sign-ins from an address new to the user
-- question: Who signed in from where they never were before?
-- category: Sign-in
-- technique: T1078.004 Valid Accounts: Cloud Accounts
-- parameter: days = 7: days in which the address is new
--
-- The first sign-in of each pair of user and address, when it falls into the last days and the user was seen elsewhere
-- before. Reads the whole store for the user's other addresses.

SELECT who, sourceIPAddress, first_time, addresses_before
FROM (
  SELECT who, sourceIPAddress, first_time,
    count(*) OVER (PARTITION BY who ORDER BY first_time ROWS BETWEEN UNBOUNDED PRECEDING
        AND 1 PRECEDING) AS addresses_before
  FROM (
    SELECT coalesce(userIdentity.userName, userIdentity.arn) AS who, sourceIPAddress, min(eventTime) AS first_time
    FROM $EDS_ID
    WHERE eventName = 'ConsoleLogin' AND element_at(responseElements, 'ConsoleLogin') = 'Success'
    GROUP BY 1, 2
  )
)
WHERE addresses_before > 0 AND first_time >= date_add('day', -?, now())
ORDER BY first_time DESC
