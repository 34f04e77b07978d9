-- Administrator rights given
-- question: Who gave somebody or something administrator rights?
-- category: Identity
-- technique: T1098.003 Account Manipulation: Additional Cloud Roles
-- parameter: days = 90: days to look back
--
-- Attachments of AWS's own policies that amount to all rights or to all rights over identities. Policies written by
-- hand are found by "Policies that allow everything".

SELECT eventTime, userIdentity.arn AS given_by, sourceIPAddress,
  coalesce(element_at(requestParameters, 'userName'), element_at(requestParameters, 'roleName'),
    element_at(requestParameters, 'groupName')) AS given_to,
  element_at(requestParameters, 'policyArn') AS policy, coalesce(errorCode, 'done') AS outcome
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
  AND eventName IN ('AttachUserPolicy', 'AttachRolePolicy', 'AttachGroupPolicy')
  AND regexp_like(element_at(requestParameters, 'policyArn'),
      '/(AdministratorAccess|IAMFullAccess|PowerUserAccess|SystemAdministrator)$')
ORDER BY eventTime DESC
