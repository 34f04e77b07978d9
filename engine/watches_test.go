package engine

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// trailKey is the key of a log object that was delivered so many minutes after testNow.
func trailKey(account, region string, minutes int, random string) string {
	at := testNow.UTC().Add(time.Duration(minutes) * time.Minute)
	return fmt.Sprintf("AWSLogs/%s/CloudTrail/%s/%s/%s_CloudTrail_%s_%s_%s.json.gz", account, region, at.Format("2006/01/02"), account, region, at.Format("20060102T1504Z"), random)
}

func trailFile(t *testing.T, records ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(`{"Records":[` + strings.Join(records, ",") + `]}`))
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (l *testLake) deliver(key string, data []byte) {
	l.t.Helper()
	path := filepath.Join(l.bucket, filepath.FromSlash(key))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		l.t.Fatal(err)
	}
	if err := os.WriteFile(path+".tmp", data, 0o644); err != nil {
		l.t.Fatal(err)
	}
	if err := os.Rename(path+".tmp", path); err != nil {
		l.t.Fatal(err)
	}
}

func (l *testLake) watch(store, uri, queue string) *WatchedSource {
	l.t.Helper()
	w, err := l.CreateWatchedSource(l.t.Context(), Principal{}, CreateWatchedSourceInput{EventDataStore: store, Source: &S3Source{LocationURI: uri}, QueueURL: queue})
	if err != nil {
		l.t.Fatal(err)
	}
	return w
}

// until waits for what a watched source does in the background.
func (l *testLake) until(id, what string, ok func(*WatchedSource) bool) *WatchedSource {
	l.t.Helper()
	var w *WatchedSource
	for range 400 {
		var err error
		if w, err = l.GetWatchedSource(l.t.Context(), Principal{}, id); err != nil {
			l.t.Fatal(err)
		}
		if ok(w) {
			return w
		}
		time.Sleep(50 * time.Millisecond)
	}
	l.t.Fatalf("%s: still %+v", what, *w)
	return nil
}

func files(n int64) func(*WatchedSource) bool {
	return func(w *WatchedSource) bool { return w.Statistics.FilesCompleted >= n }
}

const watchedRows = `SELECT eventid FROM audit ORDER BY 1`

