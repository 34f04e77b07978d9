package main

// demoQueries are the questions the demo asks its sample trail.
var demoQueries = []struct{ title, sql string }{
	{"What happens most?", `SELECT eventSource, eventName, count(*) AS calls, count(DISTINCT userIdentity.arn) AS principals
FROM demo
GROUP BY 1, 2
ORDER BY calls DESC
LIMIT 8`},
	{"Who was refused, and how often?", `SELECT userIdentity.arn, eventName, count(*) AS refused, max(eventTime) AS last
FROM demo
WHERE errorCode LIKE '%Denied%'
GROUP BY 1, 2
ORDER BY refused DESC
LIMIT 8`},
	{"Who switched a trail off?", `SELECT eventTime, userIdentity.arn, sourceIPAddress, element_at(requestParameters, 'name') AS trail
FROM demo
WHERE eventSource = 'cloudtrail.amazonaws.com' AND eventName IN ('StopLogging', 'DeleteTrail')
ORDER BY eventTime DESC
LIMIT 5`},
	{"Console sign-ins without a second factor", `SELECT eventTime, userIdentity.userName, sourceIPAddress
FROM demo
WHERE eventName = 'ConsoleLogin' AND element_at(additionalEventData, 'MFAUsed') = 'No'
ORDER BY eventTime DESC
LIMIT 5`},
	{"How is one day pruned?", `EXPLAIN ANALYZE SELECT hour(eventTime) AS hour, count(*) AS events
FROM demo
WHERE eventTime >= date_add('day', -1, now()) AND eventSource = 'iam.amazonaws.com'
GROUP BY 1`},
}
