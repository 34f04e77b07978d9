-- Why calls are refused
-- question: What refuses most: a missing grant, an explicit deny, a boundary, or the organization?
-- category: Errors
-- parameter: days = 30: days to look back
--
-- Sorted by what the message says. A service control policy that refuses is a guardrail at work.

SELECT CASE
    WHEN errorMessage LIKE '%service control policy%' THEN 'service control policy'
    WHEN errorMessage LIKE '%permissions boundary%' THEN 'permissions boundary'
    WHEN errorMessage LIKE '%VPC endpoint policy%' THEN 'VPC endpoint policy'
    WHEN errorMessage LIKE '%explicit deny%' THEN 'explicit deny'
    WHEN errorMessage LIKE '%no identity-based policy%' THEN 'no grant'
    ELSE 'not told' END AS reason,
  count(*) AS refused, count(DISTINCT userIdentity.arn) AS principals, count(DISTINCT eventSource || eventName) AS actions,
  max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND (errorCode LIKE '%Denied%' OR errorCode LIKE '%Unauthorized%')
GROUP BY 1
ORDER BY refused DESC
