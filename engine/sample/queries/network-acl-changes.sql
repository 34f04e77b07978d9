-- Changes of network ACLs
-- question: Who changed the rules of a subnet?
-- category: Network
-- technique: T1562.007 Impair Defenses: Disable or Modify Cloud Firewall
-- parameter: days = 90: days to look back
--
-- Network ACLs are rarely touched. A rule with a low number that allows everything overrules the others.

SELECT eventTime, eventName, userIdentity.arn AS principal, element_at(requestParameters, 'networkAclId') AS acl,
  element_at(requestParameters, 'ruleNumber') AS rule_number, element_at(requestParameters, 'ruleAction') AS action,
  element_at(requestParameters, 'cidrBlock') AS cidr, element_at(requestParameters, 'egress') AS egress
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'ec2.amazonaws.com' AND eventName LIKE '%NetworkAcl%'
  AND readOnly = false
ORDER BY eventTime DESC
