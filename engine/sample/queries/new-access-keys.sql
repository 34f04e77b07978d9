-- New access keys
-- question: Who made access keys for somebody else?
-- category: Credentials
-- technique: T1098.001 Account Manipulation: Additional Cloud Credentials
-- parameter: days = 30: days to look back
--
-- People make keys for themselves; a key for another user is a way to act under that name. A key without a user name
-- belongs to the caller, and with root as the caller it is a key of root.

SELECT eventTime, userIdentity.arn AS made_by, sourceIPAddress,
  element_at(requestParameters, 'userName') AS made_for,
  json_extract_scalar(element_at(responseElements, 'accessKey'), '$.accessKeyId') AS access_key
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName = 'CreateAccessKey' AND errorCode IS NULL
  AND userIdentity.userName IS DISTINCT FROM element_at(requestParameters, 'userName')
ORDER BY eventTime DESC
