-- Budgets and cost alarms removed
-- question: Who took away what would have warned of high costs?
-- category: Cost
-- technique: T1562.006 Impair Defenses: Indicator Blocking
-- parameter: days = 365: days to look back
--
-- Removed before something expensive begins, or by somebody tired of the mails.

SELECT eventTime, eventName, userIdentity.arn AS principal, sourceIPAddress,
  coalesce(element_at(requestParameters, 'budgetName'), element_at(requestParameters, 'monitorArn')) AS what
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND errorCode IS NULL
  AND eventName IN ('DeleteBudget', 'UpdateBudget', 'DeleteBudgetAction', 'DeleteAnomalyMonitor',
      'DeleteAnomalySubscription')
ORDER BY eventTime DESC
