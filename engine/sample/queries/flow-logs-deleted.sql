-- Flow logs deleted
-- question: Who deleted flow logs of the network?
-- category: Logging
-- technique: T1562.008 Impair Defenses: Disable or Modify Cloud Logs
-- parameter: days = 365: days to look back
--
-- Flow logs are the only witness of what left the network. The request shows which one went.

SELECT eventTime, userIdentity.arn AS principal, sourceIPAddress, awsRegion,
  element_at(requestParameters, 'DeleteFlowLogsRequest') AS request
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName = 'DeleteFlowLogs'
ORDER BY eventTime DESC
