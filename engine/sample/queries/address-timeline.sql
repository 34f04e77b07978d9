-- Everything that came from one address
-- question: What was done from this address, and by whom?
-- category: First look
-- parameter: address = 203.0.113.66: IPv4 or IPv6 address, or the name of an AWS service
-- parameter: days = 30: days to look back
--
-- An address that turned up somewhere else: here is all it did, under whatever name. Several principals from one
-- address are an office, a proxy, or one person with several keys.

SELECT eventTime, userIdentity.arn AS principal, userIdentity.accessKeyId AS access_key, eventSource, eventName,
  awsRegion, coalesce(errorCode, 'done') AS outcome, userAgent, eventID
FROM $EDS_ID
WHERE sourceIPAddress = '?' AND eventTime >= date_add('day', -?, now())
ORDER BY eventTime
LIMIT 1000
