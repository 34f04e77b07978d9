-- Permission boundaries removed or replaced
-- question: Where was a permission boundary taken away?
-- category: Identity
-- technique: T1548.005 Abuse Elevation Control Mechanism: Temporary Elevated Cloud Access
-- parameter: days = 365: days to look back
--
-- Without its boundary a role has all that its policies say. Compare with "Policies that allow everything".

SELECT eventTime, eventName, userIdentity.arn AS changed_by,
  coalesce(element_at(requestParameters, 'roleName'), element_at(requestParameters, 'userName')) AS target,
  element_at(requestParameters, 'permissionsBoundary') AS new_boundary
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND errorCode IS NULL AND eventName LIKE '%PermissionsBoundary'
ORDER BY eventTime DESC
