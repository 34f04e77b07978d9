package engine

import (
	"fmt"
	"runtime"
	"testing"
	"time"
)

// event is a record of the tests; day counts back from testNow.
func record(id, name string, daysAgo int) string {
	at := testNow.AddDate(0, 0, -daysAgo).Format(time.RFC3339)
	return fmt.Sprintf(`{"eventID":%q,"eventName":%q,"eventTime":%q,"eventSource":"s3.amazonaws.com"}`, id, name, at)
}

const dayKey = "AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/%02d/111122223333_CloudTrail_us-east-1_202603%02dT0000Z_%s.json.gz"

func key(day int, id string) string { return fmt.Sprintf(dayKey, day, day, id) }

func TestImportIsExactlyOnce(t *testing.T) {
	l := openLake(t, nil)
	stats := l.generate(5000, 4)
	before := hashTree(t, l.bucket)
	store := l.create("audit", 3653)
	i := l.importAll(store)
	if i.Statistics.EventsCompleted != stats.Events || i.Statistics.Duplicates != stats.Duplicates ||
		i.Statistics.EventsRead != stats.Records || i.Statistics.FilesCompleted != stats.Objects {
		t.Errorf("statistics = %+v, want those of the generator: %+v", i.Statistics, stats)
	}
	if i.Statistics.PrefixesFound != stats.Folders || i.Statistics.PrefixesCompleted != stats.Folders {
		t.Errorf("prefixes = %d of %d, want %d", i.Statistics.PrefixesCompleted, i.Statistics.PrefixesFound, stats.Folders)
	}
	again := l.importAll(store)
	if again.Statistics.EventsCompleted != 0 || again.Statistics.FilesSkipped != stats.Objects {
		t.Errorf("second import: %+v, want nothing added and all objects skipped", again.Statistics)
	}
	if got := l.query("SELECT count(*), count(DISTINCT eventID) FROM audit")[0]; got != fmt.Sprintf("%d|%d", stats.Events, stats.Events) {
		t.Errorf("rows and ids = %s, want %d", got, stats.Events)
	}
	if hashTree(t, l.bucket) != before {
		t.Error("the import changed its source")
	}
}

// One bad object is named and costs nobody else; mended, a retry brings it in.
func TestImportFailureAndRetry(t *testing.T) {
	l := openLake(t, nil)
	l.write(key(1, "good"), `{"Records":[`+record("a", "A", 20)+`]}`)
	l.write(key(2, "bad"), `{"Records":[`+record("b", "B", 20))
	l.writeRaw(key(3, "plain"), []byte(`{"Records":[]}`))
	l.write("AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/03/01/d.json.gz", `{"digestStartTime":"x"}`)
	store := l.create("audit", 366)
	i := l.wait(l.startImport(store, "AWSLogs/").ID)
	if i.Status != ImportFailed || i.Statistics.EventsCompleted != 1 || i.Statistics.FailedEntries != 2 {
		t.Fatalf("import = %s %+v, want FAILED with one event and two failures", i.Status, i.Statistics)
	}
	failures, _, err := l.ListImportFailures(t.Context(), Principal{}, i.ID, Page{})
	if err != nil || len(failures) != 2 {
		t.Fatalf("failures = %+v, %v", failures, err)
	}
	for n, want := range []struct{ location, kind string }{
		{"s3://trails/" + key(2, "bad"), "InvalidJson"}, {"s3://trails/" + key(3, "plain"), "InvalidGzip"},
	} {
		if f := failures[n]; f.Location != want.location || f.ErrorType != want.kind || f.Status != FailureFailed || f.ErrorMessage == "" {
			t.Errorf("failure %d = %+v, want %+v", n, f, want)
		}
	}
	l.write(key(2, "bad"), `{"Records":[`+record("b", "B", 20)+`]}`)
	l.write(key(3, "plain"), `{"Records":[`+record("c", "C", 20)+`]}`)
	if _, err := l.StartImport(t.Context(), Principal{}, StartImportInput{ImportID: &i.ID}); err != nil {
		t.Fatal(err)
	}
	i = l.wait(i.ID)
	if i.Status != ImportCompleted || i.Statistics.EventsCompleted != 3 || i.Statistics.FailedEntries != 0 {
		t.Errorf("retried import = %s %+v, want COMPLETED with three events", i.Status, i.Statistics)
	}
	if s := i.Statistics; s.FilesCompleted != 3 || s.FilesSkipped != 0 || s.FilesFound != 3 || s.EventsRead != 3 {
		t.Errorf("statistics of both runs = %+v, want three files completed of three and none skipped", s)
	}
	failures, _, _ = l.ListImportFailures(t.Context(), Principal{}, i.ID, Page{})
	for _, f := range failures {
		if f.Status != FailureSucceeded {
			t.Errorf("after the retry: %+v, want SUCCEEDED", f)
		}
	}
	if got := l.query("SELECT array_join(array_sort(array_agg(eventName)), ',') FROM audit")[0]; got != "A,B,C" {
		t.Errorf("events = %s, want A,B,C", got)
	}
}

