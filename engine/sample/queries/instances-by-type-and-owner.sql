-- Instances started by type and principal
-- question: Who starts how many machines of which type?
-- category: Cost
-- parameter: days = 30: days to look back
--
-- Starts, not running hours: what comes and goes within minutes counts as much. Draw it as bars.

SELECT element_at(requestParameters, 'instanceType') AS instance_type, awsRegion,
  coalesce(userIdentity.sessionContext.sessionIssuer.userName, userIdentity.userName, userIdentity.invokedBy) AS who,
  count(*) AS starts, count_if(errorCode IS NOT NULL) AS failed, max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName = 'RunInstances'
GROUP BY 1, 2, 3
ORDER BY starts DESC
