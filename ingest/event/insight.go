package event

// Insight is the family of CloudTrail Insights events: an unusual rate of calls or
// of errors, when it began and when it ended.
var Insight = newFamily("insight", insightFields(),
	[]string{"insighteventsource", "insighteventname", "insighttype", "eventtime"},
	[]string{"eventid", "sharedeventid"})

// insightFields is the published schema in its order (user guide, supported schema
// for Insights event record fields). It has attributions, insight and baseline as
// structs, but the description of the fields calls them lists, and so are they in
// the records; so they are lists here. The ids are permanent.
func insightFields() []field {
	values := func(id int, name, key string) field {
		return field{id: id, name: name, key: key, kind: objects, key2: id + 1, sub: []field{
			{id: id + 2, name: "value", key: "value"},
			{id: id + 3, name: "average", key: "average", kind: double},
		}}
	}
	attribution := []field{
		{id: 313, name: "attribute", key: "attribute"},
		{id: 314, name: "insightvalue", key: "insightValue"},
		{id: 315, name: "insightaverage", key: "insightAverage", kind: double},
		{id: 316, name: "baselinevalue", key: "baselineValue"},
		{id: 317, name: "baselineaverage", key: "baselineAverage", kind: double},
		values(318, "insight", "insight"),
		values(322, "baseline", "baseline"),
	}
	return append(envelope(field{id: 33, name: "sharedeventid", key: "sharedEventID"}),
		field{id: 300, name: "insightsource", key: "insightSource"},
		field{id: 301, name: "insightstate", key: "insightState"},
		field{id: 302, name: "insighteventsource", key: "insightEventSource"},
		field{id: 303, name: "insighteventname", key: "insightEventName"},
		field{id: 304, name: "insighterrorcode", key: "insightErrorCode"},
		field{id: 305, name: "insighttype", key: "insightType"},
		field{id: 306, name: "insightcontext", key: "insightContext", kind: object, sub: []field{
			{id: 307, name: "baselineaverage", key: "baselineAverage", kind: double},
			{id: 308, name: "insightaverage", key: "insightAverage", kind: double},
			{id: 309, name: "baselineduration", key: "baselineDuration", kind: integer},
			{id: 310, name: "insightduration", key: "insightDuration", kind: integer},
			{id: 311, name: "attributions", key: "attributions", kind: objects, key2: 312, sub: attribution},
		}},
		payload)
}
