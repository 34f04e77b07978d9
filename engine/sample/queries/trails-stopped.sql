-- Trails stopped or deleted
-- question: Who switched a trail off, and from where?
-- category: Logging
-- technique: T1562.008 Impair Defenses: Disable or Modify Cloud Logs
-- parameter: days = 90: days to look back
--
-- StopLogging and DeleteTrail, those refused included: the attempt matters as much. There is hardly a good reason for
-- either outside of an account's end.

SELECT eventTime, eventName, userIdentity.arn AS principal, sourceIPAddress, userAgent,
  element_at(requestParameters, 'name') AS trail, coalesce(errorCode, 'done') AS outcome
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
  AND eventSource = 'cloudtrail.amazonaws.com' AND eventName IN ('StopLogging', 'DeleteTrail')
ORDER BY eventTime DESC
