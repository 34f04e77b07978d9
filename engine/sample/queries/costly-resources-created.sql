-- Costly resources created
-- question: Who created what runs up costs from its first hour?
-- category: Cost
-- parameter: days = 30: days to look back
--
-- Clusters, gateways, databases and search domains. Instances have a question of their own.

SELECT eventTime, eventName, userIdentity.arn AS principal, awsRegion,
  coalesce(element_at(requestParameters, 'nodeType'), element_at(requestParameters, 'dBInstanceClass'),
    element_at(requestParameters, 'cacheNodeType')) AS size, element_at(requestParameters, 'numberOfNodes') AS nodes
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND errorCode IS NULL
  AND eventName IN ('CreateCluster', 'CreateNatGateway', 'CreateDBInstance', 'CreateDBCluster', 'CreateCacheCluster',
      'CreateDomain',
    'CreateElasticsearchDomain', 'CreateTransitGateway', 'CreateEndpoint', 'CreateFileSystem', 'AllocateHosts')
ORDER BY eventTime DESC
