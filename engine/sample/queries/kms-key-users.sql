-- Who uses which KMS key
-- question: Which principals decrypt with which key, and how often?
-- category: Keys and secrets
-- parameter: days = 7: days to look back
--
-- The list to hold against a key's policy before it is narrowed or the key is retired.

SELECT element_at(resources, 1).arn AS key,
  coalesce(userIdentity.sessionContext.sessionIssuer.arn, userIdentity.arn, userIdentity.invokedBy) AS principal,
  count_if(eventName = 'Decrypt') AS decrypts, count_if(eventName LIKE 'GenerateDataKey%') AS data_keys,
  max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'kms.amazonaws.com'
  AND (eventName = 'Decrypt' OR eventName LIKE 'GenerateDataKey%')
GROUP BY 1, 2
ORDER BY decrypts DESC
LIMIT 500
