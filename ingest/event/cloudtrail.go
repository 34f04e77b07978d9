package event

import "github.com/apache/arrow/go/v15/arrow"

// CloudTrail is the family of management, data and network activity events.
var CloudTrail = newCloudTrail()

// cloudTrailFields is the published schema in its order, then eventcontext, which
// documented queries use but the published list lacks. The ids are permanent.
// useridentity.credentialid is not published but present in what the service
// returns; it stands last in its struct.
var cloudTrailFields = []field{
	{id: 1, name: "eventversion", key: "eventVersion"},
	{id: 2, name: "useridentity", key: "userIdentity", kind: object, sub: userIdentityFields},
	{id: 3, name: "eventtime", key: "eventTime", kind: moment},
	{id: 4, name: "eventsource", key: "eventSource"},
	{id: 5, name: "eventname", key: "eventName"},
	{id: 6, name: "awsregion", key: "awsRegion"},
	{id: 7, name: "sourceipaddress", key: "sourceIPAddress"},
	{id: 8, name: "useragent", key: "userAgent"},
	{id: 9, name: "errorcode", key: "errorCode"},
	{id: 10, name: "errormessage", key: "errorMessage"},
	{id: 11, name: "requestparameters", key: "requestParameters", kind: freeform, key2: 12, val2: 13},
	{id: 14, name: "responseelements", key: "responseElements", kind: freeform, key2: 15, val2: 16},
	{id: 17, name: "additionaleventdata", key: "additionalEventData", kind: freeform, key2: 18, val2: 19},
	{id: 20, name: "requestid", key: "requestID"},
	{id: 21, name: "eventid", key: "eventID"},
	{id: 22, name: "readonly", key: "readOnly", kind: boolean},
	{id: 23, name: "resources", key: "resources", kind: objects, key2: 24, sub: []field{
		{id: 25, name: "accountid", key: "accountId"},
		{id: 26, name: "type", key: "type"},
		{id: 27, name: "arn", key: "ARN"},
		{id: 28, name: "arnprefix", key: "ARNPrefix"},
	}},
	{id: 29, name: "eventtype", key: "eventType"},
	{id: 30, name: "apiversion", key: "apiVersion"},
	{id: 31, name: "managementevent", key: "managementEvent", kind: boolean},
	{id: 32, name: "recipientaccountid", key: "recipientAccountId"},
	{id: 33, name: "sharedeventid", key: "sharedEventID"},
	{id: 34, name: "annotation", key: "annotation"},
	{id: 35, name: "vpcendpointid", key: "vpcEndpointId"},
	{id: 36, name: "vpcendpointaccountid", key: "vpcEndpointAccountId"},
	{id: 37, name: "serviceeventdetails", key: "serviceEventDetails", kind: freeform, key2: 38, val2: 39},
	{id: 40, name: "addendum", key: "addendum", kind: freeform, key2: 41, val2: 42},
	{id: 43, name: "edgedevicedetails", key: "edgeDeviceDetails", kind: freeform, key2: 44, val2: 45},
	{id: 46, name: "insightdetails", key: "insightDetails", kind: freeform, key2: 47, val2: 48},
	{id: 49, name: "eventcategory", key: "eventCategory"},
	{id: 50, name: "tlsdetails", key: "tlsDetails", kind: object, sub: []field{
		{id: 51, name: "tlsversion", key: "tlsVersion"},
		{id: 52, name: "ciphersuite", key: "cipherSuite"},
		{id: 53, name: "clientprovidedhostheader", key: "clientProvidedHostHeader"},
	}},
	{id: 54, name: "sessioncredentialfromconsole", key: "sessionCredentialFromConsole"},
	{id: 55, name: "eventjson"},
	{id: 56, name: "eventcontext", key: "eventContext", kind: object, sub: []field{
		{id: 57, name: "requestcontext", key: "requestContext", kind: freeform, key2: 58, val2: 59},
		{id: 60, name: "tagcontext", key: "tagContext", kind: object, sub: []field{
			{id: 61, name: "resourcetags", key: "resourceTags", kind: objects, key2: 62, sub: []field{
				{id: 63, name: "arn", key: "arn"},
				{id: 64, name: "tags", key: "tags", kind: freeform, key2: 65, val2: 66},
			}},
			{id: 67, name: "principaltags", key: "principalTags", kind: freeform, key2: 68, val2: 69},
		}},
	}},
}

