-- Buckets made public
-- question: Who opened a bucket to everybody?
-- category: Data
-- technique: T1530 Data from Cloud Storage
-- parameter: days = 365: days to look back
--
-- Four ways lead there: a policy with a star for the principal, an ACL for all users, and the two public access blocks
-- taken away. The block of the account opens every bucket at once.

SELECT eventTime, eventName, element_at(requestParameters, 'bucketName') AS bucket, userIdentity.arn AS principal,
  sourceIPAddress,
  coalesce(errorCode, 'done') AS outcome
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 's3.amazonaws.com'
  AND (eventName IN ('DeleteBucketPublicAccessBlock', 'DeleteAccountPublicAccessBlock')
    OR eventName LIKE 'Put%PublicAccessBlock'
      AND element_at(requestParameters, 'PublicAccessBlockConfiguration') LIKE '%false%'
    OR eventName = 'PutBucketPolicy' AND regexp_like(element_at(requestParameters, 'bucketPolicy'),
        '"Principal":("\*"|\{"AWS":"\*"\})')
    OR eventName = 'PutBucketAcl' AND element_at(requestParameters, 'AccessControlPolicy') LIKE '%groups/global/A%')
ORDER BY eventTime DESC
