-- What the trail is made of
-- question: How many events of which kind and category does each account record?
-- category: Governance
-- parameter: days = 30: days to look back
--
-- Management, data and network events by account and region. A category that is missing is a question that cannot be
-- answered later.

SELECT recipientAccountId AS account, awsRegion, coalesce(eventCategory, 'before categories') AS category,
  count(*) AS events,
  min(eventTime) AS first, max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
GROUP BY 1, 2, 3
ORDER BY events DESC
