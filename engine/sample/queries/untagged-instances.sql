-- Instances started without tags
-- question: Who starts machines that belong to no team?
-- category: Governance
-- parameter: days = 30: days to look back
-- parameter: tag = team: key of the tag that must be there
--
-- Starts whose request names no such tag. Tags given afterwards by CreateTags are not seen here.

SELECT userIdentity.arn AS principal, awsRegion, element_at(requestParameters, 'instanceType') AS instance_type,
  count(*) AS starts, max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName = 'RunInstances' AND errorCode IS NULL
  AND coalesce(element_at(requestParameters, 'tagSpecificationSet'), '') NOT LIKE '%"key":"?"%'
GROUP BY 1, 2, 3
ORDER BY starts DESC
