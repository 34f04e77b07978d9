-- History of one resource
-- question: Who did what to this bucket, key, instance or role?
-- category: First look
-- parameter: resource = sg-0feedface0feedface: name, id or ARN, or a part of it
-- parameter: days = 90: days to look back
--
-- Looks for the text anywhere in the request, the answer and the resources of an event, so it also finds a resource
-- before it had its id. Reading calls are left out.

SELECT eventTime, userIdentity.arn AS principal, sourceIPAddress, eventSource, eventName,
  coalesce(errorCode, 'done') AS outcome, requestParameters, eventID
FROM $EDS_ID
WHERE eventJson LIKE '%?%' AND readOnly = false AND eventTime >= date_add('day', -?, now())
ORDER BY eventTime
