-- Sign-in after a row of failures
-- question: Did a guessed password work in the end?
-- category: Sign-in
-- technique: T1110 Brute Force
-- parameter: days = 30: days to look back
-- parameter: least = 10: fewest failures in the hour before
--
-- For each sign-in that went through, the failures of the same user in the hour before it. A person who mistypes has
-- two or three.

SELECT who, eventTime AS signed_in, sourceIPAddress, failures_before
FROM (
  SELECT coalesce(userIdentity.userName, userIdentity.arn) AS who, eventTime, sourceIPAddress,
    element_at(responseElements, 'ConsoleLogin') AS outcome,
    sum(CASE WHEN element_at(responseElements, 'ConsoleLogin') = 'Failure' THEN 1 ELSE 0 END)
      OVER (PARTITION BY coalesce(userIdentity.userName, userIdentity.arn) ORDER BY eventTime
            RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW) AS failures_before
  FROM $EDS_ID
  WHERE eventTime >= date_add('day', -?, now()) AND eventName = 'ConsoleLogin'
)
WHERE outcome = 'Success' AND failures_before >= ?
ORDER BY signed_in DESC
