-- Everything one principal did
-- question: What did this user or role do, step by step?
-- category: First look
-- parameter: principal = %user/contractor-kim: ARN of the principal, or a LIKE pattern of it
-- parameter: days = 30: days to look back
--
-- The last thousand events of one principal in their order, with outcome. Begin an investigation here, and go on with
-- the address and the access key that you find.

SELECT eventTime, eventSource, eventName, sourceIPAddress, awsRegion, coalesce(errorCode, 'done') AS outcome,
  requestParameters, eventID
FROM $EDS_ID
WHERE userIdentity.arn LIKE '?' AND eventTime >= date_add('day', -?, now())
ORDER BY eventTime DESC
LIMIT 1000
