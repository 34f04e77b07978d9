-- New IAM users
-- question: Who created IAM users, and from where?
-- category: Identity
-- technique: T1136.003 Create Account: Cloud Account
-- parameter: days = 30: days to look back
--
-- Every new user with who made it. In an organization that signs in through an identity provider each of these needs
-- a reason. See "New access keys" for what came next.

SELECT eventTime, element_at(requestParameters, 'userName') AS new_user, userIdentity.arn AS created_by,
  sourceIPAddress, userAgent
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
  AND eventSource = 'iam.amazonaws.com' AND eventName = 'CreateUser' AND errorCode IS NULL
ORDER BY eventTime DESC
