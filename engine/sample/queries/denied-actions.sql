-- Actions that are refused
-- question: Which actions are refused to whom, and how often?
-- category: Errors
-- parameter: days = 7: days to look back
--
-- Missing rights of applications stand at the top. Give what is needed, or stop who asks.

SELECT replace(eventSource, '.amazonaws.com', '') || ':' || eventName AS action,
  coalesce(userIdentity.sessionContext.sessionIssuer.arn, userIdentity.arn) AS principal, count(*) AS refused,
  max(eventTime) AS last,
  max_by(errorMessage, eventTime) AS last_message
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND (errorCode LIKE '%Denied%' OR errorCode LIKE '%Unauthorized%')
GROUP BY 1, 2
ORDER BY refused DESC
LIMIT 200
