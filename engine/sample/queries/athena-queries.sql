-- Queries run in Athena
-- question: Who asked what of the data lake, and where did the results go?
-- category: Data
-- technique: T1213.006 Data from Information Repositories: Databases
-- parameter: days = 30: days to look back
--
-- The text of the query is in the request. An output location outside of your buckets is a way out.

SELECT eventTime, userIdentity.arn AS principal, element_at(requestParameters, 'queryString') AS sql,
  json_extract_scalar(element_at(requestParameters, 'resultConfiguration'), '$.outputLocation') AS results_to,
  coalesce(errorCode, 'done') AS outcome
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'athena.amazonaws.com' AND eventName = 'StartQueryExecution'
ORDER BY eventTime DESC
LIMIT 500
