-- Access reviews made
-- question: Who last looked at the credential report, and when?
-- category: Governance
-- parameter: days = 365: days to look back
--
-- Proof for an auditor that reviews take place. The same calls by a stranger are reconnaissance.

SELECT eventName, coalesce(userIdentity.sessionContext.sessionIssuer.arn, userIdentity.arn) AS principal, count(*) AS times,
  max(eventTime) AS last
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
  AND eventName IN ('GenerateCredentialReport', 'GetCredentialReport', 'GenerateServiceLastAccessedDetails',
      'GetAccountAuthorizationDetails')
GROUP BY 1, 2
ORDER BY last DESC
