package engine

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// configItem is a configuration item as AWS Config writes it into its files.
func configItem(kind, id, captured, status, configuration string) string {
	return `{"relatedEvents":[],"relationships":[{"resourceId":"vpc-4540bc2d","resourceName":null,"resourceType":"AWS::EC2::VPC","name":"Is contained in Vpc"}],` +
		`"configuration":` + configuration + `,"supplementaryConfiguration":{},"tags":{"team":"web"},"configurationItemVersion":"1.3",` +
		`"configurationItemCaptureTime":"` + captured + `","configurationStateId":1536298470560,"awsAccountId":"123456789012","configurationItemStatus":"` + status +
		`","resourceType":"` + kind + `","resourceId":"` + id + `","resourceName":"` + id + `","ARN":"arn:aws:ec2:us-east-1:123456789012:security-group/` + id +
		`","awsRegion":"us-east-1","availabilityZone":"Not Applicable","configurationStateMd5Hash":"","resourceCreationTime":null}`
}

func configHistory(items ...string) string {
	return `{"fileVersion":"1.0","requestId":"asudf8ow-4e34-4f32-afeb-0ace5bf3trye","configurationItems":[` + strings.Join(items, ",") + `]}`
}

// The history of two security groups: one is opened to the world and closed again,
// one is deleted.
var groupHistory = []string{
	configItem("AWS::EC2::SecurityGroup", "sg-web", "2026-03-10T09:00:00.866Z", "ResourceDiscovered", `{"groupName":"web","ipPermissions":[{"fromPort":443,"ipRanges":["10.0.0.0/8"]}]}`),
	configItem("AWS::EC2::SecurityGroup", "sg-web", "2026-03-20T12:05:10.100Z", "OK", `{"groupName":"web","ipPermissions":[{"fromPort":443,"ipRanges":["10.0.0.0/8"]},{"fromPort":22,"ipRanges":["0.0.0.0/0"]}]}`),
	configItem("AWS::EC2::SecurityGroup", "sg-web", "2026-03-20T15:31:00.000Z", "OK", `{"groupName":"web","ipPermissions":[{"fromPort":443,"ipRanges":["10.0.0.0/8"]}]}`),
	configItem("AWS::EC2::SecurityGroup", "sg-old", "2026-03-21T08:00:30.000Z", "ResourceDeleted", `null`),
}

const (
	historyKey  = "AWSLogs/123456789012/Config/us-east-1/2026/3/20/ConfigHistory/123456789012_Config_us-east-1_ConfigHistory_AWS_EC2_SecurityGroup_20260320T160000Z_20260321T080030Z_1.json.gz"
	snapshotKey = "AWSLogs/123456789012/Config/us-east-1/2026/3/22/ConfigSnapshot/123456789012_Config_us-east-1_ConfigSnapshot_20260322T000000Z_16da64e4-cb65-4846-b061-e6c3ba43cb96.json.gz"
)

