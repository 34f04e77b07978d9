-- Resources shared with outsiders
-- question: What was shared with accounts outside of the organization?
-- category: Organization
-- technique: T1537 Transfer Data to Cloud Account
-- parameter: days = 365: days to look back
--
-- Shares of Resource Access Manager that allow external principals, with what and whom they name.

SELECT eventTime, eventName, element_at(requestParameters, 'name') AS share,
  element_at(requestParameters, 'principals') AS shared_with,
  element_at(requestParameters, 'resourceArns') AS resources, userIdentity.arn AS principal
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'ram.amazonaws.com' AND readOnly = false
  AND coalesce(element_at(requestParameters, 'allowExternalPrincipals'), 'true') = 'true'
ORDER BY eventTime DESC
