-- Language models used by newcomers
-- question: Who calls the models of Bedrock, and who only tries to?
-- category: Compute
-- technique: T1496 Resource Hijacking
-- parameter: days = 30: days to look back
--
-- Stolen keys are sold for their access to models. Many models tried and refused by one principal is how that begins;
-- logging of prompts switched off is the step before.

SELECT userIdentity.arn AS principal, sourceIPAddress,
  count_if(eventName LIKE 'InvokeModel%' OR eventName = 'Converse') AS calls, count_if(errorCode IS NOT NULL) AS refused,
  count(DISTINCT element_at(requestParameters, 'modelId')) AS models,
  count_if(eventName = 'DeleteModelInvocationLoggingConfiguration') AS logging_switched_off, min(eventTime) AS first,
  max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'bedrock.amazonaws.com' AND userIdentity.arn IS NOT NULL
GROUP BY 1, 2
ORDER BY logging_switched_off DESC, models DESC, calls DESC
LIMIT 100