// TestWatchDirectory: what is delivered is in, chosen by the selectors; failures are
// kept with their reason; pausing, a restart and StopIngestion do as they say; an
// import takes what the selectors left out, and nothing twice.
func TestWatchDirectory(t *testing.T) {
	l := openLake(t, func(o *Options) { o.Watch.Interval = 300 * time.Millisecond })
	id := l.create("audit", 90)
	l.deliver(trailKey("111122223333", "us-east-1", -600, "old"), trailFile(t, liveRecord("old", "Old", 0)))
	w := l.watch(id, "s3://trails/", "")
	data := strings.Replace(liveRecord("data", "D", 0), "Management", "Data", 1)
	l.deliver(trailKey("111122223333", "us-east-1", 1, "a"), trailFile(t, liveRecord("a", "A", 0), data, `7`))
	l.deliver(trailKey("444455556666", "eu-west-1", 1, "b"), trailFile(t, liveRecord("b", "B", 0), liveRecord("a", "A", 0)))
	broken := trailKey("111122223333", "us-east-1", 2, "broken")
	l.deliver(broken, []byte("hello"))
	l.until(w.ID, "two files", files(2))
	got := l.until(w.ID, "a failure", func(w *WatchedSource) bool { return w.Statistics.FailedEntries == 1 })
	want := WatchStatistics{FilesCompleted: 2, EventsCompleted: 2, EventsRead: 5, Duplicates: 1, NotSelected: 1, Quarantined: 1, FailedEntries: 1}
	if got.Statistics != want || got.Error != "" {
		t.Errorf("statistics %+v, error %q, want %+v", got.Statistics, got.Error, want)
	}
	if got := l.query(watchedRows); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("rows %q", got)
	}
	failures, _, err := l.ListWatchedSourceFailures(t.Context(), Principal{}, w.ID, Page{})
	if err != nil || len(failures) != 1 || failures[0].Location != "s3://trails/"+broken || failures[0].ErrorType != "InvalidGzip" || failures[0].Status != FailureRetry {
		t.Errorf("failures %+v, %v", failures, err)
	}
	rejected, _, err := l.ListRejectedRecords(t.Context(), Principal{}, id, Page{})
	if err != nil || len(rejected) != 1 || rejected[0].Record != 2 || rejected[0].Excerpt != "7" {
		t.Errorf("rejected %+v, %v", rejected, err)
	}

	// The failed object is whole now: a restart tries it again at once.
	l.deliver(broken, trailFile(t, liveRecord("c", "C", 0)))
	l.reopen()
	l.until(w.ID, "the failed one", func(w *WatchedSource) bool {
		return w.Statistics.FailedEntries == 0 && w.Statistics.FilesCompleted == 3
	})

	if _, err := l.PauseWatchedSource(t.Context(), Principal{}, w.ID); err != nil {
		t.Fatal(err)
	}
	l.deliver(trailKey("111122223333", "us-east-1", 3, "d"), trailFile(t, liveRecord("d", "D", 0)))
	l.reopen()
	if w, err := l.ResumeWatchedSource(t.Context(), Principal{}, w.ID); err != nil || w.Status != Watching {
		t.Fatal(w, err)
	}
	l.until(w.ID, "what came in the pause", files(4))

	if err := l.StopEventDataStoreIngestion(t.Context(), Principal{}, id); err != nil {
		t.Fatal(err)
	}
	l.deliver(trailKey("111122223333", "us-east-1", 4, "stopped"), trailFile(t, liveRecord("stopped", "S", 0)))
	l.setNow(testNow.Add(10 * time.Minute))
	if err := l.StartEventDataStoreIngestion(t.Context(), Principal{}, id); err != nil {
		t.Fatal(err)
	}
	l.deliver(trailKey("111122223333", "us-east-1", 11, "e"), trailFile(t, liveRecord("e", "E", 0)))
	l.until(w.ID, "what came after the stop", files(5))
	if got := l.query(watchedRows); !slices.Equal(got, []string{"a", "b", "c", "d", "e"}) {
		t.Errorf("rows %q", got)
	}

	i, err := l.StartImport(t.Context(), Principal{}, importInput(id, ""))
	if err != nil {
		t.Fatal(err)
	}
	i = l.wait(i.ID)
	if got := l.query(watchedRows); !slices.Equal(got, []string{"a", "b", "c", "d", "data", "e", "old", "stopped"}) {
		t.Errorf("after an import: %q (%s %+v)", got, i.Status, i.Statistics)
	}
	if err := l.DeleteWatchedSource(t.Context(), Principal{}, w.ID); err != nil {
		t.Fatal(err)
	}
	_, err = l.GetWatchedSource(t.Context(), Principal{}, w.ID)
	wantCode(t, err, WatchedSourceNotFound, w.ID)
	l.reopen()
	if all, _, err := l.ListWatchedSources(t.Context(), Principal{}, ListWatchedSourcesInput{}); err != nil || len(all) != 0 {
		t.Errorf("after deletion: %+v, %v", all, err)
	}
}

// fakeSQS is a queue that speaks the AWS JSON 1.0 protocol.
type fakeSQS struct {
	mu      sync.Mutex
	waiting map[string]string // body by receipt
	taken   map[string]string
}

