-- Roles taken through an identity provider
-- question: Which people came in through SAML, with which roles?
-- category: Sign-in
-- parameter: days = 30: days to look back
--
-- Subject and issuer are what the identity provider asserted. An issuer that you do not know is an identity provider
-- somebody added.

SELECT element_at(requestParameters, 'roleArn') AS role, element_at(responseElements, 'subject') AS subject,
  element_at(responseElements, 'issuer') AS issuer, count(*) AS sessions,
  count(DISTINCT sourceIPAddress) AS addresses, max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName = 'AssumeRoleWithSAML'
GROUP BY 1, 2, 3
ORDER BY last DESC
