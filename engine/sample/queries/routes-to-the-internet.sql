-- New ways to the internet
-- question: Who gave a network a way out, or a way in?
-- category: Network
-- technique: T1562.007 Impair Defenses: Disable or Modify Cloud Firewall
-- parameter: days = 90: days to look back
--
-- Gateways attached and default routes made. A private network with a new default route is private no more.

SELECT eventTime, eventName, userIdentity.arn AS principal, awsRegion,
  coalesce(element_at(requestParameters, 'vpcId'), element_at(requestParameters, 'routeTableId')) AS network,
  coalesce(element_at(requestParameters, 'gatewayId'), element_at(requestParameters, 'internetGatewayId'),
    element_at(requestParameters, 'natGatewayId')) AS gateway,
  element_at(requestParameters, 'destinationCidrBlock') AS destination
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND errorCode IS NULL
  AND (eventName = 'AttachInternetGateway'
    OR eventName IN ('CreateRoute', 'ReplaceRoute') AND element_at(requestParameters, 'destinationCidrBlock') = '0.0.0.0/0')
ORDER BY eventTime DESC
