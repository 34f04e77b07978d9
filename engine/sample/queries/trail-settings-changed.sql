-- Settings of trails changed
-- question: Did somebody make a trail record less, or elsewhere?
-- category: Logging
-- technique: T1562.008 Impair Defenses: Disable or Modify Cloud Logs
-- parameter: days = 365: days to look back
--
-- A trail that goes on but leaves out management events, or writes to another bucket, is as good as stopped and raises
-- no alarm.

SELECT eventTime, eventName, userIdentity.arn AS changed_by, sourceIPAddress,
  coalesce(element_at(requestParameters, 'trailName'), element_at(requestParameters, 'name')) AS trail,
  element_at(requestParameters, 's3BucketName') AS new_bucket,
  element_at(requestParameters, 'eventSelectors') AS selectors, coalesce(errorCode, 'done') AS outcome
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'cloudtrail.amazonaws.com'
  AND eventName IN ('UpdateTrail', 'PutEventSelectors', 'PutInsightSelectors', 'CreateTrail', 'DeleteEventDataStore',
    'StopEventDataStoreIngestion', 'UpdateEventDataStore')
ORDER BY eventTime DESC
