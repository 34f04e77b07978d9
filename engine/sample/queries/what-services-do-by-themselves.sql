-- What AWS services do for us
-- question: What do services do in our name?
-- category: Usage
-- parameter: days = 7: days to look back
--
-- Calls made by a service, for itself or with a role of ours. Changes among them surprise when a thing "changed by
-- itself".

SELECT coalesce(userIdentity.invokedBy, sourceIPAddress) AS service, userIdentity.type AS kind, count(*) AS calls,
  count_if(readOnly = false) AS changes, count(DISTINCT eventName) AS operations, max_by(eventName, eventTime) AS last_call
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND userIdentity.invokedBy IS NOT NULL
GROUP BY 1, 2
ORDER BY changes DESC, calls DESC
