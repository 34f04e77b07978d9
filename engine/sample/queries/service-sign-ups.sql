-- Services signed up for
-- question: Who subscribed to a service, a product or a support plan?
-- category: Cost
-- parameter: days = 90: days to look back
--
-- Agreements that cost by themselves, before anything is used.

SELECT eventTime, replace(eventSource, '.amazonaws.com', '') AS service, eventName, userIdentity.arn AS principal,
  sourceIPAddress, requestParameters
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND errorCode IS NULL
  AND (eventSource IN ('aws-marketplace.amazonaws.com', 'supportplans.amazonaws.com') AND readOnly = false
    OR eventName IN ('CreateAccountSubscription', 'CreateFoundationModelAgreement', 'EnableMacie', 'CreateSubscription',
        'Subscribe')
      AND eventSource <> 'sns.amazonaws.com')
ORDER BY eventTime DESC
