-- Tools and SDKs in use
-- question: With which tools and SDK versions do we call AWS?
-- category: Usage
-- parameter: days = 30: days to look back
--
-- The first word of the user agent: the tool and its version. Old versions lack fixes; unknown tools are worth a
-- question.

SELECT split_part(userAgent, ' ', 1) AS tool, count(*) AS calls, count(DISTINCT userIdentity.arn) AS principals,
  max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND userAgent NOT LIKE '%.amazonaws.com' AND userAgent NOT IN ('AWS Internal')
GROUP BY 1
ORDER BY calls DESC
