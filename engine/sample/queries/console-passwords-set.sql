-- Passwords given or changed for users
-- question: Who gave a user a console password or changed one?
-- category: Identity
-- technique: T1098 Account Manipulation
-- parameter: days = 90: days to look back
--
-- A login profile makes a user that had only keys able to sign in. UpdateLoginProfile by somebody else takes a user
-- over.

SELECT eventTime, eventName, userIdentity.arn AS done_by, element_at(requestParameters, 'userName') AS for_user,
  sourceIPAddress, coalesce(errorCode, 'done') AS outcome
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
  AND eventName IN ('CreateLoginProfile', 'UpdateLoginProfile', 'ChangePassword', 'DeleteLoginProfile')
ORDER BY eventTime DESC
