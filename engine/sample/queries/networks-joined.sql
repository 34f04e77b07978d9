-- Networks joined with others
-- question: Which networks were connected to somebody else's?
-- category: Network
-- technique: T1199 Trusted Relationship
-- parameter: days = 365: days to look back
--
-- Peerings, VPN connections and transit gateways. "outside" marks a peering with another account.

SELECT eventTime, eventName, userIdentity.arn AS principal, element_at(requestParameters, 'vpcId') AS network,
  element_at(requestParameters, 'peerOwnerId') AS peer_account,
  element_at(requestParameters, 'peerOwnerId') <> recipientAccountId AS outside
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND errorCode IS NULL
  AND eventName IN ('CreateVpcPeeringConnection', 'AcceptVpcPeeringConnection', 'CreateVpnConnection',
      'CreateTransitGatewayVpcAttachment',
    'AcceptTransitGatewayVpcAttachment')
ORDER BY outside DESC NULLS LAST, eventTime DESC
