-- Operations never called before
-- question: Which operations were called for the first time in the last days?
-- category: First look
-- parameter: days = 7: how new is new, in days
--
-- A service in use for the first time, or somebody who tries what nobody here needs. Reads the whole store.

SELECT eventSource, eventName, min(eventTime) AS first_call,
  min_by(userIdentity.arn, eventTime) AS first_caller, min_by(sourceIPAddress, eventTime) AS first_address,
  count(*) AS calls_since, count_if(errorCode IS NOT NULL) AS failed
FROM $EDS_ID
GROUP BY 1, 2
HAVING min(eventTime) >= date_add('day', -?, now())
ORDER BY first_call DESC
