-- Functions opened to the world
-- question: Which Lambda functions can anybody call?
-- category: Compute
-- technique: T1648 Serverless Execution
-- parameter: days = 365: days to look back
--
-- A function URL without authentication, or a permission for everybody. Both make a door that no user or key is needed
-- for.

SELECT eventTime, eventName, element_at(requestParameters, 'functionName') AS function, userIdentity.arn AS principal,
  element_at(requestParameters, 'principal') AS allowed, coalesce(element_at(requestParameters, 'authType'),
    element_at(requestParameters, 'functionUrlAuthType')) AS url_auth
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'lambda.amazonaws.com' AND errorCode IS NULL
  AND (eventName LIKE '%FunctionUrlConfig' AND element_at(requestParameters, 'authType') = 'NONE'
    OR eventName LIKE 'AddPermission%' AND element_at(requestParameters, 'principal') = '*')
ORDER BY eventTime DESC
