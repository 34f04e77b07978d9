-- Databases and tables deleted
-- question: Which databases went, and was a last snapshot kept?
-- category: Data
-- technique: T1485 Data Destruction
-- parameter: days = 365: days to look back
--
-- "no_snapshot" is true where nothing was kept. Automated backups usually go with the instance.

SELECT eventTime, replace(eventSource, '.amazonaws.com', '') AS service, eventName,
  coalesce(element_at(requestParameters, 'dBInstanceIdentifier'), element_at(requestParameters, 'dBClusterIdentifier'),
    element_at(requestParameters, 'tableName'), element_at(requestParameters, 'clusterIdentifier')) AS what,
  coalesce(element_at(requestParameters, 'skipFinalSnapshot'), 'unknown') AS no_snapshot, userIdentity.arn AS principal
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND errorCode IS NULL
  AND eventName IN ('DeleteDBInstance', 'DeleteDBCluster', 'DeleteTable', 'DeleteCluster', 'DeleteDBSnapshot')
ORDER BY eventTime DESC
