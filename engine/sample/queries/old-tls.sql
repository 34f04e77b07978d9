-- Callers with old TLS
-- question: Who still calls with a version of TLS that will be refused?
-- category: Network
-- parameter: days = 30: days to look back
--
-- By principal and tool, so that it is clear what must be upgraded. Signature version 2 is counted beside, as the same
-- old tools use it.

SELECT tlsDetails.tlsVersion AS tls, userIdentity.arn AS principal, userAgent,
  replace(eventSource, '.amazonaws.com', '') AS service,
  count(*) AS calls, count_if(element_at(additionalEventData, 'SignatureVersion') = 'SigV2') AS with_old_signature,
  max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND tlsDetails.tlsVersion NOT IN ('TLSv1.2', 'TLSv1.3')
GROUP BY 1, 2, 3, 4
ORDER BY calls DESC
