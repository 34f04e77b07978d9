-- Large or many instances started
-- question: Who starts machines of the kind that miners use?
-- category: Compute
-- technique: T1496.001 Resource Hijacking: Compute Hijacking
-- parameter: days = 30: days to look back
-- parameter: least = 5: fewest starts in an hour
--
-- Starts of GPU and other large types by principal, region and hour, with the attempts that a limit stopped. Miners go
-- for regions nobody looks at.

SELECT userIdentity.arn AS principal, awsRegion, element_at(requestParameters, 'instanceType') AS instance_type,
  date_trunc('hour', eventTime) AS hour, count_if(errorCode IS NULL) AS started, count_if(errorCode IS NOT NULL) AS failed,
  min(sourceIPAddress) AS address
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName = 'RunInstances'
  AND regexp_like(element_at(requestParameters, 'instanceType'),
      '^(p|g|inf|trn|dl|x|u)[0-9-]|\.(8|9|10|12|16|18|24|32|48|56|112)xlarge|metal')
GROUP BY 1, 2, 3, 4
HAVING count(*) >= ?
ORDER BY started DESC
