-- Temporary credentials made from user keys
-- question: Who made temporary credentials that outlive a deleted key?
-- category: Credentials
-- technique: T1550.001 Use Alternate Authentication Material: Application Access Token
-- parameter: days = 90: days to look back
--
-- GetFederationToken and GetSessionToken hand out credentials for up to 36 hours, which stay valid when the key behind
-- them is deactivated. To end them, deny everything to the user.

SELECT eventTime, eventName, userIdentity.arn AS principal, userIdentity.accessKeyId AS with_key, sourceIPAddress,
  element_at(requestParameters, 'name') AS name, element_at(requestParameters, 'durationSeconds') AS seconds,
  json_extract_scalar(element_at(responseElements, 'credentials'), '$.accessKeyId') AS new_key
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName IN ('GetFederationToken', 'GetSessionToken')
ORDER BY eventTime DESC
