-- The latest changes
-- question: What was changed last, and by whom?
-- category: First look
-- parameter: days = 1: days to look back
--
-- Changes that went through, newest first, without what AWS services do by themselves. "It worked an hour ago" begins
-- here.

SELECT eventTime, userIdentity.arn AS principal, eventSource, eventName, awsRegion, requestParameters, eventID
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND readOnly = false AND managementEvent = true
  AND errorCode IS NULL AND userIdentity.type <> 'AWSService'
ORDER BY eventTime DESC
LIMIT 200
