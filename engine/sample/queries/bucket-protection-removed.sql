-- Protection of buckets taken away
-- question: Whose versioning, encryption or lock was switched off?
-- category: Data
-- technique: T1490 Inhibit System Recovery
-- parameter: days = 365: days to look back
--
-- Steps that come before data is destroyed or held to ransom: versions suspended, everything set to expire after a day,
-- encryption dropped.

SELECT eventTime, eventName, element_at(requestParameters, 'bucketName') AS bucket, userIdentity.arn AS principal,
  sourceIPAddress,
  coalesce(element_at(requestParameters, 'VersioningConfiguration'),
      element_at(requestParameters, 'LifecycleConfiguration')) AS setting
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 's3.amazonaws.com' AND errorCode IS NULL
  AND (eventName = 'PutBucketVersioning' AND element_at(requestParameters, 'VersioningConfiguration') LIKE '%Suspended%'
    OR eventName = 'PutBucketLifecycle' AND regexp_like(element_at(requestParameters, 'LifecycleConfiguration'),
        '"Days":[1-3]\D')
    OR eventName IN ('DeleteBucketEncryption', 'DeleteBucketPolicy', 'DeleteBucketLifecycle', 'PutObjectLockConfiguration'))
ORDER BY eventTime DESC
