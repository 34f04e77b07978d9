package ingest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/traillake/traillake/ingest/event"
	"github.com/traillake/traillake/ingest/trailgen"
)

// generated is a trail of many objects and what it holds.
func generated(t *testing.T, events int64) (*bucket, trailgen.Stats) {
	t.Helper()
	b := newBucket()
	stats, err := trailgen.Generate(trailgen.Options{
		Events: events, Days: 3, Seed: 7, End: time.Date(2024, 6, 30, 0, 0, 0, 0, time.UTC), Accounts: 2, Regions: 2,
	}, func(key string, gz []byte) error {
		b.objects[key] = slices.Clone(gz)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b, stats
}

func TestImportCountsWhatWasGenerated(t *testing.T) {
	for _, etags := range []bool{true, false} {
		for _, workers := range []int{1, 4} {
			t.Run(fmt.Sprintf("etags %v, %d workers", etags, workers), func(t *testing.T) {
				b, made := generated(t, 3000)
				b.etags = etags
				s := newStore()
				var calls int
				var last Stats
				got := mustImport(t, b, s, Options{Workers: workers, MemoryBytes: 256 << 10, Progress: func(p Stats) { calls++; last = p }})
				want := Stats{
					PrefixesFound: made.Folders, PrefixesCompleted: made.Folders, FilesFound: made.Objects, FilesCompleted: made.Objects,
					BytesFound: made.GzipBytes, BytesCompleted: made.GzipBytes, EventsRead: made.Records, EventsCompleted: made.Events,
					Duplicates: made.Duplicates,
				}
				if got != want || s.last != want || last != want {
					t.Errorf("Import = %+v\nlast commit %+v\nlast progress %+v\nwant %+v", got, s.last, last, want)
				}
				if int64(len(s.rows)) != made.Events || made.Duplicates == 0 {
					t.Errorf("%d rows, want %d; %d duplicates", len(s.rows), made.Events, made.Duplicates)
				}
				for _, r := range s.rows {
					if _, sum, ok, err := event.CloudTrail.Identity([]byte(r.json)); err != nil || !ok || event.Fingerprint(sum) != r.print {
						t.Fatalf("fingerprint of %s is %x (%v)", r.json, r.print, err)
					}
				}
				if len(s.sizes) < 3 || calls < len(s.sizes) {
					t.Errorf("%d commits, %d progress reports", len(s.sizes), calls)
				}

				before := b.total()
				again := mustImport(t, b, s, Options{Workers: workers})
				if again.EventsCompleted != 0 || again.FilesSkipped != made.Objects || again.PrefixesCompleted != made.Folders {
					t.Errorf("second import = %+v", again)
				}
				if reads := b.total() - before; etags && reads != 0 || !etags && int64(reads) != made.Objects {
					t.Errorf("second import read %d objects", reads)
				}
			})
		}
	}
}

// TestImportIsTheSameWithAnyWorkers: which source wins does not depend on timing.
func TestImportIsTheSameWithAnyWorkers(t *testing.T) {
	var first []storedRow
	for _, workers := range []int{1, 2, 7} {
		b, _ := generated(t, 1500)
		s := newStore()
		mustImport(t, b, s, Options{Workers: workers, MemoryBytes: 64 << 10})
		got := slices.Clone(s.rows)
		slices.SortFunc(got, func(x, y storedRow) int { return strings.Compare(x.json, y.json) })
		if first == nil {
			first = got
		} else if !slices.Equal(first, got) {
			t.Errorf("%d workers give other rows or sources", workers)
		}
	}
}

// TestStopAnywhere stops an import at every commit, before and after it, and goes on:
// in the end every event is there once.
func TestStopAnywhere(t *testing.T) {
	b, made := generated(t, 700)
	o := Options{Workers: 2, MemoryBytes: 32 << 10}
	whole := newStore()
	mustImport(t, b, whole, o)
	commits := len(whole.sizes)
	if commits < 5 {
		t.Fatalf("only %d commits", commits)
	}
	broken := errors.New("disk full")
	ways := map[string]func(s *store, n int, cancel func()){
		"write fails": func(s *store, n int, _ func()) { s.onWrite = failAt(n, broken) },
		"cancelled in a write": func(s *store, n int, cancel func()) {
			s.onWrite = func(c int) error { cancelAt(c, n, cancel); return nil }
		},
		"rows not taken": func(s *store, n int, _ func()) {
			s.onAppend = func(c int) error { return failAt(n, broken)(c) }
		},
		"cancelled among rows": func(s *store, n int, cancel func()) {
			s.onAppend = func(c int) error { cancelAt(c, n, cancel); return nil }
		},
		"cancelled after": func(s *store, n int, cancel func()) { s.afterDone = func(c int) { cancelAt(c, n, cancel) } },
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			for n := 1; n <= commits; n++ {
				s := newStore()
				ctx, cancel := context.WithCancel(context.Background())
				way(s, n, cancel)
				run := o
				run.Strict, run.Cutoff = true, math.MinInt64
				got, err := Import(ctx, b, s, run)
				cancel()
				s.fresh = nil // who imports gives them up
				last := n == commits && name != "write fails" && name != "rows not taken"
				if err == nil && !last {
					t.Fatalf("commit %d of %d: no error", n, commits)
				}
				if err != nil && !errors.Is(err, broken) && !errors.Is(err, context.Canceled) {
					t.Fatalf("commit %d: %v", n, err)
				}
				if err != nil && len(s.sizes) > 0 && got != s.last {
					t.Errorf("commit %d: stopped with %+v, the last commit had %+v", n, got, s.last)
				}
				if int64(len(s.rows)) != s.last.EventsCompleted {
					t.Errorf("commit %d: %d rows, the last commit says %d", n, len(s.rows), s.last.EventsCompleted)
				}
				s.onAppend, s.onWrite, s.afterDone = nil, nil, nil
				mustImport(t, b, s, o)
				if int64(len(s.rows)) != made.Events {
					t.Fatalf("stopped at commit %d, then %d rows, want %d", n, len(s.rows), made.Events)
				}
				distinct := map[string]bool{}
				for _, r := range s.rows {
					distinct[r.json] = true
				}
				if int64(len(distinct)) != made.Events {
					t.Fatalf("stopped at commit %d, then %d different events", n, len(distinct))
				}
			}
		})
	}
}

