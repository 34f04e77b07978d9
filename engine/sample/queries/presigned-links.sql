-- Objects fetched by presigned links
-- question: Which objects were read through links that carry their own permission?
-- category: Data
-- technique: T1567 Exfiltration Over Web Service
-- parameter: days = 30: days to look back
--
-- A presigned link works for whoever has it until it expires. The principal is who signed it, the address who used it.

SELECT userIdentity.arn AS signed_by, element_at(requestParameters, 'bucketName') AS bucket, sourceIPAddress, userAgent,
  count(*) AS reads, max(element_at(requestParameters, 'X-Amz-Expires')) AS expires_seconds, max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName = 'GetObject' AND errorCode IS NULL
  AND element_at(additionalEventData, 'AuthenticationMethod') = 'QueryString'
GROUP BY 1, 2, 3, 4
ORDER BY reads DESC
