-- Who stands behind a session
-- question: Who took the role in whose session this was done?
-- category: Credentials
-- technique: T1550.001 Use Alternate Authentication Material: Application Access Token
-- parameter: event_name = GetSecretValue: operation whose callers you want to know
-- parameter: days = 30: days to look back
--
-- Calls of one operation by sessions, joined with the AssumeRole that handed out the session's key. A session's own
-- name is chosen by its caller and proves nothing; this does.

SELECT act.eventTime, act.eventName, act.userIdentity.arn AS session,
  origin.userIdentity.arn AS taken_by, origin.sourceIPAddress AS taken_from, origin.eventTime AS taken_at
FROM $EDS_ID AS act
JOIN $EDS_ID AS origin
  ON json_extract_scalar(element_at(origin.responseElements, 'credentials'), '$.accessKeyId') = act.userIdentity.accessKeyId
WHERE act.eventName = '?' AND act.eventTime >= date_add('day', -?, now())
  AND origin.eventName LIKE 'AssumeRole%' AND origin.errorCode IS NULL
ORDER BY act.eventTime DESC