// Elements of Records that are no objects are counted and kept aside.
func TestImportQuarantine(t *testing.T) {
	l := openLake(t, nil)
	l.write(key(1, "mixed"), `{"Records":[`+record("a", "A", 20)+`, 7, "text", `+record("b", "B", 20)+`]}`)
	store := l.create("audit", 366)
	i := l.importAll(store)
	if i.Statistics.EventsCompleted != 2 || i.Statistics.Quarantined != 2 {
		t.Errorf("statistics = %+v, want two events and two in quarantine", i.Statistics)
	}
	s, _ := l.find(store)
	if kept := s.storage.Docs("quarantine/" + i.ID + "/"); len(kept) != 2 {
		t.Errorf("kept aside: %d, want 2", len(kept))
	}
}

func TestImportTimeRangeAndDryRun(t *testing.T) {
	l := openLake(t, nil)
	for day := 1; day <= 5; day++ {
		l.write(key(day, "x"), `{"Records":[`+record(fmt.Sprint(day), fmt.Sprint("E", day), 20)+`]}`)
	}
	store := l.create("audit", 366)
	in := importInput(store, "AWSLogs/")
	in.DryRun = true
	i, err := l.StartImport(t.Context(), Principal{}, in)
	if err != nil {
		t.Fatal(err)
	}
	if i = l.wait(i.ID); i.Status != ImportCompleted || i.Statistics.FilesFound != 5 || i.Statistics.EventsRead != 0 {
		t.Errorf("dry run = %s %+v, want 5 files found and nothing read", i.Status, i.Statistics)
	}
	in.DryRun = false
	start, end := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	in.Start, in.End = &start, &end
	if i, err = l.StartImport(t.Context(), Principal{}, in); err != nil {
		t.Fatal(err)
	}
	l.wait(i.ID)
	if got := l.query("SELECT array_join(array_sort(array_agg(eventName)), ',') FROM audit")[0]; got != "E2,E3,E4" {
		t.Errorf("events in the range = %s, want E2,E3,E4", got)
	}
}

// What is older than the retention stays out, is reported, and comes in when the
// retention is longer and the bucket is imported again.
func TestImportRetention(t *testing.T) {
	l := openLake(t, nil)
	l.write(key(1, "x"), `{"Records":[`+record("new", "New", 5)+`,`+record("old", "Old", 40)+`,{"eventID":"t","eventName":"NoTime"}]}`)
	store := l.create("audit", 30)
	if i := l.importAll(store); i.Statistics.EventsCompleted != 2 || i.Statistics.OutsideRetention != 1 {
		t.Errorf("statistics = %+v, want two in and one outside", i.Statistics)
	}
	days := int32(366)
	if _, err := l.UpdateEventDataStore(t.Context(), Principal{}, UpdateEventDataStoreInput{EventDataStore: store, RetentionDays: &days}); err != nil {
		t.Fatal(err)
	}
	if i := l.importAll(store); i.Statistics.EventsCompleted != 1 || i.Statistics.Duplicates != 2 {
		t.Errorf("statistics with a longer retention = %+v, want the old one added", i.Statistics)
	}
	if got := l.query("SELECT array_join(array_sort(array_agg(eventName)), ',') FROM audit")[0]; got != "New,NoTime,Old" {
		t.Errorf("events = %s, want New,NoTime,Old", got)
	}
}

