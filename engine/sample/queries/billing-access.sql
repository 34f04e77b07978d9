-- Who looks at bills and payments
-- question: Who read or changed billing and payment data?
-- category: Cost
-- technique: T1526 Cloud Service Discovery
-- parameter: days = 90: days to look back
--
-- The people who should be here are those of finance. Payment methods changed are in the last column.

SELECT coalesce(userIdentity.sessionContext.sessionIssuer.arn, userIdentity.arn) AS principal,
  replace(eventSource, '.amazonaws.com', '') AS service,
  count(*) AS calls, array_agg(DISTINCT eventName) AS operations, count_if(readOnly = false) AS changes,
  max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
  AND eventSource IN ('billingconsole.amazonaws.com', 'payments.amazonaws.com', 'ce.amazonaws.com', 'tax.amazonaws.com',
    'budgets.amazonaws.com',
    'billing.amazonaws.com', 'cur.amazonaws.com', 'invoicing.amazonaws.com')
GROUP BY 1, 2
ORDER BY changes DESC, calls DESC
LIMIT 200
