-- Bytes that left each bucket
-- question: Out of which buckets does the most data go, and to whom?
-- category: Data
-- parameter: days = 7: days to look back
--
-- Bytes as S3 counted them for each request. Useful for bills as well as for leaks: compare a bucket with its own past.

SELECT element_at(requestParameters, 'bucketName') AS bucket,
  coalesce(userIdentity.sessionContext.sessionIssuer.arn, userIdentity.arn, userIdentity.invokedBy,
      'anonymous') AS principal,
  count(*) AS reads,
  round(sum(TRY_CAST(element_at(additionalEventData, 'bytesTransferredOut') AS double)) / 1e6, 1) AS megabytes
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 's3.amazonaws.com' AND eventName = 'GetObject'
GROUP BY 1, 2
ORDER BY megabytes DESC
LIMIT 100
