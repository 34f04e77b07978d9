-- Findings suppressed
-- question: Who made findings of Security Hub or an analyzer disappear?
-- category: Logging
-- technique: T1562.001 Impair Defenses: Disable or Modify Tools
-- parameter: days = 90: days to look back
--
-- Suppressing is normal work of those who triage. By anybody else it hides something.

SELECT eventTime, eventSource, eventName, userIdentity.arn AS principal, sourceIPAddress, requestParameters
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND errorCode IS NULL
  AND (eventName = 'BatchUpdateFindings' AND element_at(requestParameters, 'Workflow') LIKE '%SUPPRESSED%'
    OR eventName IN ('DisableSecurityHub', 'DeleteAnalyzer', 'CreateArchiveRule', 'BatchDisableStandards', 'DisableMacie'))
ORDER BY eventTime DESC
