package event

// ConfigurationItem is the family of AWS Config's configuration items: what a
// resource was like at a moment.
var ConfigurationItem = newFamily("configurationitem", configurationItemFields(),
	[]string{"eventdata.resourcetype", "eventdata.accountid", "eventdata.resourceid", "eventtime"},
	[]string{"eventid", "eventdata.resourceid", "eventdata.resourcename", "eventdata.arn"})

// configurationItemFields is the published schema in its order (user guide,
// supported schema for AWS Config configuration item record fields). It has
// relationships as a struct, but the records have a list of them, and so it is
// here. configurationitemstateid is the published name of what the records call
// configurationStateId, a number in AWS Config's files and a string in its API. The
// ids are permanent.
func configurationItemFields() []field {
	return append(envelope(),
		field{id: 400, name: "eventdata", key: eventDataKey, kind: object, sub: []field{
			{id: 401, name: "configurationitemversion", key: "configurationItemVersion"},
			{id: 402, name: "configurationitemcapturetime", key: captureTimeKey},
			{id: 403, name: "configurationitemstatus", key: "configurationItemStatus"},
			{id: 404, name: "configurationitemstateid", key: "configurationStateId", kind: anyText},
			{id: 405, name: "accountid", key: accountKey},
			{id: 406, name: "resourcetype", key: "resourceType"},
			{id: 407, name: "resourceid", key: "resourceId"},
			{id: 408, name: "resourcename", key: "resourceName"},
			{id: 409, name: "arn", key: arnKey},
			{id: 410, name: "awsregion", key: regionKey},
			{id: 411, name: "availabilityzone", key: "availabilityZone"},
			{id: 412, name: "resourcecreationtime", key: "resourceCreationTime"},
			{id: 413, name: "configuration", key: "configuration", kind: freeform, key2: 414, val2: 415},
			{id: 416, name: "supplementaryconfiguration", key: "supplementaryConfiguration", kind: freeform, key2: 417, val2: 418},
			{id: 419, name: "relatedevents", key: "relatedEvents", kind: anyText},
			{id: 420, name: "relationships", key: "relationships", kind: objects, key2: 421, sub: []field{
				{id: 422, name: "name", key: "name"},
				{id: 423, name: "resourcetype", key: "resourceType"},
				{id: 424, name: "resourceid", key: "resourceId"},
				{id: 425, name: "resourcename", key: "resourceName"},
			}},
			{id: 426, name: "tags", key: "tags", kind: freeform, key2: 427, val2: 428},
		}},
		payload)
}

// Keys of a configuration item, in a record's eventData.
const (
	eventDataKey   = "eventData"
	captureTimeKey = "configurationItemCaptureTime"
	accountKey     = "accountId"
	arnKey         = "arn"
	regionKey      = "awsRegion"
)
