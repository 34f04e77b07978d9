-- Users added to groups
-- question: Who was put into which IAM group?
-- category: Identity
-- technique: T1098.003 Account Manipulation: Additional Cloud Roles
-- parameter: days = 90: days to look back
--
-- Groups carry policies: a membership is a grant that no policy change shows. "by_itself" marks users who added
-- themselves.

SELECT eventTime, element_at(requestParameters, 'userName') AS user_name,
  element_at(requestParameters, 'groupName') AS group_name,
  userIdentity.arn AS added_by, userIdentity.userName = element_at(requestParameters, 'userName') AS by_itself
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName = 'AddUserToGroup' AND errorCode IS NULL
ORDER BY eventTime DESC