// importItems imports AWS Config's files from the bucket and returns the import
// when it has ended.
func (l *testLake) importItems(store string) *Import {
	l.t.Helper()
	i, err := l.StartImport(l.t.Context(), Principal{}, StartImportInput{
		Destinations: []string{store}, AnyFormat: true,
		Source: &S3Source{LocationURI: "s3://trails/", Region: "us-east-1", RoleARN: "arn:aws:iam::111122223333:role/r"},
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return l.wait(i.ID)
}

// TestImportConfigurationItems imports histories and a snapshot: each item is there
// once, however many files have it, and however often they are imported.
func TestImportConfigurationItems(t *testing.T) {
	l := openLake(t, nil)
	s := l.createAlone("ConfigurationItem")
	l.write(historyKey, configHistory(groupHistory...))
	// A snapshot has what each resource is like now: the items of the histories again.
	l.write(snapshotKey, `{"fileVersion":"1.0","configSnapshotId":"16da64e4-cb65-4846-b061-e6c3ba43cb96","configurationItems":[`+groupHistory[2]+`,`+
		configItem("AWS::EC2::Volume", "vol-ce676ccc", "2026-03-01T00:00:00Z", "OK", `{"size":1}`)+`,7,{"no":"item"}]}`)
	l.write("AWSLogs/123456789012/Config/ConfigWritabilityCheckFile", "")
	l.write("AWSLogs/123456789012/CloudTrail/us-east-1/2026/03/20/123456789012_CloudTrail_us-east-1_20260320T1200Z_abcDEF0123456789.json.gz", `{"Records":[`+record("a", "A", 1)+`]}`)

	i := l.importItems(s.ID)
	if got := i.Statistics; i.Status != ImportCompleted || got.FilesFound != 2 || got.EventsRead != 8 || got.EventsCompleted != 5 || got.Duplicates != 1 || got.Quarantined != 2 {
		t.Errorf("import is %s (%s): %+v", i.Status, i.Error, got)
	}
	kept, _, err := l.ListQuarantinedRecords(t.Context(), Principal{}, i.ID, Page{})
	if err != nil || len(kept) != 2 || kept[0].Reason != "not an object" || !strings.Contains(kept[1].Reason, "neither a configuration item") || kept[1].Excerpt != `{"no":"item"}` {
		t.Errorf("quarantined: %+v, %v", kept, err)
	}
	const all = `SELECT eventtime, recipientaccountid, awsregion, eventcategory, eventdata.accountid, eventdata.resourceid, eventdata.configurationitemstatus,
		json_array_length(json_extract(eventjson, '$.eventData.configuration.ipPermissions')), cardinality("$issues"), "$source".record FROM ConfigurationItem ORDER BY 1`
	want := []string{
		"2026-03-01 00:00:00.000|123456789012|us-east-1|ConfigurationItem|123456789012|vol-ce676ccc|OK|∅|0|1",
		"2026-03-10 09:00:00.866|123456789012|us-east-1|ConfigurationItem|123456789012|sg-web|ResourceDiscovered|1|0|0",
		"2026-03-20 12:05:10.100|123456789012|us-east-1|ConfigurationItem|123456789012|sg-web|OK|2|0|1",
		"2026-03-20 15:31:00.000|123456789012|us-east-1|ConfigurationItem|123456789012|sg-web|OK|1|0|2",
		"2026-03-21 08:00:30.000|123456789012|us-east-1|ConfigurationItem|123456789012|sg-old|ResourceDeleted|∅|0|3",
	}
	if got := l.query(all); !slices.Equal(got, want) {
		t.Errorf("items %q\nwant %q", got, want)
	}

	if got := l.importItems(s.ID).Statistics; got.FilesSkipped != 2 || got.EventsCompleted != 0 {
		t.Errorf("imported again: %+v", got)
	}
	// The same items under another key, and put as an event.
	l.write(strings.Replace(historyKey, "_1.json.gz", "_2.json.gz", 1), configHistory(groupHistory[1], groupHistory[3]))
	l.reopen()
	if got := l.importItems(s.ID).Statistics; got.EventsCompleted != 0 || got.Duplicates != 2 {
		t.Errorf("imported from another file: %+v", got)
	}
	for _, text := range l.query(`SELECT eventjson FROM ConfigurationItem`) {
		if got := statuses(l.put(s.ID, text)); got != "DUPLICATE" {
			t.Errorf("put what was imported: %s", got)
		}
	}
	if got := l.query(all); !slices.Equal(got, want) {
		t.Errorf("in the end %q", got)
	}
}

// TestImportItemsElsewhere: the files go into no other store, and no trail into this.
func TestImportItemsElsewhere(t *testing.T) {
	l := openLake(t, nil)
	l.write(historyKey, configHistory(groupHistory...))
	for _, category := range []string{"Insight", "Evidence"} {
		_, err := l.StartImport(t.Context(), Principal{}, StartImportInput{
			Destinations: []string{l.createAlone(category).ID}, AnyFormat: true, Source: &S3Source{LocationURI: "s3://trails/", Region: "us-east-1"},
		})
		wantCode(t, err, InvalidEventDataStoreCategory, category)
	}
	items := l.createAlone("ConfigurationItem")
	l.write("export.json", `{"Records":[`+record("a", "A", 1)+`]}`)
	i := l.importItems(items.ID)
	failed, _, err := l.ListImportFailures(t.Context(), Principal{}, i.ID, Page{})
	if err != nil || i.Status != ImportFailed || len(failed) != 1 || failed[0].ErrorType != "NotConfigurationItems" || i.Statistics.EventsCompleted != 4 {
		t.Errorf("a trail among the files: %s, %+v, %+v, %v", i.Status, i.Statistics, failed, err)
	}
}

// documented returns the statements of a section of README.md.
func documented(t *testing.T, section string) []string {
	t.Helper()
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, ok := strings.Cut(string(text), "## "+section+"\n")
	if !ok {
		t.Fatalf("README.md has no section %s", section)
	}
	var out []string
	for _, part := range strings.Split(after, "\n\n") {
		switch {
		case strings.HasPrefix(part, "    SELECT"):
			out = append(out, part)
		case strings.HasPrefix(part, "## "):
			return out
		}
	}
	t.Fatalf("section %s does not end", section)
	return nil
}

// TestJoinChangesWithConfigurations asks the questions of README.md: who changed a
// resource and what it was like then, of CloudTrail's events and AWS Config's items.
func TestJoinChangesWithConfigurations(t *testing.T) {
	l := openLake(t, nil)
	audit := l.create("audit", 3650)
	items, err := l.CreateEventDataStore(t.Context(), Principal{}, CreateEventDataStoreInput{Name: "items", Selectors: alone("ConfigurationItem")})
	if err != nil {
		t.Fatal(err)
	}
	l.write(historyKey, configHistory(append(slices.Clone(groupHistory),
		configItem("AWS::EC2::SecurityGroup", "sg-idle", "2026-03-01T00:00:00Z", "ResourceDiscovered", `{"ipPermissions":[]}`))...))
	if i := l.importItems(items.ID); i.Status != ImportCompleted {
		t.Fatalf("import is %s: %s", i.Status, i.Error)
	}
	change := func(id, at, name, user, group string) string {
		return `{"eventVersion":"1.08","eventCategory":"Management","managementEvent":true,"readOnly":false,"eventID":"` + id + `","eventTime":"` + at +
			`","eventSource":"ec2.amazonaws.com","eventName":"` + name + `","awsRegion":"us-east-1","recipientAccountId":"123456789012","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::123456789012:user/` + user +
			`"},"requestParameters":{"groupId":"` + group + `"}}`
	}
	l.put(audit,
		change("1", "2026-03-20T12:05:00Z", "AuthorizeSecurityGroupIngress", "ana", "sg-web"),
		change("2", "2026-03-20T15:30:00Z", "RevokeSecurityGroupIngress", "ben", "sg-web"),
		change("3", "2026-03-21T08:00:00Z", "DeleteSecurityGroup", "ben", "sg-old"),
		change("4", "2026-03-25T08:00:00Z", "AuthorizeSecurityGroupIngress", "eve", "sg-new"))

	const closed, open = `[{"fromPort":443,"ipRanges":["10.0.0.0/8"]}]`, `[{"fromPort":443,"ipRanges":["10.0.0.0/8"]},{"fromPort":22,"ipRanges":["0.0.0.0/0"]}]`
	const user = "arn:aws:iam::123456789012:user/"
	want := [][]string{
		{
			"AuthorizeSecurityGroupIngress|" + user + "ana|sg-web|" + closed + "|OK|" + open,
			"RevokeSecurityGroupIngress|" + user + "ben|sg-web|" + open + "|OK|" + closed,
			"DeleteSecurityGroup|" + user + "ben|sg-old|∅|ResourceDeleted|∅",
			"AuthorizeSecurityGroupIngress|" + user + "eve|sg-new|∅|∅|∅",
		},
		{"sg-web|2026-03-20T12:05:10.100Z|" + user + "ana|1"},
		{"AWS::EC2::SecurityGroup|sg-idle|2026-03-01 00:00:00.000"},
	}
	statements := documented(t, "Changes and configurations")
	if len(statements) != len(want) {
		t.Fatalf("README.md has %d statements", len(statements))
	}
	for i, statement := range statements {
		if got := l.query(statement); !slices.Equal(got, want[i]) {
			t.Errorf("%s\nanswers %q\nwant %q", statement, got, want[i])
		}
	}
}
