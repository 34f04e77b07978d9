-- Policies that allow everything
-- question: Who wrote a policy with a star for its actions?
-- category: Identity
-- technique: T1098.003 Account Manipulation: Additional Cloud Roles
-- parameter: days = 90: days to look back
--
-- Inline policies and versions of managed ones whose document allows "*" or all of IAM. CloudTrail keeps the document
-- as text in the request.

SELECT eventTime, userIdentity.arn AS written_by, sourceIPAddress, eventName,
  coalesce(element_at(requestParameters, 'userName'), element_at(requestParameters, 'roleName'),
    element_at(requestParameters, 'groupName'), element_at(requestParameters, 'policyArn'),
    element_at(requestParameters, 'policyName')) AS target,
  element_at(requestParameters, 'policyDocument') AS document, coalesce(errorCode, 'done') AS outcome
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
  AND eventName IN ('PutUserPolicy', 'PutRolePolicy', 'PutGroupPolicy', 'CreatePolicy', 'CreatePolicyVersion')
  AND regexp_like(element_at(requestParameters, 'policyDocument'), '"Action" *: *\[* *"(\*|iam:\*|\*:\*)"')
ORDER BY eventTime DESC
