-- Principals that raised their own rights
-- question: Who gave rights to themselves?
-- category: Identity
-- technique: T1548.005 Abuse Elevation Control Mechanism: Temporary Elevated Cloud Access
-- parameter: days = 365: days to look back
--
-- Changes of policies, groups and boundaries in which caller and target are the same user, or a session changes its own
-- role. Whoever can do this has every right already, or will.

SELECT eventTime, userIdentity.arn AS principal, eventName, sourceIPAddress, requestParameters
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'iam.amazonaws.com' AND errorCode IS NULL
  AND eventName IN ('AttachUserPolicy', 'PutUserPolicy', 'AddUserToGroup', 'DeleteUserPermissionsBoundary',
    'AttachRolePolicy', 'PutRolePolicy', 'UpdateAssumeRolePolicy', 'DeleteRolePermissionsBoundary')
  AND (element_at(requestParameters, 'userName') = userIdentity.userName
    OR element_at(requestParameters, 'roleName') = userIdentity.sessionContext.sessionIssuer.userName)
ORDER BY eventTime DESC
