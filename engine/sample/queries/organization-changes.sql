-- Changes of the organization
-- question: Who invited, made, moved or removed accounts?
-- category: Organization
-- technique: T1666 Modify Cloud Resource Hierarchy
-- parameter: days = 365: days to look back
--
-- An account that leaves the organization leaves its guardrails and its trail behind. Refused attempts are here too.

SELECT eventTime, eventName, userIdentity.arn AS principal, sourceIPAddress, requestParameters,
  coalesce(errorCode, 'done') AS outcome
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'organizations.amazonaws.com' AND readOnly = false
ORDER BY eventTime DESC
