-- Who uses which services
-- question: Which services does each role or user work with?
-- category: Usage
-- parameter: days = 30: days to look back
--
-- A table of principals and their services, to see who would notice when a service is switched off.

SELECT coalesce(userIdentity.sessionContext.sessionIssuer.arn, userIdentity.arn) AS principal,
  count(DISTINCT eventSource) AS services,
  array_sort(array_agg(DISTINCT replace(eventSource, '.amazonaws.com', ''))) AS which, count(*) AS calls,
  max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND userIdentity.arn IS NOT NULL
GROUP BY 1
ORDER BY services DESC
