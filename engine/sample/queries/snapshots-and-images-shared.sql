-- Snapshots and images shared
-- question: Which copies of disks and databases were shared with others?
-- category: Data
-- technique: T1537 Transfer Data to Cloud Account
-- parameter: days = 365: days to look back
--
-- A shared snapshot is the whole disk. "all" means the whole world.

SELECT eventTime, eventName, userIdentity.arn AS principal,
  coalesce(element_at(requestParameters, 'snapshotId'), element_at(requestParameters, 'imageId'),
    element_at(requestParameters, 'dBSnapshotIdentifier')) AS what,
  coalesce(element_at(requestParameters, 'createVolumePermission'), element_at(requestParameters, 'launchPermission'),
    element_at(requestParameters, 'valuesToAdd')) AS shared_with
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND errorCode IS NULL
  AND eventName IN ('ModifySnapshotAttribute', 'ModifyImageAttribute', 'ModifyDBSnapshotAttribute',
      'ModifyDBClusterSnapshotAttribute')
ORDER BY eventTime DESC