func (q *fakeSQS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	var in struct {
		ReceiptHandle string
		Entries       []struct{ ID, ReceiptHandle string }
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	out := map[string]any{}
	switch r.Header.Get("X-Amz-Target") {
	case "AmazonSQS.ReceiveMessage":
		var messages []any
		for receipt, body := range q.waiting {
			messages = append(messages, map[string]any{"MessageId": receipt, "ReceiptHandle": receipt, "Body": body})
			q.taken[receipt] = body
		}
		clear(q.waiting)
		out["Messages"] = messages
		if len(messages) == 0 {
			time.Sleep(50 * time.Millisecond) // a long poll, cut short
		}
	case "AmazonSQS.DeleteMessageBatch":
		for _, e := range in.Entries {
			delete(q.taken, e.ReceiptHandle)
		}
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	_ = json.NewEncoder(w).Encode(out)
}

// TestWatchQueue: with a listing once an hour, what S3 notifies of is in all the
// same, once, and the message is deleted.
func TestWatchQueue(t *testing.T) {
	backend := s3mem.New()
	server := httptest.NewServer(gofakes3.New(backend).Server())
	defer server.Close()
	if err := backend.CreateBucket("my-trails"); err != nil {
		t.Fatal(err)
	}
	q := &fakeSQS{waiting: map[string]string{}, taken: map[string]string{}}
	queue := httptest.NewServer(q)
	defer queue.Close()
	l := openLake(t, func(o *Options) {
		o.Watch.Interval = time.Hour
		o.S3 = S3Options{Endpoint: server.URL, PathStyle: true, AccessKeyID: "any", SecretAccessKey: "any"}
	})
	id := l.create("audit", 90)
	w := l.watch(id, "s3://my-trails/AWSLogs/", queue.URL+"/123456789012/trails")
	l.until(w.ID, "the first listing", func(w *WatchedSource) bool { return !w.Listed.IsZero() })
	for round := range 2 {
		for n := range 3 {
			key, body := trailKey("111122223333", "us-east-1", 1+n, "x"), trailFile(t, liveRecord(fmt.Sprint(n), "N", 0))
			if _, err := backend.PutObject("my-trails", key, nil, bytes.NewReader(body), int64(len(body)), nil); err != nil {
				t.Fatal(err)
			}
			q.mu.Lock()
			q.waiting[fmt.Sprintf("%d-%d", round, n)] = fmt.Sprintf(`{"Type":"Notification","Message":"{\"s3Bucket\":\"my-trails\",\"s3ObjectKey\":[\"%s\"]}"}`, key)
			q.mu.Unlock()
		}
		l.until(w.ID, "messages deleted", func(w *WatchedSource) bool {
			q.mu.Lock()
			defer q.mu.Unlock()
			return len(q.waiting)+len(q.taken) == 0 && w.Statistics.FilesCompleted == 3
		})
	}
	if got := l.query(watchedRows); !slices.Equal(got, []string{"0", "1", "2"}) {
		t.Errorf("rows %q", got)
	}
}

// TestWatchBesideImport: an import and a watched source of the same bucket at the
// same time, of records with and without an identity: each is in once.
func TestWatchBesideImport(t *testing.T) {
	l := openLake(t, func(o *Options) {
		o.Watch.Interval = 100 * time.Millisecond
		o.Import.MemoryBytes = 8 << 10 // many commits
	})
	id := l.create("audit", 90)
	const objects, each = 60, 20
	for n := range objects {
		var records []string
		for i := range each {
			records = append(records, liveRecord(fmt.Sprintf("%d-%d", n, i), "N", 0), strings.Replace(liveRecord("", fmt.Sprintf("%d-%d", n, i), 0), `"eventID":"",`, "", 1))
		}
		// Half of the events come twice, in another object.
		l.deliver(trailKey("111122223333", "us-east-1", n, "a"), trailFile(t, records...))
		l.deliver(trailKey("444455556666", "us-east-1", n, "b"), trailFile(t, records[0], records[2]))
	}
	i, err := l.StartImport(t.Context(), Principal{}, importInput(id, ""))
	if err != nil {
		t.Fatal(err)
	}
	w := l.watch(id, "s3://trails/", "")
	if i = l.wait(i.ID); i.Status != ImportCompleted {
		t.Fatalf("%s %s", i.Status, i.Error)
	}
	done := l.until(w.ID, "two listings", func(w *WatchedSource) bool { return !w.Listed.IsZero() && w.Statistics.FailedEntries == 0 })
	l.until(w.ID, "all objects", func(w *WatchedSource) bool {
		return l.query("SELECT count(*) FROM audit")[0] == fmt.Sprint(2*objects*each)
	})
	if got, want := l.query("SELECT count(*), count(DISTINCT eventid), count(DISTINCT eventname) FROM audit")[0], fmt.Sprintf("%d|%d|%d", 2*objects*each, objects*each, objects*each+1); got != want {
		t.Errorf("rows %s, want %s (watched %+v, imported %+v)", got, want, done.Statistics, i.Statistics)
	}
}

// TestWatchGivesWay: an object that an import reads is left to it, and read when the
// import gave it up; that is no failure.
func TestWatchGivesWay(t *testing.T) {
	l := openLake(t, func(o *Options) { o.Watch.Interval = 100 * time.Millisecond })
	id := l.create("audit", 90)
	s, err := l.find(id)
	if err != nil {
		t.Fatal(err)
	}
	mine, other := trailKey("111122223333", "us-east-1", 1, "a"), trailKey("111122223333", "us-east-1", 1, "b")
	anImport := new(int)
	s.claims.try("trails", mine, anImport)
	l.deliver(mine, trailFile(t, liveRecord("a", "A", 0)))
	l.deliver(other, trailFile(t, liveRecord("b", "B", 0)))
	w := l.watch(id, "s3://trails/", "")
	got := l.until(w.ID, "the other object", files(1))
	if rows := l.query(watchedRows); !slices.Equal(rows, []string{"b"}) || got.Statistics.FailedEntries != 0 {
		t.Errorf("rows %q, %+v", rows, got.Statistics)
	}
	s.claims.freeAll(anImport)
	l.setNow(testNow.Add(time.Minute))
	l.until(w.ID, "the object that was given up", files(2))
}

// TestWatchThenImport: an import that reads an object again, for what the selectors
// left out of it, does not add once more what has no id; and in another bucket the
// same object is another one.
func TestWatchThenImport(t *testing.T) {
	other := t.TempDir()
	l := openLake(t, func(o *Options) {
		o.Watch.Interval, o.Watch.Gather = 50*time.Millisecond, 5*time.Millisecond
		o.Buckets["copy"] = other
	})
	id := l.create("audit", 90)
	without := strings.Replace(liveRecord("", "Without", 0), `"eventID":"",`, "", 1)
	data := strings.Replace(liveRecord("data", "D", 0), "Management", "Data", 1)
	object := trailFile(t, without, liveRecord("a", "A", 0), without, data)
	l.deliver(trailKey("111122223333", "us-east-1", 1, "a"), object)
	w := l.watch(id, "s3://trails/", "")
	l.until(w.ID, "the object", files(1))
	const rows = `SELECT eventname, count(*) FROM audit GROUP BY 1 ORDER BY 1`
	if got := l.query(rows); !slices.Equal(got, []string{"A|1", "Without|2"}) {
		t.Errorf("watched: %q", got)
	}
	importFrom := func(bucket string) *Import {
		in := importInput(id, "")
		in.Source.LocationURI = "s3://" + bucket + "/"
		i, err := l.StartImport(t.Context(), Principal{}, in)
		if err != nil {
			t.Fatal(err)
		}
		return l.wait(i.ID)
	}
	i := importFrom("trails")
	if got := l.query(rows); !slices.Equal(got, []string{"A|1", "D|1", "Without|2"}) || i.Statistics.Duplicates != 3 {
		t.Errorf("imported: %q, %+v", got, i.Statistics)
	}
	l.bucket = other
	l.deliver(trailKey("111122223333", "us-east-1", 1, "a"), object)
	i = importFrom("copy")
	if got := l.query(rows); !slices.Equal(got, []string{"A|1", "D|1", "Without|4"}) || i.Statistics.Duplicates != 2 {
		t.Errorf("imported from a copy: %q, %+v", got, i.Statistics)
	}
}