var userIdentityFields = []field{
	{id: 70, name: "type", key: "type"},
	{id: 71, name: "principalid", key: "principalId"},
	{id: 72, name: "arn", key: "arn"},
	{id: 73, name: "accountid", key: "accountId"},
	{id: 74, name: "accesskeyid", key: "accessKeyId"},
	{id: 75, name: "username", key: "userName"},
	{id: 76, name: "sessioncontext", key: "sessionContext", kind: object, sub: []field{
		{id: 77, name: "attributes", key: "attributes", kind: object, sub: []field{
			{id: 78, name: "creationdate", key: "creationDate", kind: moment},
			{id: 79, name: "mfaauthenticated", key: "mfaAuthenticated"},
		}},
		{id: 80, name: "sessionissuer", key: "sessionIssuer", kind: object, sub: []field{
			{id: 81, name: "type", key: "type"},
			{id: 82, name: "principalid", key: "principalId"},
			{id: 83, name: "arn", key: "arn"},
			{id: 84, name: "accountid", key: "accountId"},
			{id: 85, name: "username", key: "userName"},
		}},
		{id: 86, name: "webidfederationdata", key: "webIdFederationData", kind: object, sub: []field{
			{id: 87, name: "federatedprovider", key: "federatedProvider"},
			{id: 88, name: "attributes", key: "attributes", kind: freeform, key2: 89, val2: 90},
		}},
		{id: 91, name: "sourceidentity", key: "sourceIdentity"},
		{id: 92, name: "ec2roledelivery", key: "ec2RoleDelivery"},
		{id: 93, name: "ec2issuedinvpc", key: "ec2IssuedInVpc"},
	}},
	{id: 94, name: "onbehalfof", key: "onBehalfOf", kind: object, sub: []field{
		{id: 95, name: "userid", key: "userId"},
		{id: 96, name: "identitystorearn", key: "identityStoreArn"},
	}},
	{id: 97, name: "inscopeof", key: "inScopeOf", kind: object, sub: []field{
		{id: 98, name: "sourcearn", key: "sourceArn"},
		{id: 99, name: "sourceaccount", key: "sourceAccount"},
		{id: 100, name: "issuertype", key: "issuerType"},
		{id: 101, name: "credentialsissuedto", key: "credentialsIssuedTo"},
	}},
	{id: 102, name: "invokedby", key: "invokedBy"},
	{id: 103, name: "identityprovider", key: "identityProvider"},
	{id: 104, name: "credentialid", key: "credentialId"},
}

// ownIDs are the permanent ids of the "$" columns and of what lies in them.
var ownIDs = map[string]int{
	IngestTimeColumn: 105, SourceColumn: 106, SourceColumn + ".object": 107, SourceColumn + ".record": 108,
	IssuesColumn: 109, IssuesColumn + ".element": 110, RawColumn: 111, CommitColumn: 112,
}

// ownFields are the stored "$" columns, the last of every family's schema.
func ownFields() []arrow.Field {
	source := arrow.StructOf(
		arrow.Field{Name: "object", Type: arrow.BinaryTypes.String, Nullable: true},
		arrow.Field{Name: "record", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
	)
	return []arrow.Field{
		{Name: IngestTimeColumn, Type: timestampType, Nullable: true},
		{Name: SourceColumn, Type: source, Nullable: true},
		{Name: IssuesColumn, Type: arrow.ListOf(arrow.BinaryTypes.String), Nullable: true},
		{Name: RawColumn, Type: arrow.BinaryTypes.Binary, Nullable: true},
		{Name: CommitColumn, Type: arrow.PrimitiveTypes.Int64, Nullable: true},
	}
}

func newCloudTrail() *Family {
	f := &Family{
		Name:          "cloudtrail",
		TimeColumn:    "eventtime",
		PayloadColumn: "eventjson",
		IDColumn:      "eventid",
		SortColumns:   []string{"eventsource", "eventname", "useridentity.arn", "eventtime"},
		BloomColumns: []string{
			"eventid", "requestid", "sharedeventid", "sourceipaddress", "vpcendpointid", "useridentity.accesskeyid",
			"useridentity.arn", "useridentity.principalid", "useridentity.username",
		},
		TextColumns:   []string{"requestparameters.value", "responseelements.value"},
		FieldIDs:      map[string]int{},
		SchemaVersion: 2,
		fields:        cloudTrailFields,
	}
	f.complete()
	return f
}

// complete derives from the fields what the family tells its users.
func (f *Family) complete() {
	register(f.FieldIDs, "", f.fields)
	for name, id := range ownIDs {
		f.FieldIDs[name] = id
	}
	f.top = newLevel("", f.fields)
	f.selection = newSelection(f.top)
	var stored []arrow.Field
	for i := range f.fields {
		a := f.fields[i].arrow()
		stored = append(stored, a)
		hidden := f.fields[i].hidden
		f.Columns = append(f.Columns, Column{Name: a.Name, Type: a.Type, Text: f.fields[i].textColumn(), Hidden: hidden})
		switch a.Name {
		case f.PayloadColumn:
			f.Columns = append(f.Columns, Column{Name: ChecksumColumn, Type: arrow.BinaryTypes.String, Virtual: true, Hidden: hidden})
		case f.IDColumn:
			f.idSlot = i
		case f.TimeColumn:
			f.timSlot = i
		}
	}
	for _, a := range ownFields() {
		stored = append(stored, a)
		if a.Name != RawColumn && a.Name != CommitColumn {
			f.Columns = append(f.Columns, Column{Name: a.Name, Type: a.Type, Hidden: true})
		}
	}
	f.Columns = append(f.Columns,
		Column{Name: CommitColumn, Type: arrow.PrimitiveTypes.Int64, Hidden: true, Virtual: true},
		Column{Name: SegmentColumn, Type: arrow.BinaryTypes.String, Hidden: true, Virtual: true})
	for i := range f.fields {
		if name := f.fields[i].textColumn(); name != "" {
			f.Columns = append(f.Columns, Column{Name: name, Type: arrow.BinaryTypes.String, Hidden: true, Virtual: true, Key: f.fields[i].key})
		}
	}
	for _, c := range []Column{{Name: DataColumn, Key: "eventData"}, {Name: MetadataColumn, Key: "metadata"}} {
		if _, own := f.top.index[c.Key]; !own {
			f.Columns = append(f.Columns, Column{Name: c.Name, Type: arrow.BinaryTypes.String, Hidden: true, Virtual: true, Key: c.Key})
		}
	}
	f.Schema = arrow.NewSchema(stored, nil)
}
