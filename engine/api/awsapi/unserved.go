package awsapi

// unserved names CloudTrail's operations (API version 2013-11-01) that the lake
// does not have, so that a client is told so and not that it misspelt one.
var unserved = map[string]bool{
	"AddTags": true, "CreateDashboard": true, "CreateTrail": true,
	"DeleteDashboard": true, "DeleteResourcePolicy": true, "DeleteTrail": true,
	"DeregisterOrganizationDelegatedAdmin": true, "DescribeTrails": true, "DisableFederation": true,
	"EnableFederation": true, "GenerateQuery": true, "GetDashboard": true,
	"GetEventConfiguration": true, "GetEventSelectors": true, "GetInsightSelectors": true,
	"GetResourcePolicy": true, "GetTrail": true, "GetTrailStatus": true,
	"ListDashboards": true, "ListInsightsData": true, "ListInsightsMetricData": true,
	"ListPublicKeys": true, "ListTags": true, "ListTrails": true, "LookupEvents": true,
	"PutEventConfiguration": true, "PutEventSelectors": true, "PutInsightSelectors": true,
	"PutResourcePolicy": true, "RegisterOrganizationDelegatedAdmin": true, "RemoveTags": true,
	"StartDashboardRefresh": true, "StartLogging": true,
	"StopLogging": true, "UpdateDashboard": true, "UpdateTrail": true,
}
