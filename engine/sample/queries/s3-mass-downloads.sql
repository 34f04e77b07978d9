-- Mass downloads from S3
-- question: Who read an unusual number of objects in a short time?
-- category: Data
-- technique: T1530 Data from Cloud Storage
-- parameter: days = 30: days to look back
-- parameter: least = 100: fewest objects in an hour
--
-- Objects read per caller, bucket and hour, with the bytes that left. Needs data events of S3. A known batch job
-- stands here every day; a caller that is here once is the interesting one.

SELECT userIdentity.arn AS principal, sourceIPAddress, element_at(requestParameters, 'bucketName') AS bucket,
  date_trunc('hour', eventTime) AS hour,
  count(DISTINCT element_at(requestParameters, 'key')) AS objects,
  sum(TRY_CAST(element_at(additionalEventData, 'bytesTransferredOut') AS double)) AS bytes_out
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
  AND eventSource = 's3.amazonaws.com' AND eventName = 'GetObject' AND errorCode IS NULL
GROUP BY 1, 2, 3, 4
HAVING count(DISTINCT element_at(requestParameters, 'key')) >= ?
ORDER BY objects DESC
