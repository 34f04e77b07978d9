-- Roles taken by workloads with web identity
-- question: Which service accounts take which roles through OIDC?
-- category: Credentials
-- parameter: days = 7: days to look back
--
-- Subjects are service accounts of clusters or pipelines. A role whose subjects come from several places trusts a whole
-- provider instead of one subject.

SELECT element_at(requestParameters, 'roleArn') AS role, element_at(responseElements, 'provider') AS provider,
  count(DISTINCT element_at(responseElements, 'subjectFromWebIdentityToken')) AS subjects,
  min(element_at(responseElements, 'subjectFromWebIdentityToken')) AS one_subject,
  count(*) AS sessions, count_if(errorCode IS NOT NULL) AS failed
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName = 'AssumeRoleWithWebIdentity'
GROUP BY 1, 2
ORDER BY subjects DESC, sessions DESC
LIMIT 200
