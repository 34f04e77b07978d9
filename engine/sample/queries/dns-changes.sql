-- Changes of DNS records
-- question: Who pointed a name somewhere else?
-- category: Network
-- technique: T1584.002 Compromise Infrastructure: DNS Server
-- parameter: days = 30: days to look back
--
-- One line per record changed. A name that leaves your own domains sends your users, and their passwords, elsewhere.

SELECT eventTime, userIdentity.arn AS principal, json_extract_scalar(change, '$.action') AS action,
  json_extract_scalar(change, '$.resourceRecordSet.name') AS name,
  json_extract_scalar(change, '$.resourceRecordSet.type') AS type,
  json_extract_scalar(change, '$.resourceRecordSet.resourceRecords[0].value') AS value
FROM $EDS_ID
CROSS JOIN UNNEST(CAST(json_extract(element_at(requestParameters, 'changeBatch'), '$.changes') AS array(json))) AS c(change)
WHERE eventTime >= date_add('day', -?, now()) AND eventName = 'ChangeResourceRecordSets' AND errorCode IS NULL
ORDER BY eventTime DESC
LIMIT 500
