-- Calls refused by VPC endpoints
-- question: Which requests did an endpoint's policy stop?
-- category: Network
-- technique: T1567 Exfiltration Over Web Service
-- parameter: days = 30: days to look back
--
-- Network activity events with VpceAccessDenied: somebody inside tried to reach a resource that the endpoint does not
-- allow, for instance a bucket of their own. An endpoint of another account is marked.

SELECT vpcEndpointId AS endpoint, vpcEndpointAccountId <> recipientAccountId AS foreign_endpoint,
  coalesce(userIdentity.arn, userIdentity.accountId) AS principal, eventName,
  element_at(requestParameters, 'bucketName') AS bucket, count(*) AS refused, max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventCategory = 'NetworkActivity' AND errorCode = 'VpceAccessDenied'
GROUP BY 1, 2, 3, 4, 5
ORDER BY refused DESC
