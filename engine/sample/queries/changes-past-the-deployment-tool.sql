-- Changes past the deployment tool
-- question: Who changes networks and identities without Terraform or CloudFormation?
-- category: Governance
-- parameter: days = 30: days to look back
-- parameter: tool = Terraform: a word of the tool's user agent
--
-- Changes of EC2's network and of IAM whose user agent names no deployment tool. What is changed here will be undone, or
-- undo others, at the next deployment.

SELECT userIdentity.arn AS principal, eventName, count(*) AS changes, max_by(userAgent, eventTime) AS last_tool,
  max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND readOnly = false AND errorCode IS NULL
  AND (eventSource = 'iam.amazonaws.com' OR eventSource = 'ec2.amazonaws.com'
      AND regexp_like(eventName, 'SecurityGroup|Route|NetworkAcl|Vpc|Subnet|Gateway'))
  AND userAgent NOT LIKE '%?%' AND userIdentity.invokedBy IS NULL
GROUP BY 1, 2
ORDER BY changes DESC
