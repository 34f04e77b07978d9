-- Databases opened to the internet
-- question: Which databases were made publicly reachable?
-- category: Data
-- technique: T1190 Exploit Public-Facing Application
-- parameter: days = 365: days to look back
--
-- The flag alone is not enough to reach a database, a security group must allow it too: look at "Security groups opened
-- to the world".

SELECT eventTime, eventName, element_at(requestParameters, 'dBInstanceIdentifier') AS database,
  userIdentity.arn AS principal,
  sourceIPAddress
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventSource IN ('rds.amazonaws.com', 'redshift.amazonaws.com')
  AND element_at(requestParameters, 'publiclyAccessible') = 'true' AND errorCode IS NULL
ORDER BY eventTime DESC
