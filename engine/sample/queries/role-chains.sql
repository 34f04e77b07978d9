-- Chains of roles
-- question: Who went from one role to the next, and where did the chain end?
-- category: Credentials
-- technique: T1550.001 Use Alternate Authentication Material: Application Access Token
-- parameter: days = 30: days to look back
--
-- A step is an AssumeRole whose caller used a key that an earlier AssumeRole handed out. Each line is two steps: the
-- first caller, the role in the middle, and the role it took from there. Chains are how one weak trust policy
-- becomes a way to production.

SELECT first.eventTime AS began, first.userIdentity.arn AS caller,
  element_at(first.requestParameters, 'roleArn') AS first_role,
  element_at(second.requestParameters, 'roleArn') AS then_role,
  second.eventTime AS then_at, second.sourceIPAddress
FROM $EDS_ID AS first
JOIN $EDS_ID AS second
  ON json_extract_scalar(element_at(first.responseElements, 'credentials'),
      '$.accessKeyId') = second.userIdentity.accessKeyId
WHERE first.eventTime >= date_add('day', -?, now())
  AND first.eventName = 'AssumeRole' AND first.errorCode IS NULL
  AND second.eventName = 'AssumeRole' AND second.errorCode IS NULL
ORDER BY began DESC