func failAt(n int, err error) func(int) error {
	return func(commit int) error {
		if commit == n {
			return err
		}
		return nil
	}
}

func cancelAt(commit, n int, cancel func()) {
	if commit == n {
		cancel()
	}
}

func TestFailuresStayAlone(t *testing.T) {
	b := newBucket()
	const at = "2024-06-02T10:00"
	good := b.put("1", at, "good", record("1", "Good", "2024-06-02T09:59:00Z"))
	bad := map[string]string{}
	put := func(name, kind string, data []byte) {
		key := b.put("1", at, name)
		b.objects[key] = data
		bad[key] = kind
	}
	one := `{"Records":[` + record("2", "Bad", "2024-06-02T09:59:00Z") + `]}`
	put("plain", "InvalidGzip", []byte(one))
	put("empty", "InvalidGzip", nil)
	put("cut", "InvalidGzip", pack(one)[:40])
	put("after", "InvalidGzip", append(pack(one), "x"...))
	put("json", "InvalidJson", pack(one[:len(one)-4]))
	put("twice", "InvalidJson", pack(one+one))
	put("digest", "NotCloudTrail", pack(`{"logFiles":[]}`))
	put("denied", "AccessDenied", pack(one))
	put("gone", "NoSuchKey", pack(one))
	put("reset", "ReadError", pack(one))
	for key, kind := range bad {
		switch kind {
		case "AccessDenied":
			b.broken[key] = fmt.Errorf("get: %w", fs.ErrPermission)
		case "NoSuchKey":
			b.broken[key] = fmt.Errorf("get: %w", fs.ErrNotExist)
		case "ReadError":
			b.broken[key] = errors.New("connection reset")
		}
	}
	s := newStore()
	got := mustImport(t, b, s, Options{})
	if s.names() != "Good" || s.rows[0].object != good {
		t.Errorf("rows %s", s.names())
	}
	kinds := map[string]string{}
	for _, f := range s.fails {
		kinds[f.Key] = f.Type
		if f.Message == "" || f.Time.Unix() != 1_800_000_000 {
			t.Errorf("failure %+v", f)
		}
	}
	for key, kind := range bad {
		if kinds[key] != kind {
			t.Errorf("%s failed as %q, want %q", key, kinds[key], kind)
		}
	}
	if len(s.fails) != len(bad) || got.FailedEntries != int64(len(bad)) || got.FilesCompleted != 1 || got.PrefixesCompleted != 0 {
		t.Errorf("%d failures, %+v", len(s.fails), got)
	}

	// Once mended, they come in, and what was good is not read again.
	for key := range bad {
		delete(b.broken, key)
		b.objects[key] = pack(one)
	}
	reads := b.gets[good]
	got = mustImport(t, b, s, Options{})
	if s.names() != "Bad Good" || got.FilesSkipped != 1 || got.FailedEntries != 0 || got.PrefixesCompleted != 1 || b.gets[good] != reads {
		t.Errorf("afterwards %s, %+v", s.names(), got)
	}
}

