-- Objects rewritten with a customer's key
-- question: Is somebody encrypting our objects with a key that only they have?
-- category: Data
-- technique: T1486 Data Encrypted for Impact
-- parameter: days = 30: days to look back
-- parameter: least = 5: fewest objects
--
-- Server-side encryption with a key in the request (SSE-C): nobody can read the object without that key, AWS neither.
-- Copies of objects onto themselves with such a key are ransom.

SELECT userIdentity.arn AS principal, sourceIPAddress, element_at(requestParameters, 'bucketName') AS bucket, eventName,
  count(*) AS objects, min(eventTime) AS first, max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName IN ('CopyObject', 'PutObject')
  AND element_at(requestParameters, 'x-amz-server-side-encryption-customer-algorithm') IS NOT NULL
GROUP BY 1, 2, 3, 4
HAVING count(*) >= ?
ORDER BY objects DESC
