-- Permissions one role uses
-- question: What would this role still need if it had nothing more than it uses?
-- category: Usage
-- parameter: role = checkout-role: name of the role
-- parameter: days = 30: days to look back
--
-- The actions of one role with how often, how lately, and how many of its sessions used them. What is missing here
-- is a candidate for removal from its policies.

SELECT replace(eventSource, '.amazonaws.com', '') || ':' || eventName AS action,
  count(*) AS calls,
  count_if(errorCode IS NOT NULL) AS failed,
  count(DISTINCT userIdentity.arn) AS sessions,
  min(eventTime) AS first, max(eventTime) AS last
FROM $EDS_ID
WHERE userIdentity.sessionContext.sessionIssuer.userName = '?'
  AND eventTime >= date_add('day', -?, now())
GROUP BY 1
ORDER BY calls DESC
