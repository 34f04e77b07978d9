-- Limits hit and raised
-- question: Who ran into limits of an account, or asked to raise them?
-- category: Compute
-- technique: T1496.001 Resource Hijacking: Compute Hijacking
-- parameter: days = 30: days to look back
--
-- Somebody who needs five hundred vCPUs all of a sudden is either about to launch or is not one of yours.

SELECT eventTime, userIdentity.arn AS principal, awsRegion, eventName, errorCode,
  element_at(requestParameters, 'serviceCode') AS service, element_at(requestParameters, 'quotaCode') AS quota,
  element_at(requestParameters, 'desiredValue') AS desired
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
  AND (eventName = 'RequestServiceQuotaIncrease' OR errorCode LIKE '%LimitExceeded%')
ORDER BY eventTime DESC
LIMIT 500
