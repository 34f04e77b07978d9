-- Long silences of a busy region
-- question: For how long did a region that is always busy record nothing?
-- category: Logging
-- technique: T1562.008 Impair Defenses: Disable or Modify Cloud Logs
-- parameter: days = 30: days to look back
-- parameter: minutes = 60: shortest silence, in minutes
--
-- The longest time between two events of an account and region, of those with more than a hundred events. In a busy
-- account an hour without any is a trail that was off or objects that are missing from an import.

SELECT recipientAccountId AS account, awsRegion, previous AS silent_from, eventTime AS silent_to,
  date_diff('minute', previous, eventTime) AS minutes
FROM (
  SELECT recipientAccountId, awsRegion, eventTime,
    lag(eventTime) OVER (PARTITION BY recipientAccountId, awsRegion ORDER BY eventTime) AS previous,
    count(*) OVER (PARTITION BY recipientAccountId, awsRegion) AS events
  FROM $EDS_ID
  WHERE eventTime >= date_add('day', -?, now())
)
WHERE events > 100 AND date_diff('minute', previous, eventTime) >= ?
ORDER BY minutes DESC
LIMIT 100
