-- Code of functions changed by people
-- question: Which Lambda functions were changed past the pipeline?
-- category: Compute
-- technique: T1648 Serverless Execution
-- parameter: days = 30: days to look back
--
-- Changes of code or layers from a console session or with code inside the request instead of a bucket. A layer of
-- another account runs its code with the function's rights.

SELECT eventTime, eventName, element_at(requestParameters, 'functionName') AS function, userIdentity.arn AS principal,
  sourceIPAddress,
  element_at(requestParameters, 'layers') AS layers, sessionCredentialFromConsole = 'true' AS from_console
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'lambda.amazonaws.com' AND errorCode IS NULL
  AND (eventName LIKE 'UpdateFunctionCode%'
      AND (element_at(requestParameters, 's3Bucket') IS NULL OR sessionCredentialFromConsole = 'true')
    OR eventName LIKE 'UpdateFunctionConfiguration%' AND element_at(requestParameters, 'layers') IS NOT NULL)
ORDER BY eventTime DESC
