-- Permissions actually used
-- question: Which permissions does each role or user really use?
-- category: Usage
-- parameter: days = 30: days to look back
--
-- One line per principal and service, with the actions that were allowed at least once. It is what a policy of
-- least privilege would have to grant. Calls that S3, DynamoDB or Lambda count as data events are seen only where
-- the trail records them.
--
-- Sessions count to their role, so that all of a role's sessions share a line.

SELECT coalesce(userIdentity.sessionContext.sessionIssuer.arn, userIdentity.arn) AS principal,
  replace(eventSource, '.amazonaws.com', '') AS service,
  array_sort(array_agg(DISTINCT eventName)) AS actions,
  count(*) AS calls, max(eventTime) AS last_use
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND errorCode IS NULL AND userIdentity.arn IS NOT NULL
GROUP BY 1, 2
ORDER BY principal, calls DESC
