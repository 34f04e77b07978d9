-- Objects deleted in bulk
-- question: Who deleted many objects within an hour?
-- category: Data
-- technique: T1485 Data Destruction
-- parameter: days = 30: days to look back
-- parameter: least = 40: fewest deletions in an hour
--
-- With versioning the objects can come back; see "Protection of buckets taken away" for whether it was suspended first.

SELECT userIdentity.arn AS principal, element_at(requestParameters, 'bucketName') AS bucket,
  date_trunc('hour', eventTime) AS hour, count(*) AS deletions, min(sourceIPAddress) AS address
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName IN ('DeleteObject', 'DeleteObjects') AND errorCode IS NULL
GROUP BY 1, 2, 3
HAVING count(*) >= ?
ORDER BY deletions DESC
