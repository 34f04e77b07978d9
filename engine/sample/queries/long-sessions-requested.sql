-- Role sessions longer than an hour
-- question: Who asked for long role sessions, and for which roles?
-- category: Credentials
-- parameter: days = 90: days to look back
-- parameter: seconds = 3600: longest ordinary session, in seconds
--
-- A session cannot be taken back before its end except by policy. Twelve hours of a powerful role should be rare.

SELECT eventTime, userIdentity.arn AS caller, element_at(requestParameters, 'roleArn') AS role,
  CAST(element_at(requestParameters, 'durationSeconds') AS integer) / 3600 AS hours, sourceIPAddress
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName LIKE 'AssumeRole%' AND errorCode IS NULL
  AND TRY_CAST(element_at(requestParameters, 'durationSeconds') AS integer) > ?
ORDER BY hours DESC, eventTime DESC
