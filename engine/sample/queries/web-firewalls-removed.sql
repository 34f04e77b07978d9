-- Web firewalls removed
-- question: Which applications lost their web firewall or their TLS?
-- category: Network
-- technique: T1562.007 Impair Defenses: Disable or Modify Cloud Firewall
-- parameter: days = 365: days to look back
--
-- ACLs of WAF taken from a resource or deleted, and listeners that speak plain HTTP now.

SELECT eventTime, eventName, userIdentity.arn AS principal,
  coalesce(element_at(requestParameters, 'resourceArn'), element_at(requestParameters, 'listenerArn'),
      element_at(requestParameters, 'name')) AS resource
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND errorCode IS NULL
  AND (eventName IN ('DisassociateWebACL', 'DeleteWebACL', 'DeleteLoggingConfiguration')
    OR eventName IN ('CreateListener', 'ModifyListener') AND element_at(requestParameters, 'protocol') = 'HTTP')
ORDER BY eventTime DESC
