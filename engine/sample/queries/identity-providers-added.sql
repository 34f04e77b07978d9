-- Identity providers added or changed
-- question: Who let a new identity provider in?
-- category: Identity
-- technique: T1484.002 Domain or Tenant Policy Modification: Trust Modification
-- parameter: days = 365: days to look back
--
-- Whoever controls an identity provider can become every role that trusts it, and needs no key in the account.

SELECT eventTime, eventName, userIdentity.arn AS changed_by, sourceIPAddress,
  coalesce(element_at(requestParameters, 'name'), element_at(requestParameters, 'url'),
    element_at(requestParameters, 'sAMLProviderArn')) AS provider
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
  AND regexp_like(eventName, '^(Create|Update|Delete|AddClientIDTo)(SAML|OpenIDConnect)Provider')
ORDER BY eventTime DESC
