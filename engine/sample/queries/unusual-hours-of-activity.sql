-- Hours with unusually many events
-- question: In which hours did far more happen than usual?
-- category: Usage
-- technique: T1496 Resource Hijacking
-- parameter: days = 30: days to look back
-- parameter: deviations = 3: least distance from the mean, in standard deviations
--
-- Each hour of an account against the mean of all its hours. What stands out is a job, an incident, or an attack;
-- the principal with the most events in that hour says which.

SELECT account, hour, events, round(mean, 1) AS usual, round((events - mean) / deviation, 1) AS deviations
FROM (
  SELECT recipientAccountId AS account, date_trunc('hour', eventTime) AS hour, count(*) AS events,
    avg(count(*)) OVER (PARTITION BY recipientAccountId) AS mean,
      stddev(count(*)) OVER (PARTITION BY recipientAccountId) AS deviation
  FROM $EDS_ID
  WHERE eventTime >= date_add('day', -?, now())
  GROUP BY 1, 2
)
WHERE events > mean + ? * deviation
ORDER BY deviations DESC
