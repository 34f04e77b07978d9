-- Delegated administrators named
-- question: Which account may now act for the whole organization?
-- category: Organization
-- technique: T1098 Account Manipulation
-- parameter: days = 365: days to look back
--
-- A delegated administrator of GuardDuty or CloudTrail can look into every account, and switch both off there.

SELECT eventTime, eventName, element_at(requestParameters, 'accountId') AS account,
  element_at(requestParameters, 'servicePrincipal') AS service,
  userIdentity.arn AS principal
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
  AND (eventName LIKE '%DelegatedAdmin%' OR eventName = 'EnableOrganizationAdminAccount')
ORDER BY eventTime DESC
