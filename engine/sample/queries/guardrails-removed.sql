-- Guardrails of the organization removed
-- question: Whose service control policies were detached or changed?
-- category: Organization
-- technique: T1562.001 Impair Defenses: Disable or Modify Tools
-- parameter: days = 365: days to look back
--
-- Service control policies bind everybody in an account, administrators too. Detaching one is the widest grant there is.

SELECT eventTime, eventName, element_at(requestParameters, 'policyId') AS policy,
  element_at(requestParameters, 'targetId') AS target,
  userIdentity.arn AS principal, sourceIPAddress
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'organizations.amazonaws.com' AND errorCode IS NULL
  AND eventName IN ('DetachPolicy', 'DeletePolicy', 'UpdatePolicy', 'DisablePolicyType')
ORDER BY eventTime DESC
