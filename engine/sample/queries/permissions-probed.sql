-- Permissions probed without doing anything
-- question: Who tries with dry runs and simulations what they may do?
-- category: Compute
-- technique: T1580 Cloud Infrastructure Discovery
-- parameter: days = 30: days to look back
--
-- A dry run of EC2 answers with an error that says "would have succeeded". Simulations of policies ask IAM directly.

SELECT userIdentity.arn AS principal, sourceIPAddress, eventName, count(*) AS probes,
  count_if(errorCode = 'Client.DryRunOperation') AS would_have_worked, min(eventTime) AS first, max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
  AND (errorCode = 'Client.DryRunOperation' OR element_at(requestParameters, 'dryRun') = 'true'
    OR eventName IN ('SimulatePrincipalPolicy', 'SimulateCustomPolicy'))
GROUP BY 1, 2, 3
ORDER BY probes DESC
