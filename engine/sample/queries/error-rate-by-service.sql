-- Error rate of each service
-- question: What share of the calls to each service fails, and with what?
-- category: Errors
-- parameter: days = 7: days to look back
-- parameter: least = 20: fewest calls
--
-- Some services fail by habit, like a bucket that is asked for a policy it does not have. The last error tells.

SELECT service, calls, failed, round(1e2 * failed / calls, 1) AS percent, last_error
FROM (
  SELECT replace(eventSource, '.amazonaws.com', '') AS service, count(*) AS calls, count(errorCode) AS failed,
    max_by(errorCode, eventTime) FILTER (WHERE errorCode IS NOT NULL) AS last_error
  FROM $EDS_ID
  WHERE eventTime >= date_add('day', -?, now())
  GROUP BY 1
)
WHERE calls >= ? AND failed > 0
ORDER BY percent DESC