func TestQuarantine(t *testing.T) {
	b := newBucket()
	deep := strings.Repeat(`{"a":`, 600) + "1" + strings.Repeat("}", 600)
	elements := []string{"5", record("1", "A", "2024-06-02T09:59:00Z"), `"` + strings.Repeat("é", 300) + `"`, deep, "null"}
	key := b.put("1", "2024-06-02T10:00", "x", elements...)
	many := b.put("1", "2024-06-02T10:05", "y", strings.TrimSuffix(strings.Repeat("1,", 500), ","))
	s := newStore()
	got := mustImport(t, b, s, Options{})
	if got.Quarantined != 504 || got.EventsRead != 505 || s.names() != "A" || s.rows[0].record != 1 {
		t.Errorf("%+v, rows %s", got, s.names())
	}
	if s.done[0].Quarantined != 4 || s.done[1].Quarantined != 500 {
		t.Errorf("objects %+v", s.done)
	}
	var own []Quarantined
	for _, q := range s.quar {
		if q.Key == key {
			own = append(own, q)
		}
	}
	if len(own) != 4 || len(s.quar)-len(own) != maxQuarantined || s.quar[len(s.quar)-1].Key != many {
		t.Fatalf("%d and %d told", len(own), len(s.quar)-len(own))
	}
	want := []Quarantined{
		{key, 0, "not an object", "5"},
		{key, 2, "not an object", `"` + strings.Repeat("é", 127)},
		{key, 3, "not an event record: nested 600 deep, more than 512", deep[:256]},
		{key, 4, "not an object", "null"},
	}
	if !slices.Equal(own, want) {
		t.Errorf("quarantined %+v", own)
	}
}

func TestDuplicates(t *testing.T) {
	const at = "2024-06-02T09:59:00Z"
	a := record("1", "A", at)
	b := newBucket()
	// Inside an object, in another spelling; across objects; across days of paths.
	first := b.put("1", "2024-06-02T10:00", "a", a, ` { "eventID" : "1", "eventName":"A", "eventTime":"`+at+`","eventVersion":"1.11"}`)
	b.put("1", "2024-06-02T10:05", "b", a, record("2", "B", at))
	b.put("2", "2024-06-03T10:05", "c", record("2", "B", at), record("3", "C", at))
	// Same id, other content: both stay. No id: never merged.
	b.put("2", "2024-06-03T10:10", "d", record("1", "A2", at), record("", "NoID", at), record("", "NoID", at))
	// Without a time they are merged as well.
	b.put("2", "2024-06-03T10:15", "e", record("9", "NoTime", "?"), record("9", "NoTime", "?"))
	for _, memory := range []int64{0, 1} { // in one commit, and in one for each unit
		s := newStore()
		got := mustImport(t, b, s, Options{MemoryBytes: memory})
		if want := "A A2 B C NoID NoID NoTime"; s.names() != want {
			t.Errorf("rows %s, want %s", s.names(), want)
		}
		if got.Duplicates != 4 || got.EventsRead != 11 || got.EventsCompleted != 7 {
			t.Errorf("%+v", got)
		}
		for _, r := range s.rows {
			if r.name == "A" && (r.object != first || r.record != 0) {
				t.Errorf("A comes from %s %d, not from the first", r.object, r.record)
			}
			if (r.name == "NoTime") != (r.day == event.NoDay) || r.print == 0 {
				t.Errorf("row %+v", r)
			}
		}
		var rows, duplicates int64
		for _, o := range s.done {
			rows, duplicates = rows+o.Rows, duplicates+o.Duplicates
		}
		if rows != 7 || duplicates != 4 {
			t.Errorf("objects say %d rows, %d duplicates", rows, duplicates)
		}
		// The same events under other keys: another import adds only what has no id.
		other := newBucket()
		for k, data := range b.objects {
			other.objects["copy/"+k] = data
		}
		mustImport(t, other, s, Options{})
		if want := "A A2 B C NoID NoID NoID NoID NoTime"; s.names() != want {
			t.Errorf("after a copy: %s, want %s", s.names(), want)
		}
	}
}

