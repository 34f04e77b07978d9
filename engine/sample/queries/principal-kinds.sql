-- Events by kind of principal
-- question: Who acts more: people, roles, services, or others?
-- category: Usage
-- parameter: days = 30: days to look back
--
-- The share of each type of identity. Users with permanent keys should shrink over the months, and root be near nothing.

SELECT userIdentity.type AS kind, count(*) AS events, round(1e2 * count(*) / sum(count(*)) OVER (), 2) AS percent,
  count(DISTINCT userIdentity.arn) AS principals, count_if(readOnly = false) AS changes
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
GROUP BY 1
ORDER BY events DESC