// An import that the engine's end interrupts goes on at the next start.
func TestImportResumes(t *testing.T) {
	l := openLake(t, func(o *Options) { o.Import.MemoryBytes = 128 << 10 })
	stats := l.generate(8000, 10)
	store := l.create("audit", 3653)
	i := l.startImport(store, "")
	s, _ := l.find(store)
	for l.describe(t.Context(), s).Version < 3 { // created, started, and a batch
		time.Sleep(time.Millisecond)
	}
	l.reopen()
	if kept := l.describeImportOf(i.ID).Statistics; kept.FilesCompleted == 0 {
		t.Errorf("after the restart = %+v, want the statistics of what was committed", kept)
	}
	i = l.wait(i.ID)
	if i.Status != ImportCompleted || i.Statistics.EventsCompleted != stats.Events || i.Statistics.FilesCompleted != stats.Objects {
		t.Errorf("resumed import = %s %+v, want COMPLETED with %d events of %d files", i.Status, i.Statistics, stats.Events, stats.Objects)
	}
	if got := l.query("SELECT count(*), count(DISTINCT eventID) FROM audit")[0]; got != fmt.Sprintf("%d|%d", stats.Events, stats.Events) {
		t.Errorf("rows and ids = %s, want %d", got, stats.Events)
	}
}

func (l *testLake) describeImportOf(id string) *Import {
	job, err := l.findImport(id)
	if err != nil {
		l.t.Fatal(err)
	}
	return l.describeImport(job)
}

func TestImportStop(t *testing.T) {
	l := openLake(t, func(o *Options) { o.Import.MemoryBytes = 128 << 10 })
	stats := l.generate(8000, 10)
	store := l.create("audit", 3653)
	i := l.startImport(store, "")
	if _, err := l.StartImport(t.Context(), Principal{}, importInput(store, "")); err == nil {
		t.Error("a second import beside a running one was accepted")
	} else {
		wantCode(t, err, AccountHasOngoingImport, i.ID)
	}
	wantCode(t, l.DeleteEventDataStore(t.Context(), Principal{}, store), EventDataStoreHasOngoingImport, i.ID)
	stopped, err := l.StopImport(t.Context(), Principal{}, i.ID)
	if err != nil || stopped.Status != ImportStopped {
		t.Fatalf("StopImport = %+v, %v", stopped, err)
	}
	if _, err := l.StartImport(t.Context(), Principal{}, StartImportInput{ImportID: &i.ID}); err != nil {
		t.Fatal(err)
	}
	if end := l.wait(i.ID); end.Status != ImportCompleted || end.Statistics.EventsCompleted != stats.Events || end.Statistics.FilesCompleted != stats.Objects {
		t.Errorf("continued import = %s %+v, want COMPLETED with %d events", end.Status, end.Statistics, stats.Events)
	}
	_, err = l.StopImport(t.Context(), Principal{}, i.ID)
	wantCode(t, err, InvalidParameter, "only a running import")
}

