-- Traffic mirrored
-- question: Is somebody listening in on network traffic?
-- category: Network
-- technique: T1040 Network Sniffing
-- parameter: days = 365: days to look back
--
-- A mirror session copies every packet of an interface to another. Nobody on the machine notices.

SELECT eventTime, eventName, userIdentity.arn AS principal, sourceIPAddress, requestParameters
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName LIKE '%TrafficMirror%' AND readOnly = false
ORDER BY eventTime DESC
