-- Deletion protection changed
-- question: Where was the protection against deletion switched on or off?
-- category: Compute
-- technique: T1578.005 Modify Cloud Compute Infrastructure: Modify Cloud Compute Configurations
-- parameter: days = 90: days to look back
--
-- Off is the step before a deletion. On, by a stranger, keeps a miner's machines alive.

SELECT eventTime, eventName, coalesce(element_at(requestParameters, 'instanceId'),
  element_at(requestParameters, 'dBInstanceIdentifier'),
    element_at(requestParameters, 'stackName')) AS what,
  coalesce(element_at(requestParameters, 'disableApiTermination'), element_at(requestParameters, 'deletionProtection'),
    element_at(requestParameters, 'enableTerminationProtection')) AS setting, awsRegion, userIdentity.arn AS principal
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND errorCode IS NULL
  AND (element_at(requestParameters, 'disableApiTermination') LIKE '%value%'
      OR element_at(requestParameters, 'deletionProtection') IS NOT NULL
    OR eventName = 'UpdateTerminationProtection')
ORDER BY eventTime DESC
