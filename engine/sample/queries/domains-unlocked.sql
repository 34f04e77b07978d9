-- Domains unlocked or moved
-- question: Is somebody taking a domain away?
-- category: Network
-- technique: T1584.001 Compromise Infrastructure: Domains
-- parameter: days = 365: days to look back
--
-- The lock against transfers is lifted before a domain moves to another owner.

SELECT eventTime, eventName, element_at(requestParameters, 'domainName') AS domain, userIdentity.arn AS principal,
  sourceIPAddress
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'route53domains.amazonaws.com' AND readOnly = false
ORDER BY eventTime DESC
