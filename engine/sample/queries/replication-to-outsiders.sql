-- Replication and exports to other accounts
-- question: Where does data leave for another account by itself?
-- category: Data
-- technique: T1537 Transfer Data to Cloud Account
-- parameter: days = 365: days to look back
--
-- Replication of buckets and exports of tables whose target belongs to another account. Both go on without any further
-- call of the one who set them up.

SELECT eventTime, eventName, userIdentity.arn AS principal,
  coalesce(element_at(requestParameters, 'bucketName'), element_at(requestParameters, 'tableArn')) AS source,
  coalesce(json_extract_scalar(element_at(requestParameters, 'ReplicationConfiguration'), '$.Rule.Destination.Account'),
    element_at(requestParameters, 's3BucketOwner')) AS target_account
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND errorCode IS NULL
  AND (eventName = 'PutBucketReplication' OR eventName = 'ExportTableToPointInTime')
  AND coalesce(json_extract_scalar(element_at(requestParameters, 'ReplicationConfiguration'), '$.Rule.Destination.Account'),
    element_at(requestParameters, 's3BucketOwner')) <> recipientAccountId
ORDER BY eventTime DESC
