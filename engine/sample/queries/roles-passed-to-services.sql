-- Roles passed to services
-- question: Who gave which role to an instance, a function or a task?
-- category: Identity
-- technique: T1098.003 Account Manipulation: Additional Cloud Roles
-- parameter: days = 30: days to look back
--
-- PassRole is no event of its own; it shows in the request that names the role. A powerful role on something the caller
-- controls is the usual way up.

SELECT eventTime, userIdentity.arn AS principal, eventName, coalesce(
    element_at(requestParameters, 'role'), element_at(requestParameters, 'roleArn'),
      element_at(requestParameters, 'taskRoleArn'),
    json_extract_scalar(element_at(requestParameters, 'iamInstanceProfile'), '$.name'),
    json_extract_scalar(element_at(requestParameters, 'AssociateIamInstanceProfileRequest'),
        '$.IamInstanceProfile.Name')) AS role
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND errorCode IS NULL
  AND (eventName LIKE 'CreateFunction20%'
      OR eventName IN ('AssociateIamInstanceProfile', 'RegisterTaskDefinition', 'CreateStack')
    OR eventName = 'RunInstances' AND element_at(requestParameters, 'iamInstanceProfile') IS NOT NULL)
  AND userIdentity.type <> 'AWSService'
ORDER BY eventTime DESC
LIMIT 500
