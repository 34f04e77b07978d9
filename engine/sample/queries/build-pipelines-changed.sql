-- Build projects changed
-- question: Who made a build take its source from somewhere else?
-- category: Compute
-- technique: T1195.002 Supply Chain Compromise: Compromise Software Supply Chain
-- parameter: days = 90: days to look back
--
-- Build projects hold strong roles and write what is deployed. The source of each change is shown.

SELECT eventTime, eventName, element_at(requestParameters, 'name') AS project, userIdentity.arn AS principal,
  sourceIPAddress,
  json_extract_scalar(element_at(requestParameters, 'source'), '$.location') AS source
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource IN ('codebuild.amazonaws.com', 'codepipeline.amazonaws.com')
  AND eventName IN ('CreateProject', 'UpdateProject', 'UpdatePipeline', 'CreateWebhook', 'ImportSourceCredentials')
ORDER BY eventTime DESC
