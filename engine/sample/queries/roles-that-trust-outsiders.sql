-- Roles that trust another account
-- question: Whose trust policy now lets strangers in?
-- category: Identity
-- technique: T1098.003 Account Manipulation: Additional Cloud Roles
-- parameter: days = 365: days to look back
--
-- Takes the accounts out of the trust policy and keeps those that are not the account of the event. Suppliers belong on
-- a list; everything else is a back door.

SELECT eventTime, userIdentity.arn AS changed_by, element_at(requestParameters, 'roleName') AS role, outsider
FROM (
  SELECT eventTime, userIdentity, requestParameters, recipientAccountId,
    regexp_extract_all(coalesce(element_at(requestParameters, 'policyDocument'),
      element_at(requestParameters, 'assumeRolePolicyDocument')), 'arn:aws:iam::(\d{12})', 1) AS accounts
  FROM $EDS_ID
  WHERE eventTime >= date_add('day', -?, now()) AND errorCode IS NULL
    AND eventName IN ('UpdateAssumeRolePolicy', 'CreateRole')
)
CROSS JOIN UNNEST(accounts) AS a(outsider)
WHERE outsider <> recipientAccountId
ORDER BY eventTime DESC
