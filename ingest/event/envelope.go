package event

// envelope returns the columns that events of every family but CloudTrail's begin
// with, those named in more, and addendum, in the published order. Each has the id
// that it has among CloudTrail's events.
func envelope(more ...field) []field {
	fields := []field{
		{id: 1, name: "eventversion", key: "eventVersion"},
		{id: 49, name: "eventcategory", key: "eventCategory"},
		{id: 29, name: "eventtype", key: "eventType"},
		{id: 21, name: "eventid", key: "eventID"},
		{id: 3, name: "eventtime", key: "eventTime", kind: moment},
		{id: 6, name: "awsregion", key: "awsRegion"},
		{id: 32, name: "recipientaccountid", key: "recipientAccountId"},
	}
	fields = append(fields, more...)
	return append(fields, field{id: 40, name: "addendum", key: "addendum", kind: freeform, key2: 41, val2: 42})
}

// payload is the column of the record's text. Queries may name it though the
// published lists lack it, so SELECT * leaves it out.
var payload = field{id: 55, name: "eventjson", hidden: true}

// newFamily returns a family that is named by its eventCategory.
func newFamily(name string, fields []field, sort, bloom []string) *Family {
	f := &Family{
		Name:          name,
		TimeColumn:    "eventtime",
		PayloadColumn: payload.name,
		IDColumn:      "eventid",
		SortColumns:   sort,
		BloomColumns:  bloom,
		FieldIDs:      map[string]int{},
		SchemaVersion: 1,
		fields:        fields,
	}
	f.complete()
	return f
}
