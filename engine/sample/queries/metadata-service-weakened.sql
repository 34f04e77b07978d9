-- Metadata service without tokens
-- question: Which instances allow the old metadata service again?
-- category: Compute
-- technique: T1552.005 Unsecured Credentials: Cloud Instance Metadata API
-- parameter: days = 365: days to look back
--
-- With tokens optional, a flaw in a web application is enough to read the instance's credentials.

SELECT eventTime, userIdentity.arn AS principal,
  json_extract_scalar(element_at(requestParameters, 'ModifyInstanceMetadataOptionsRequest'), '$.InstanceId') AS instance,
  json_extract_scalar(element_at(requestParameters, 'ModifyInstanceMetadataOptionsRequest'), '$.HttpTokens') AS tokens,
  json_extract_scalar(element_at(requestParameters, 'ModifyInstanceMetadataOptionsRequest'),
      '$.HttpPutResponseHopLimit') AS hops
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName = 'ModifyInstanceMetadataOptions'
  AND element_at(requestParameters, 'ModifyInstanceMetadataOptionsRequest') LIKE '%optional%'
ORDER BY eventTime DESC
