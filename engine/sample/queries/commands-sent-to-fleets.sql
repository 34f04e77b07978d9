-- Commands sent to many machines
-- question: Who ran commands on instances through Systems Manager?
-- category: Compute
-- technique: T1651 Cloud Administration Command
-- parameter: days = 30: days to look back
-- parameter: least = 3: fewest commands in a day
--
-- The text of a command is hidden in the trail; its output is in the log group or bucket of Systems Manager.

SELECT userIdentity.arn AS principal, element_at(requestParameters, 'documentName') AS document, date(eventTime) AS day,
  count(*) AS commands, count(DISTINCT element_at(requestParameters, 'instanceIds')) AS targets,
  min(sourceIPAddress) AS address
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName = 'SendCommand' AND errorCode IS NULL
GROUP BY 1, 2, 3
HAVING count(*) >= ?
ORDER BY commands DESC
