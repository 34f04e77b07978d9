-- First use of new access keys
-- question: What was a newly made key used for first, and from where?
-- category: Credentials
-- technique: T1098.001 Account Manipulation: Additional Cloud Credentials
-- parameter: days = 90: days to look back
--
-- Joins the making of a key with its first calls. An address that differs from the maker's is the one to ask about.

SELECT made.eventTime AS made_at, made.userIdentity.arn AS made_by, made.sourceIPAddress AS made_from,
  used.userIdentity.accessKeyId AS access_key,
  min(used.eventTime) AS first_use, min_by(used.eventName, used.eventTime) AS first_call,
  min_by(used.sourceIPAddress, used.eventTime) AS first_address, count(*) AS calls
FROM $EDS_ID AS made
JOIN $EDS_ID AS used
  ON json_extract_scalar(element_at(made.responseElements, 'accessKey'), '$.accessKeyId') = used.userIdentity.accessKeyId
WHERE made.eventName = 'CreateAccessKey' AND made.eventTime >= date_add('day', -?, now())
GROUP BY 1, 2, 3, 4
ORDER BY first_use DESC