// TestFingerprintsAreOnlyAHint: rows with the same fingerprint but another identity
// are no duplicates.
func TestFingerprintsAreOnlyAHint(t *testing.T) {
	const at = "2024-06-02T09:59:00Z"
	b := newBucket()
	b.put("1", "2024-06-02T10:00", "a", record("1", "A", at))
	s := newStore()
	s.wrongHits = true
	mustImport(t, b, s, Options{})
	b.put("1", "2024-06-02T10:05", "b", record("2", "B", at), record("1", "A", at))
	got := mustImport(t, b, s, Options{})
	if s.names() != "A B" || got.Duplicates != 1 {
		t.Errorf("rows %s, %+v", s.names(), got)
	}
}

func TestRetention(t *testing.T) {
	day := func(d int) int64 { return time.Date(2024, 6, d, 0, 0, 0, 0, time.UTC).UnixMicro() }
	b := newBucket()
	key := b.put("1", "2024-06-05T10:00", "a",
		record("1", "Day1", "2024-06-01T12:00:00Z"), record("2", "Day3", "2024-06-03T00:00:00Z"), record("3", "Day5", "2024-06-05T12:00:00Z"),
		record("", "Day1NoID", "2024-06-01T12:00:00Z"), record("", "Day5NoID", "2024-06-05T12:00:00Z"), record("", "NoTimeNoID", "-"))
	s := newStore()
	got := mustImport(t, b, s, Options{Cutoff: day(3) + 1000})
	if want := "Day5 Day5NoID NoTimeNoID"; s.names() != want || got.OutsideRetention != 3 || s.done[0].Outside != 3 {
		t.Fatalf("rows %s, %+v", s.names(), got)
	}
	// A later cut-off needs nothing of the object.
	if got = mustImport(t, b, s, Options{Cutoff: day(4)}); got.FilesSkipped != 1 || b.gets[key] != 1 {
		t.Errorf("later: %+v", got)
	}
	// An earlier one reads it again for what was left out, and only that.
	got = mustImport(t, b, s, Options{Cutoff: day(3)})
	if want := "Day3 Day5 Day5NoID NoTimeNoID"; s.names() != want || got.EventsCompleted != 1 || got.Duplicates != 3 || got.OutsideRetention != 2 {
		t.Errorf("rows %s, %+v", s.names(), got)
	}
	got = mustImport(t, b, s, Options{Cutoff: day(1)})
	if want := "Day1 Day1NoID Day3 Day5 Day5NoID NoTimeNoID"; s.names() != want || got.EventsCompleted != 2 {
		t.Errorf("rows %s, %+v", s.names(), got)
	}
	if got = mustImport(t, b, s, Options{Cutoff: day(1)}); got.FilesSkipped != 1 {
		t.Errorf("in the end: %+v", got)
	}
}

func TestTimeRangeAndPrefix(t *testing.T) {
	const when = "2024-06-02T09:59:00Z" // the event's time does not matter
	b := newBucket()
	b.put("1", "2024-06-01T23:55", "a", record("1", "First", when))
	b.put("1", "2024-06-02T00:00", "b", record("2", "Second", when))
	b.put("2", "2024-06-02T12:00", "c", record("3", "Third", when))
	b.put("1", "2024-06-03T00:05", "d", record("4", "Fourth", when))
	b.objects["AWSLogs/1/CloudTrail-Digest/us-east-1/2024/06/02/d.json.gz"] = pack(`{"logFiles":[]}`)
	b.objects["AWSLogs/1/CloudTrail-Insight/us-east-1/2024/06/02/i.json.gz"] = pack(`{"Records":[` + record("5", "Insight", when) + `]}`)
	b.objects["AWSLogs/1/CloudTrail/"] = nil
	at := func(d, h int) time.Time { return time.Date(2024, 6, d, h, 0, 0, 0, time.UTC) }
	tests := []struct {
		name string
		o    Options
		want string
	}{
		{"all", Options{}, "First Fourth Second Third"},
		{"from", Options{Start: at(2, 0)}, "Fourth Second Third"},
		{"to", Options{End: at(2, 12)}, "First Second Third"},
		{"one day", Options{Start: at(2, 0), End: at(2, 23)}, "Second Third"},
		{"nothing", Options{Start: at(5, 0)}, ""},
		{"account", Options{Prefix: "AWSLogs/1/"}, "First Fourth Second"},
		{"without a slash", Options{Prefix: "AWSLogs/1/CloudTrail"}, "First Fourth Second"},
		{"insights by name", Options{Prefix: "AWSLogs/1/CloudTrail-Insight/"}, "Insight"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newStore()
			got := mustImport(t, b, s, tt.o)
			if s.names() != tt.want || got.FilesFound != int64(len(strings.Fields(tt.want))) || got.FailedEntries != 0 {
				t.Errorf("rows %q, %+v", s.names(), got)
			}
			dry := tt.o
			dry.DryRun = true
			none := newStore()
			counted := mustImport(t, b, none, dry)
			want := Stats{PrefixesFound: got.PrefixesFound, FilesFound: got.FilesFound, BytesFound: got.BytesFound}
			if counted != want || len(none.sizes) != 0 {
				t.Errorf("dry run %+v, want %+v", counted, want)
			}
			if counted = mustImport(t, b, s, dry); counted.FilesSkipped != got.FilesFound {
				t.Errorf("dry run afterwards %+v", counted)
			}
		})
	}
}

