-- Users that lived for less than a day
-- question: Which IAM users were created and soon deleted?
-- category: Identity
-- technique: T1136.003 Create Account: Cloud Account
-- parameter: days = 365: days to look back
-- parameter: minutes = 1440: longest life, in minutes
--
-- Tests do so, and so does somebody who wants no trace in the list of users. What the user did in between is in its
-- own timeline.

SELECT element_at(born.requestParameters, 'userName') AS user_name, born.eventTime AS created,
  gone.eventTime AS deleted, date_diff('minute', born.eventTime, gone.eventTime) AS minutes,
  born.userIdentity.arn AS created_by, gone.userIdentity.arn AS deleted_by
FROM $EDS_ID AS born
JOIN $EDS_ID AS gone
  ON element_at(born.requestParameters, 'userName') = element_at(gone.requestParameters, 'userName')
  AND born.recipientAccountId = gone.recipientAccountId
WHERE born.eventTime >= date_add('day', -?, now())
  AND born.eventName = 'CreateUser' AND gone.eventName = 'DeleteUser' AND born.errorCode IS NULL AND gone.errorCode IS NULL
  AND gone.eventTime BETWEEN born.eventTime AND date_add('minute', ?, born.eventTime)
ORDER BY deleted DESC
