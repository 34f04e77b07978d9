-- Who reads one bucket
-- question: Which principals read or write this bucket, and since when?
-- category: Data
-- parameter: bucket = customer-exports-3333: name of the bucket
-- parameter: days = 90: days to look back
--
-- The list that the owner of a bucket should recognise. Needs data events of S3.

SELECT coalesce(userIdentity.sessionContext.sessionIssuer.arn, userIdentity.arn, userIdentity.invokedBy,
  'anonymous') AS principal,
  count_if(readOnly) AS reads, count_if(NOT readOnly) AS writes, count_if(errorCode IS NOT NULL) AS refused,
  count(DISTINCT sourceIPAddress) AS addresses, min(eventTime) AS first, max(eventTime) AS last
FROM $EDS_ID
WHERE element_at(requestParameters, 'bucketName') = '?' AND eventTime >= date_add('day', -?, now())
GROUP BY 1
ORDER BY reads DESC