// Organisation layout, several accounts and regions, into one store.
func TestImportOrganisation(t *testing.T) {
	l := openLake(t, nil)
	n := 0
	for _, account := range []string{"111122223333", "444455556666"} {
		for _, region := range []string{"us-east-1", "eu-west-1"} {
			n++
			at := fmt.Sprintf("org/AWSLogs/o-exampleorg/%s/CloudTrail/%s/2026/03/01/%s_CloudTrail_%s_20260301T0000Z_x.json.gz", account, region, account, region)
			l.write(at, `{"Records":[`+record(fmt.Sprint(n), "E", 20)+`]}`)
			l.write(fmt.Sprintf("org/AWSLogs/o-exampleorg/%s/CloudTrail-Insight/%s/2026/03/01/i.json.gz", account, region), `{"Records":[`+record("i", "Insight", 20)+`]}`)
		}
	}
	store := l.create("audit", 366)
	i := l.wait(l.startImport(store, "org/AWSLogs/o-exampleorg/").ID)
	if i.Status != ImportCompleted || i.Statistics.EventsCompleted != 4 || i.Statistics.PrefixesFound != 4 {
		t.Errorf("import = %s %+v, want four events from four prefixes", i.Status, i.Statistics)
	}
	if got := l.query(`SELECT count(DISTINCT "$source".object) FROM audit`)[0]; got != "4" {
		t.Errorf("source objects = %s, want 4", got)
	}
}

// Who reads that an import has ended can start the next one.
func TestImportEndLetsTheNextStart(t *testing.T) {
	l := openLake(t, nil)
	l.write(key(1, "x"), `{"Records":[`+record("a", "A", 20)+`]}`)
	store := l.create("audit", 366)
	for range 20 {
		i := l.startImport(store, "") // fails the test when the one before counts as running
		for !oneOf(l.describeImportOf(i.ID).Status, ImportCompleted) {
			runtime.Gosched()
		}
	}
	for _, m := range l.Metrics() {
		if m.Name == "traillake_events_imported_total" && m.Value != 1 {
			t.Errorf("%s = %v, want 1", m.Name, m.Value)
		}
	}
}

func TestStartImportRefuses(t *testing.T) {
	l := openLake(t, nil)
	l.write(key(1, "x"), `{"Records":[]}`)
	store := l.create("audit", 366)
	late, early := testNow, testNow.AddDate(0, 0, -1)
	other := "11111111-2222-4333-8444-555555555555"
	for name, c := range map[string]struct {
		change func(*StartImportInput)
		code   Code
		says   string
	}{
		"no destination":     {func(in *StartImportInput) { in.Destinations = nil }, InvalidParameter, "exactly one"},
		"two destinations":   {func(in *StartImportInput) { in.Destinations = []string{store, store} }, InvalidParameter, "got 2"},
		"unknown store":      {func(in *StartImportInput) { in.Destinations = []string{other} }, EventDataStoreNotFound, other},
		"malformed ARN":      {func(in *StartImportInput) { in.Destinations = []string{"arn:aws:s3:::x"} }, EventDataStoreARNInvalid, "must look like"},
		"no source":          {func(in *StartImportInput) { in.Source = nil }, InvalidParameter, "ImportSource"},
		"not an S3 address":  {func(in *StartImportInput) { in.Source.LocationURI = "http://x/y" }, InvalidImportSource, "s3://bucket/prefix"},
		"nothing there":      {func(in *StartImportInput) { in.Source.LocationURI = "s3://trails/nosuch/" }, InvalidImportSource, "no object has that prefix"},
		"range turned round": {func(in *StartImportInput) { in.Start, in.End = &late, &early }, InvalidParameter, "is after"},
		"unknown import":     {func(in *StartImportInput) { *in = StartImportInput{ImportID: &other} }, ImportNotFound, other},
		"id beside source":   {func(in *StartImportInput) { in.ImportID = &other }, InvalidParameter, "nothing beside it"},
		"unknown upload":     {func(in *StartImportInput) { in.Source.LocationURI = "upload://" + other + "/" }, InvalidImportSource, "does not exist"},
	} {
		t.Run(name, func(t *testing.T) {
			in := importInput(store, "")
			c.change(&in)
			_, err := l.StartImport(t.Context(), Principal{}, in)
			wantCode(t, err, c.code, c.says)
		})
	}
}
