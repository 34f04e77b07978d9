-- Accounts and permission sets assigned
-- question: Who was given access to an account through IAM Identity Center?
-- category: Identity
-- technique: T1098.003 Account Manipulation: Additional Cloud Roles
-- parameter: days = 90: days to look back
--
-- Assignments are how most people get their rights today, and no IAM event shows them.

SELECT eventTime, eventName, userIdentity.arn AS assigned_by, element_at(requestParameters, 'targetId') AS account,
  element_at(requestParameters, 'principalType') AS kind, element_at(requestParameters, 'principalId') AS principal,
  element_at(requestParameters, 'permissionSetArn') AS permission_set
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'sso.amazonaws.com'
  AND regexp_like(eventName, 'AccountAssignment|PermissionSet')
ORDER BY eventTime DESC
