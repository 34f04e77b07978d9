-- KMS keys opened to other accounts
-- question: Which keys can now be used from outside of the account?
-- category: Keys and secrets
-- technique: T1098 Account Manipulation
-- parameter: days = 365: days to look back
--
-- Accounts named in key policies and grants that are not the key's own. Together with a shared snapshot it hands over
-- encrypted data.

SELECT eventTime, eventName, element_at(requestParameters, 'keyId') AS key, outsider, userIdentity.arn AS principal
FROM (
  SELECT eventTime, eventName, requestParameters, userIdentity, recipientAccountId,
    array_distinct(regexp_extract_all(coalesce(element_at(requestParameters, 'policy'),
      element_at(requestParameters, 'granteePrincipal')), 'arn:aws:(iam|sts)::(\d{12})', 2)) AS accounts
  FROM $EDS_ID
  WHERE eventTime >= date_add('day', -?, now()) AND errorCode IS NULL AND eventName IN ('PutKeyPolicy', 'CreateGrant')
)
CROSS JOIN UNNEST(accounts) AS a(outsider)
WHERE outsider <> recipientAccountId
ORDER BY eventTime DESC
