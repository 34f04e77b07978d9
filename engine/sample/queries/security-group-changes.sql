-- Changes of security groups
-- question: Who changed which security group, and how?
-- category: Network
-- technique: T1562.007 Impair Defenses: Disable or Modify Cloud Firewall
-- parameter: days = 30: days to look back
--
-- Every change that went through, the newest first. ModifySecurityGroupRules keeps its group inside the request
-- object; the other calls name it at the top.

SELECT eventTime, userIdentity.arn AS principal, sourceIPAddress, eventName, awsRegion,
  coalesce(element_at(requestParameters, 'groupId'),
    json_extract_scalar(element_at(requestParameters, 'ModifySecurityGroupRulesRequest'), '$.GroupId'),
    element_at(responseElements, 'groupId')) AS security_group,
  element_at(requestParameters, 'ipPermissions') AS rules
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'ec2.amazonaws.com' AND errorCode IS NULL
  AND eventName IN ('AuthorizeSecurityGroupIngress', 'AuthorizeSecurityGroupEgress', 'RevokeSecurityGroupIngress',
    'RevokeSecurityGroupEgress', 'CreateSecurityGroup', 'DeleteSecurityGroup', 'ModifySecurityGroupRules')
ORDER BY eventTime DESC
