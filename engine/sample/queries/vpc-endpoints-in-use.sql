-- Calls through VPC endpoints
-- question: Which services are called privately, and which over the internet?
-- category: Network
-- parameter: days = 7: days to look back
--
-- By service: how many calls of our own principals came through an endpoint. The rest needs a way to the internet, and
-- stands in the way of closing it.

SELECT replace(eventSource, '.amazonaws.com', '') AS service, count(*) AS calls,
  count(vpcEndpointId) AS through_endpoints, count(DISTINCT vpcEndpointId) AS endpoints,
  round(1e2 * count(vpcEndpointId) / count(*), 1) AS percent_private
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND userIdentity.type <> 'AWSService' AND userIdentity.invokedBy IS NULL
GROUP BY 1
ORDER BY through_endpoints DESC, calls DESC
