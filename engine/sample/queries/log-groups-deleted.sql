-- Log groups deleted or cut short
-- question: Who deleted logs of CloudWatch, or let them expire early?
-- category: Logging
-- technique: T1070 Indicator Removal
-- parameter: days = 90: days to look back
-- parameter: retention = 7: retention regarded as too short, in days
--
-- A retention of one day deletes a log group's past without a call that says delete.

SELECT eventTime, eventName, userIdentity.arn AS principal, element_at(requestParameters, 'logGroupName') AS log_group,
  element_at(requestParameters, 'retentionInDays') AS retention_days
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'logs.amazonaws.com' AND errorCode IS NULL
  AND (eventName IN ('DeleteLogGroup', 'DeleteSubscriptionFilter', 'DeleteMetricFilter')
    OR eventName = 'PutRetentionPolicy' AND TRY_CAST(element_at(requestParameters, 'retentionInDays') AS integer) <= ?)
ORDER BY eventTime DESC
