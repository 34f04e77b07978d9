-- GuardDuty switched off or blinded
-- question: Who stopped GuardDuty, or told it to trust an address?
-- category: Logging
-- technique: T1562.001 Impair Defenses: Disable or Modify Tools
-- parameter: days = 365: days to look back
--
-- Besides the obvious calls: an IP set makes GuardDuty silent about its addresses, a filter archives findings unseen.

SELECT eventTime, eventName, userIdentity.arn AS principal, sourceIPAddress, awsRegion, requestParameters
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'guardduty.amazonaws.com' AND errorCode IS NULL
  AND (eventName IN ('DeleteDetector', 'StopMonitoringMembers', 'DisassociateMembers', 'CreateFilter', 'CreateIPSet',
      'UpdateIPSet', 'ArchiveFindings', 'DeletePublishingDestination')
    OR eventName = 'UpdateDetector' AND element_at(requestParameters, 'enable') = 'false')
ORDER BY eventTime DESC
