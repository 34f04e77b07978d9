package engine

import (
	"slices"
	"strings"
	"testing"

	"github.com/traillake/traillake/ingest/event"
)

// auditSelectors choose the events of integrations.
func auditSelectors() []EventSelector {
	return []EventSelector{{Name: "integrations", FieldSelectors: []FieldSelector{{Field: "eventCategory", Equals: []string{"ActivityAuditLog"}}}}}
}

// createAudit makes a store of events of integrations.
func (l *testLake) createAudit(name string) *EventDataStore {
	l.t.Helper()
	off := false
	s, err := l.CreateEventDataStore(l.t.Context(), Principal{}, CreateEventDataStoreInput{
		Name: name, Selectors: auditSelectors(), TerminationProtection: &off,
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return s
}

// activityRecord is an event of an integration as a store keeps it.
func activityRecord(id, name, ingested string) string {
	return `{"eventVersion":"1.0","eventCategory":"ActivityAuditLog","eventType":"ActivityLog","eventID":"` + id +
		`","eventTime":"` + testNow.AddDate(0, 0, -1).Format("2006-01-02T15:04:05Z") + `","awsRegion":"us-east-1","recipientAccountId":"123456789012",` +
		`"metadata":{"ingestionTime":"` + ingested + `","channelARN":"arn:aws:cloudtrail:us-east-1:123456789012:channel/c"},` +
		`"eventData":{"version":"1","userIdentity":{"type":"AppUser","principalId":"u-7","details":{"team":"ops"}},"eventName":"` + name +
		`","eventSource":"crm.example.com","UID":"req-1","requestParameters":{"n":1}}}`
}

// TestAuditFamily: a store of events of integrations has their columns, in memory,
// in segments, after a restart and in compacted segments.
func TestAuditFamily(t *testing.T) {
	l := openLake(t, nil)
	l.create("trail", 366)
	s := l.createAudit("apps")
	if s.MultiRegion {
		t.Error("the store takes events of all Regions")
	}
	got := statuses(l.put(s.ID, activityRecord("a", "Login", "1"), activityRecord("b", "Logout", "1"), activityRecord("a", "Login", "2"), liveRecord("c", "GetObject", 1)))
	if got != "STORED STORED DUPLICATE NOT_SELECTED" {
		t.Errorf("put = %s", got)
	}
	check := func() {
		t.Helper()
		if got := statuses(l.put(s.ID, activityRecord("a", "Login", "3"))); got != "DUPLICATE" {
			t.Errorf("the same event, taken in again, is %s", got)
		}
		rows := l.query(`SELECT eventdata.useridentity.principalid, element_at(eventdata.useridentity.details, 'team'), eventdata.eventname,
			metadata.channelarn, addendum.reason, element_at(eventdata.requestparameters, 'n'), json_extract_scalar(eventjson, '$.eventData.UID'),
			year = '` + testNow.AddDate(0, 0, -1).Format("2006") + `', account
			FROM apps WHERE eventdata.eventsource = 'crm.example.com' ORDER BY 3`)
		want := "u-7|ops|Login|arn:aws:cloudtrail:us-east-1:123456789012:channel/c|∅|1|req-1|true|123456789012\n" +
			"u-7|ops|Logout|arn:aws:cloudtrail:us-east-1:123456789012:channel/c|∅|1|req-1|true|123456789012"
		if got := strings.Join(rows, "\n"); got != want {
			t.Errorf("rows = %s\nwant %s", got, want)
		}
		if got := l.query(`SELECT count(*) FROM $EDS_ID`); len(got) != 1 || got[0] != "0" {
			t.Errorf("$EDS_ID, which samples read, has %s events", got)
		}
	}
	check()
	l.sealAll(s.ID)
	check()
	l.reopen()
	check()
	if id, err := StoreIDIn(t.Context(), l.opts.Dir, "apps"); err != nil || id != s.ID {
		t.Errorf("StoreIDIn = %s %v", id, err)
	}
}

// TestAuditColumns: SELECT * is the published schema in its order, and every path
// that is listed is one that SQL takes.
func TestAuditColumns(t *testing.T) {
	l := openLake(t, nil)
	s := l.createAudit("apps")
	columns, err := l.ListEventDataStoreColumns(t.Context(), Principal{}, s.ID)
	if err != nil {
		t.Fatal(err)
	}
	var shown, seen []string
	for _, c := range columns {
		if !c.Hidden && !strings.Contains(c.Path, ".") {
			shown = append(shown, c.Path)
		}
		if slices.Contains(seen, c.Path) {
			t.Errorf("%s is listed twice", c.Path)
		}
		seen = append(seen, c.Path)
		l.query(`SELECT ` + sqlPath(c.Path) + ` FROM apps`)
	}
	want := []string{"eventversion", "eventcategory", "eventtype", "eventid", "eventtime", "awsregion", "recipientaccountid", "addendum", "metadata", "eventdata"}
	if !slices.Equal(shown, want) {
		t.Errorf("SELECT * has %q, want %q", shown, want)
	}
	for _, c := range []string{"eventdata.uid", "eventdata.errormessage", "metadata.ingestiontime", "addendum.originaleventid", "eventjsonchecksum", "$eventdata"} {
		if !slices.Contains(seen, c) {
			t.Errorf("%s is not listed", c)
		}
	}
}

func sqlPath(path string) string { return `"` + strings.ReplaceAll(path, ".", `"."`) + `"` }

// TestAuditStoreRefusals: what a store of events of integrations cannot be.
func TestAuditStoreRefusals(t *testing.T) {
	l := openLake(t, nil)
	s := l.createAudit("apps")
	on := true
	create := func(in CreateEventDataStoreInput) error {
		_, err := l.CreateEventDataStore(t.Context(), Principal{}, in)
		return err
	}
	update := func(in UpdateEventDataStoreInput) error {
		in.EventDataStore = s.ID
		_, err := l.UpdateEventDataStore(t.Context(), Principal{}, in)
		return err
	}
	management := []EventSelector{{FieldSelectors: []FieldSelector{{Field: "eventCategory", Equals: []string{"Management"}}}}}
	both := append(auditSelectors(), management...)
	more := auditSelectors()
	more[0].FieldSelectors = append(more[0].FieldSelectors, FieldSelector{Field: "eventName", Equals: []string{"Login"}})
	for name, test := range map[string]struct {
		err  error
		code Code
	}{
		"many Regions":        {create(CreateEventDataStoreInput{Name: "a-b", Selectors: auditSelectors(), MultiRegion: &on}), InvalidParameter},
		"an organization":     {create(CreateEventDataStoreInput{Name: "a-b", Selectors: auditSelectors(), Organization: &on}), InvalidParameter},
		"another field":       {create(CreateEventDataStoreInput{Name: "a-b", Selectors: more}), InvalidEventSelectors},
		"two families":        {create(CreateEventDataStoreInput{Name: "a-b", Selectors: both}), InvalidEventSelectors},
		"many Regions, later": {update(UpdateEventDataStoreInput{MultiRegion: &on}), InvalidParameter},
		"another family":      {update(UpdateEventDataStoreInput{Selectors: management}), InvalidEventSelectors},
	} {
		if e := AsError(test.err); test.err == nil || e.Code != test.code {
			t.Errorf("%s: %v, want %s", name, test.err, test.code)
		}
	}
	_, err := l.StartImport(t.Context(), Principal{}, StartImportInput{Destinations: []string{s.ARN}, Source: &S3Source{LocationURI: "s3://trails/", Region: "us-east-1", RoleARN: "arn:aws:iam::111122223333:role/r"}})
	if err == nil || AsError(err).Code != InvalidEventDataStoreCategory {
		t.Errorf("import of a trail: %v, want InvalidEventDataStoreCategory", err)
	}
}

// TestFamiliesShareTheirMainColumns: the editor of statements and the pages name
// them without looking at a store.
func TestFamiliesShareTheirMainColumns(t *testing.T) {
	for name, f := range families {
		if f.TimeColumn != event.CloudTrail.TimeColumn || f.PayloadColumn != event.CloudTrail.PayloadColumn || f.IDColumn != event.CloudTrail.IDColumn {
			t.Errorf("%s has its time in %s, its text in %s, its id in %s", name, f.TimeColumn, f.PayloadColumn, f.IDColumn)
		}
		if named, ok := event.FamilyNamed(f.Name); !ok || named != f {
			t.Errorf("a store of %s is not found by the name %s in its record", name, f.Name)
		}
		if err := layout(f).Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := familyColumns(f); err != nil {
			t.Error(err)
		}
	}
}
