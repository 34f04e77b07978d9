-- Events of each day
-- question: How much happened on each day, and how much of it failed?
-- category: First look
-- parameter: days = 30: days to look back
--
-- The shape of the trail: a day without events is a gap in it, a day with many failures a story. Draw it as bars.

SELECT date(eventTime) AS day, count(*) AS events,
  count_if(readOnly = false) AS changes,
  count_if(errorCode IS NOT NULL) AS failed,
  count(DISTINCT userIdentity.arn) AS principals
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
GROUP BY 1
ORDER BY day
