-- Backups deleted
-- question: Who deleted backups, or tried to?
-- category: Data
-- technique: T1490 Inhibit System Recovery
-- parameter: days = 365: days to look back
--
-- Attempts that a vault's lock refused are here as well.

SELECT eventTime, eventName, element_at(requestParameters, 'backupVaultName') AS vault,
  element_at(requestParameters, 'recoveryPointArn') AS recovery_point, userIdentity.arn AS principal,
  coalesce(errorCode, 'done') AS outcome
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
  AND eventName IN ('DeleteRecoveryPoint', 'DeleteBackupVault', 'DeleteBackupPlan', 'DeleteBackupVaultLockConfiguration',
    'DeleteBackupSelection', 'UpdateRecoveryPointLifecycle')
ORDER BY eventTime DESC
