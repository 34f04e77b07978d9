-- Services used for the first time
-- question: Which AWS services did we begin to use lately?
-- category: Usage
-- parameter: days = 14: how new is new, in days
--
-- Reads the whole store. For each new service who called it first and how much it is used since.

SELECT replace(eventSource, '.amazonaws.com', '') AS service, min(eventTime) AS first_call,
  min_by(userIdentity.arn, eventTime) AS first_principal,
  count(*) AS calls, count(DISTINCT userIdentity.arn) AS principals, count(DISTINCT recipientAccountId) AS accounts
FROM $EDS_ID
GROUP BY 1
HAVING min(eventTime) >= date_add('day', -?, now())
ORDER BY first_call DESC
