-- Service-linked roles created
-- question: Which AWS services were given a role for the first time?
-- category: Identity
-- parameter: days = 90: days to look back
--
-- A service-linked role appears when a service is used for the first time. A role for spot instances in an account that
-- has none is a hint of mining.

SELECT eventTime, element_at(requestParameters, 'aWSServiceName') AS service, userIdentity.arn AS created_by,
  recipientAccountId AS account, coalesce(errorCode, 'done') AS outcome
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND eventName = 'CreateServiceLinkedRole'
ORDER BY eventTime DESC
