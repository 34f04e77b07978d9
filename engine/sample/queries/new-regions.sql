-- Regions used for the first time
-- question: In which region did an account begin to work lately?
-- category: Compute
-- technique: T1535 Unused/Unsupported Cloud Regions
-- parameter: days = 14: how new is new, in days
--
-- First events of each account and region, with who made them. Reads the whole store. Services that look into every
-- region are left out.

SELECT recipientAccountId AS account, awsRegion, min(eventTime) AS first_event,
  min_by(userIdentity.arn, eventTime) AS first_principal,
  min_by(eventName, eventTime) AS first_call, count(*) AS events, count_if(NOT readOnly AND errorCode IS NULL) AS changes
FROM $EDS_ID
WHERE userIdentity.type <> 'AWSService'
GROUP BY 1, 2
HAVING min(eventTime) >= date_add('day', -?, now())
ORDER BY first_event DESC
