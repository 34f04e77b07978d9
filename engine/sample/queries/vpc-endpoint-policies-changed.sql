-- VPC endpoints opened or removed
-- question: Who changed the policy of a VPC endpoint?
-- category: Network
-- technique: T1562.007 Impair Defenses: Disable or Modify Cloud Firewall
-- parameter: days = 365: days to look back
--
-- An endpoint with a policy that allows everything is no perimeter.

SELECT eventTime, eventName, userIdentity.arn AS principal, sourceIPAddress,
  json_extract_scalar(element_at(requestParameters, 'ModifyVpcEndpointRequest'), '$.VpcEndpointId') AS endpoint,
  json_extract_scalar(element_at(requestParameters, 'ModifyVpcEndpointRequest'), '$.PolicyDocument') AS policy
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
  AND eventName IN ('ModifyVpcEndpoint', 'DeleteVpcEndpoints', 'CreateVpcEndpoint')
ORDER BY eventTime DESC
