-- Activity outside of allowed regions
-- question: What happens in regions we do not want to be in?
-- category: Governance
-- technique: T1535 Unused/Unsupported Cloud Regions
-- parameter: regions = us-east-1,us-west-2,eu-west-1,eu-central-1: allowed regions, separated by commas
-- parameter: days = 90: days to look back
--
-- For data that must stay where it is, and for regions that ought to be switched off. Global services report in
-- us-east-1.

SELECT awsRegion, recipientAccountId AS account, userIdentity.arn AS principal, count(*) AS events,
  count_if(readOnly = false AND errorCode IS NULL) AS changes, array_agg(DISTINCT eventName) AS operations,
  max(eventTime) AS last
FROM $EDS_ID
WHERE NOT contains(split('?', ','), awsRegion) AND eventTime >= date_add('day', -?, now())
GROUP BY 1, 2, 3
ORDER BY changes DESC, events DESC
