-- This week against the last
-- question: What grew or shrank since last week?
-- category: Usage
-- parameter: least = 10: fewest calls in one of the weeks
--
-- Operations with their calls of the last seven days and of the seven before. New at the top, gone at the bottom.

SELECT eventSource, eventName, this_week, last_week, this_week - last_week AS change
FROM (
  SELECT eventSource, eventName, count_if(eventTime >= date_add('day', -7, now())) AS this_week,
    count_if(eventTime < date_add('day', -7, now())) AS last_week
  FROM $EDS_ID
  WHERE eventTime >= date_add('day', -14, now())
  GROUP BY 1, 2
)
WHERE greatest(this_week, last_week) >= ?
ORDER BY change DESC
