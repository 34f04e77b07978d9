-- Containers from foreign registries
-- question: Which tasks run images that are not from our own registry?
-- category: Compute
-- technique: T1610 Deploy Container
-- parameter: days = 90: days to look back
--
-- One line per container of a task definition. Privileged ones can leave their container.

SELECT eventTime, userIdentity.arn AS principal, element_at(requestParameters, 'family') AS family,
  json_extract_scalar(container, '$.image') AS image, json_extract_scalar(container, '$.privileged') AS privileged
FROM $EDS_ID
CROSS JOIN UNNEST(CAST(json_parse(element_at(requestParameters, 'containerDefinitions')) AS array(json))) AS c(container)
WHERE eventTime >= date_add('day', -?, now()) AND eventName = 'RegisterTaskDefinition' AND errorCode IS NULL
  AND json_extract_scalar(container, '$.image') NOT LIKE '%.dkr.ecr.%'
ORDER BY eventTime DESC
