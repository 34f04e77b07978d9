-- Security groups opened to the world
-- question: Who let the whole internet through a security group, and to which ports?
-- category: Network
-- technique: T1562.007 Impair Defenses: Disable or Modify Cloud Firewall
-- parameter: days = 30: days to look back
--
-- Rules with 0.0.0.0/0 or ::/0, one line per rule. Ports 22, 3389 and those of databases are the ones to close
-- first. "permission" is the rule as it was asked for.

SELECT eventTime, userIdentity.arn AS principal, sourceIPAddress,
  element_at(requestParameters, 'groupId') AS security_group,
  json_extract_scalar(permission, '$.ipProtocol') AS protocol,
  json_extract_scalar(permission, '$.fromPort') AS from_port,
  json_extract_scalar(permission, '$.toPort') AS to_port,
  json_format(permission) AS permission
FROM $EDS_ID
CROSS JOIN UNNEST(CAST(json_extract(element_at(requestParameters, 'ipPermissions'),
    '$.items') AS array(json))) AS p(permission)
WHERE eventTime >= date_add('day', -?, now()) AND eventName = 'AuthorizeSecurityGroupIngress' AND errorCode IS NULL
  AND (json_format(permission) LIKE '%"0.0.0.0/0"%' OR json_format(permission) LIKE '%"::/0"%')
ORDER BY eventTime DESC
