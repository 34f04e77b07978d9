package event

// ActivityAuditLog is the family of events of integrations: what happened outside
// of AWS, as a channel brought it. What the sender says is in eventdata; the rest
// is the lake's.
var ActivityAuditLog = newActivityAuditLog()

// activityFields is the published schema in its order (user guide, supported
// integration events), then eventjson, which queries may name though the published
// list lacks it. A column that CloudTrail events have too has its id there.
var activityFields = []field{
	{id: 1, name: "eventversion", key: "eventVersion"},
	{id: 49, name: "eventcategory", key: "eventCategory"},
	{id: 29, name: "eventtype", key: "eventType"},
	{id: 21, name: "eventid", key: "eventID"},
	{id: 3, name: "eventtime", key: "eventTime", kind: moment},
	{id: 6, name: "awsregion", key: "awsRegion"},
	{id: 32, name: "recipientaccountid", key: "recipientAccountId"},
	{id: 201, name: "addendum", key: "addendum", kind: object, sub: []field{
		{id: 202, name: "reason", key: "reason"},
		{id: 203, name: "updatedfields", key: "updatedFields"},
		{id: 204, name: "originaluid", key: "originalUID"},
		{id: 205, name: "originaleventid", key: "originalEventID"},
	}},
	{id: 206, name: "metadata", key: metadataKey, kind: object, sub: []field{
		{id: 207, name: "ingestiontime", key: "ingestionTime"},
		{id: 208, name: "channelarn", key: "channelARN"},
	}},
	{id: 209, name: "eventdata", key: "eventData", kind: object, sub: []field{
		{id: 210, name: "version", key: "version"},
		{id: 211, name: "useridentity", key: "userIdentity", kind: object, sub: []field{
			{id: 212, name: "type", key: "type"},
			{id: 213, name: "principalid", key: "principalId"},
			{id: 214, name: "details", key: "details", kind: freeform, key2: 215, val2: 216},
		}},
		{id: 217, name: "useragent", key: "userAgent"},
		{id: 218, name: "eventsource", key: "eventSource"},
		{id: 219, name: "eventname", key: "eventName"},
		{id: 220, name: "eventtime", key: "eventTime"},
		{id: 221, name: "uid", key: "UID"},
		{id: 222, name: "requestparameters", key: "requestParameters", kind: freeform, key2: 223, val2: 224},
		{id: 225, name: "responseelements", key: "responseElements", kind: freeform, key2: 226, val2: 227},
		{id: 228, name: "errorcode", key: "errorCode"},
		{id: 229, name: "errormessage", key: "errorMessage"},
		{id: 230, name: "sourceipaddress", key: "sourceIPAddress"},
		{id: 231, name: "recipientaccountid", key: "recipientAccountId"},
		{id: 232, name: "additionaleventdata", key: "additionalEventData", kind: freeform, key2: 233, val2: 234},
	}},
	{id: 55, name: "eventjson", hidden: true},
}

// metadataKey is where the record of an integration's event tells how it came.
const metadataKey = "metadata"

func newActivityAuditLog() *Family {
	f := &Family{
		Name:          "activityauditlog",
		TimeColumn:    "eventtime",
		PayloadColumn: "eventjson",
		IDColumn:      "eventid",
		SortColumns:   []string{"eventdata.eventsource", "eventdata.eventname", "eventdata.useridentity.principalid", "eventtime"},
		BloomColumns: []string{
			"eventid", "eventdata.uid", "eventdata.useridentity.principalid", "eventdata.sourceipaddress",
		},
		FieldIDs:      map[string]int{},
		SchemaVersion: 1,
		fields:        activityFields,
		apart:         metadataKey,
	}
	f.complete()
	return f
}