func TestOrderIsByDayThenKey(t *testing.T) {
	b := newBucket()
	want := []string{
		b.put("2", "2024-06-01T10:00", "z"),
		b.put("1", "2024-06-02T10:00", "a"),
		b.put("1", "2024-06-02T10:05", "b"),
		b.put("2", "2024-06-02T00:05", "a"),
		b.put("1", "2024-06-03T10:00", "a"),
	}
	undated := "AWSLogs/1/CloudTrail/x.json.gz"
	b.objects[undated] = pack(`{"Records":[]}`)
	b.objects["AWSLogs/1/CloudTrail/us-east-1/2024/06/02/sub/0.json.gz"] = pack(`{"Records":[]}`)
	want = slices.Insert(want, 0, undated)
	want = slices.Insert(want, 4, "AWSLogs/1/CloudTrail/us-east-1/2024/06/02/sub/0.json.gz")
	s := newStore()
	got := mustImport(t, b, s, Options{Workers: 3})
	var keys []string
	for _, o := range s.done {
		keys = append(keys, o.Key)
	}
	if !slices.Equal(keys, want) || got.PrefixesFound != 6 || got.PrefixesCompleted != 6 {
		t.Errorf("order\n%s\nwant\n%s\n%+v", strings.Join(keys, "\n"), strings.Join(want, "\n"), got)
	}
}

func TestChangedObjectsAreReadAgain(t *testing.T) {
	for _, etags := range []bool{true, false} {
		b := newBucket()
		b.etags = etags
		const at = "2024-06-02T09:59:00Z"
		b.put("1", "2024-06-02T10:00", "a", record("1", "A", at))
		s := newStore()
		mustImport(t, b, s, Options{})
		key := b.put("1", "2024-06-02T10:00", "a", record("1", "A", at), record("2", "B", at))
		got := mustImport(t, b, s, Options{})
		if s.names() != "A B" || got.FilesCompleted != 1 || got.Duplicates != 1 {
			t.Errorf("etags %v: rows %s, %+v", etags, s.names(), got)
		}
		if !etags {
			if want := fmt.Sprintf("%x", sha256.Sum256(b.objects[key])); s.done[1].ETag != want {
				t.Errorf("stands for the content: %s, want %s", s.done[1].ETag, want)
			}
		}
	}
}

func TestImportErrors(t *testing.T) {
	broken := errors.New("out of order")
	b := newBucket()
	b.put("1", "2024-06-02T10:00", "a", record("1", "A", "2024-06-02T09:59:00Z"))
	s := newStore()
	s.onLookup = func() error { return broken }
	if _, err := Import(context.Background(), b, s, Options{Strict: true}); !errors.Is(err, broken) || len(s.sizes) != 0 {
		t.Errorf("lookup fails: %v, %d commits", err, len(s.sizes))
	}
	b.listErr = fmt.Errorf("list: %w", fs.ErrPermission)
	_, err := Import(context.Background(), b, newStore(), Options{Bucket: "trails", Prefix: "AWSLogs/"})
	if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "s3://trails/AWSLogs/") {
		t.Errorf("list fails: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Import(ctx, newBucket(), newStore(), Options{}); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
	b.listErr = nil
	if _, err := Import(ctx, b, newStore(), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
}
