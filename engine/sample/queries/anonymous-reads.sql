-- Objects read without credentials
-- question: Which objects did strangers read anonymously?
-- category: Data
-- technique: T1530 Data from Cloud Storage
-- parameter: days = 30: days to look back
--
-- Reads that went through without any identity: the bucket or the object is public. Refused ones are counted beside.

SELECT element_at(requestParameters, 'bucketName') AS bucket, sourceIPAddress, eventName,
  count_if(errorCode IS NULL) AS allowed, count_if(errorCode IS NOT NULL) AS refused,
  min(element_at(requestParameters, 'key')) AS one_key, max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 's3.amazonaws.com'
  AND userIdentity.accountId = 'ANONYMOUS_PRINCIPAL'
GROUP BY 1, 2, 3
ORDER BY allowed DESC
