-- Settings of accounts changed
-- question: Who switched a region on, or changed whom AWS writes to?
-- category: Organization
-- technique: T1535 Unused/Unsupported Cloud Regions
-- parameter: days = 365: days to look back
--
-- Regions enabled and contacts changed. With another security contact the warnings of AWS go elsewhere.

SELECT eventTime, eventName, recipientAccountId AS account, userIdentity.arn AS principal, sourceIPAddress,
  element_at(requestParameters, 'RegionName') AS region, element_at(requestParameters, 'AlternateContactType') AS contact
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource = 'account.amazonaws.com' AND readOnly = false
ORDER BY eventTime DESC
