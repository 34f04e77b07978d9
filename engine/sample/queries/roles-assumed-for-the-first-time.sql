-- Roles taken by somebody new
-- question: Which principals took a role that they never took before?
-- category: Credentials
-- technique: T1548.005 Abuse Elevation Control Mechanism: Temporary Elevated Cloud Access
-- parameter: days = 7: how new is new, in days
--
-- Pairs of caller and role whose first AssumeRole falls into the last days. Reads the whole store. Sort out the
-- deployments of the week, and look at what is left.

SELECT coalesce(userIdentity.sessionContext.sessionIssuer.arn, userIdentity.arn, userIdentity.invokedBy) AS caller,
  element_at(requestParameters, 'roleArn') AS role, min(eventTime) AS first_time, count(*) AS times,
  min_by(sourceIPAddress, eventTime) AS first_address
FROM $EDS_ID
WHERE eventName = 'AssumeRole' AND errorCode IS NULL AND userIdentity.type <> 'AWSService'
GROUP BY 1, 2
HAVING min(eventTime) >= date_add('day', -?, now())
ORDER BY first_time DESC
LIMIT 500
