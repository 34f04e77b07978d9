package engine

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/traillake/traillake/engine/sample"
	"github.com/traillake/traillake/ingest/trailgen"
	"github.com/traillake/traillake/storage/segment"
	"github.com/traillake/traillake/storage/vfs"
	"github.com/traillake/traillake/storage/vfs/faultfs"
)

func (l *testLake) put(store string, events ...string) []PutEventResult {
	l.t.Helper()
	out, err := l.tryPut(store, events...)
	if err != nil {
		l.t.Fatal(err)
	}
	return out
}

func (l *testLake) tryPut(store string, events ...string) ([]PutEventResult, error) {
	in := PutEventsInput{EventDataStore: store}
	for _, text := range events {
		in.Events = append(in.Events, []byte(text))
	}
	return l.PutEvents(l.t.Context(), Principal{}, in)
}

func (l *testLake) sealAll(store string) {
	l.t.Helper()
	s, err := l.find(store)
	if err != nil {
		l.t.Fatal(err)
	}
	for {
		if bytes, _ := s.live.State(); bytes == 0 {
			return
		}
		if err := l.seal(l.t.Context(), s); err != nil {
			l.t.Fatal(err)
		}
	}
}

// liveRecord is a record that the default selectors choose.
func liveRecord(id, name string, daysAgo int) string {
	return strings.Replace(record(id, name, daysAgo), "{", `{"eventCategory":"Management",`, 1)
}

// takeAll lets a store take every live event until the engine is closed: many of a
// generated trail are data events of types that five selectors cannot name.
func (l *testLake) takeAll(store string) {
	l.t.Helper()
	s, err := l.find(store)
	if err != nil {
		l.t.Fatal(err)
	}
	s.compiled.Store(&compiledSelectors{of: s.record.Load()})
}

func statuses(results []PutEventResult) string {
	var out []string
	for _, r := range results {
		out = append(out, string(r.Status))
	}
	return strings.Join(out, " ")
}

func TestPutEvents(t *testing.T) {
	l := openLake(t, nil)
	id := l.create("audit", 90)
	records := []string{liveRecord("a", "A", 1), liveRecord("b", "B", 2), liveRecord("a", "A", 1), liveRecord("old", "Old", 100), `{"eventName":`, `{"eventCategory":"Management","eventID":"t"}`}
	want := "STORED STORED DUPLICATE OUTSIDE_RETENTION INVALID STORED"
	results := l.put(id, records...)
	if got := statuses(results); got != want {
		t.Errorf("put: %s, want %s", got, want)
	}
	if results[1].EventID != "b" || results[4].Message == "" {
		t.Errorf("results %+v", results)
	}
	const all = `SELECT eventid, eventname, "$source".object, "$source".record, eventjson, "$commit", "$segment" FROM audit ORDER BY eventid`
	rows := []string{"a|A|PutEvents|0|" + records[0] + "|∅|∅", "b|B|PutEvents|1|" + records[1] + "|∅|∅", `t|∅|PutEvents|5|{"eventCategory":"Management","eventID":"t"}|∅|∅`}
	if got := l.query(all); !slices.Equal(got, rows) {
		t.Errorf("in memory: %q, want %q", got, rows)
	}
	if got, want := statuses(l.put(id, records...)), "DUPLICATE DUPLICATE DUPLICATE OUTSIDE_RETENTION INVALID DUPLICATE"; got != want {
		t.Errorf("put again: %s, want %s", got, want)
	}
	if d := l.describeStore(id); d.Events != 3 || d.Segments != 0 {
		t.Errorf("described with %d events in %d segments", d.Events, d.Segments)
	}
	days, err := l.ListDays(t.Context(), Principal{}, id)
	if err != nil || len(days) != 3 || days[2].Events != 1 || days[0].Segments != 0 {
		t.Errorf("days %+v, %v", days, err)
	}
	l.reopen()
	if got := l.query(all); !slices.Equal(got, rows) {
		t.Errorf("in memory after a restart: %q", got)
	}
	l.sealAll(id)
	const sealed = `SELECT eventid, "$commit" > 1, "$segment" IS NOT NULL FROM audit ORDER BY eventid`
	if got, want := l.query(sealed), []string{"a|true|true", "b|true|true", "t|true|true"}; !slices.Equal(got, want) {
		t.Errorf("in segments: %q, want %q", got, want)
	}
	if got := statuses(l.put(id, records[:2]...)); got != "DUPLICATE DUPLICATE" {
		t.Errorf("put what is in segments: %s", got)
	}
	if d := l.describeStore(id); d.Events != 3 || d.Segments != 3 {
		t.Errorf("described with %d events in %d segments", d.Events, d.Segments)
	}
	l.reopen()
	if got := l.query("SELECT count(*) FROM audit"); !slices.Equal(got, []string{"3"}) {
		t.Errorf("after another restart: %q", got)
	}
	if _, err := l.PutEvents(t.Context(), Principal{}, PutEventsInput{EventDataStore: id, Events: [][]byte{[]byte(liveRecord("n", "N", 1))}, Source: "lines", Records: []int64{41}}); err != nil {
		t.Fatal(err)
	}
	if got := l.query(`SELECT "$source".object, "$source".record FROM audit WHERE eventid = 'n'`); !slices.Equal(got, []string{"lines|41"}) {
		t.Errorf("with numbers of its own: %q", got)
	}
}

func (l *testLake) describeStore(id string) *EventDataStore {
	l.t.Helper()
	d, err := l.GetEventDataStore(l.t.Context(), Principal{}, id)
	if err != nil {
		l.t.Fatal(err)
	}
	return d
}

// TestPutEventsPrunes: conditions on times, commits and segments hold for rows in memory.
func TestPutEventsPrunes(t *testing.T) {
	l := openLake(t, nil)
	id := l.create("audit", 90)
	l.put(id, liveRecord("in", "X", 3))
	l.sealAll(id)
	l.put(id, liveRecord("a", "A", 1), liveRecord("b", "B", 2), `{"eventCategory":"Management","eventID":"t"}`)
	for sql, want := range map[string]string{
		"eventtime > timestamp '2026-03-30 12:00:00'": "a", "eventtime < timestamp '2026-03-30 12:00:00'": "b in",
		"eventtime IS NULL": "t", "eventtime IS NOT NULL": "a b in", `"$commit" IS NULL`: "a b t", `"$commit" = 2`: "in", `"$commit" > 0`: "in",
		`"$segment" IS NULL`: "a b t", "eventname IN ('A', 'X')": "a in", "useridentity.type IS NULL": "a b in t",
		"eventjsonchecksum = lower(to_hex(sha256(to_utf8(eventjson))))": "a b in t",
	} {
		if got := strings.Join(l.query("SELECT eventid FROM audit WHERE "+sql+" ORDER BY eventid"), " "); got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
	if got := l.query("SELECT eventid FROM audit ORDER BY eventtime DESC LIMIT 2"); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("newest first: %q", got)
	}
	if got := l.query("SELECT eventid FROM audit FOR VERSION AS OF 2"); !slices.Equal(got, []string{"in"}) {
		t.Errorf("of version 2: %q", got)
	}
}

func TestPutEventsRefuses(t *testing.T) {
	l := openLake(t, nil)
	id := l.create("audit", 90)
	_, err := l.tryPut(id)
	wantCode(t, err, InvalidParameter, "0 events")
	_, err = l.tryPut("00000000-0000-0000-0000-000000000000", "{}")
	wantCode(t, err, EventDataStoreNotFound, "does not exist")
	_, err = l.tryPut("nothing", "{}")
	wantCode(t, err, EventDataStoreNotFound, `named "nothing"`)
	l.put("audit", liveRecord("named", "N", 1))
	_, err = l.tryPut(id, strings.Repeat(" ", maxPutEventBytes+1))
	wantCode(t, err, InvalidParameter, "event 0")
	if err := l.StopEventDataStoreIngestion(t.Context(), Principal{}, id); err != nil {
		t.Fatal(err)
	}
	_, err = l.tryPut(id, liveRecord("a", "A", 1))
	wantCode(t, err, InvalidEventDataStoreStatus, "STOPPED_INGESTION")
	if err := l.StartEventDataStoreIngestion(t.Context(), Principal{}, id); err != nil {
		t.Fatal(err)
	}
	l.put(id, liveRecord("a", "A", 1))
}

// TestPutEventsFull: events that cannot be written are refused when memory is
// full, and taken when there is room again.
func TestPutEventsFull(t *testing.T) {
	var full atomic.Bool
	l := openLake(t, func(o *Options) {
		o.FS = faultfs.Wrap(vfs.OS(), func(op faultfs.Op) error {
			if full.Load() && (op.Kind == faultfs.Write || op.Kind == faultfs.Create) {
				return syscall.ENOSPC
			}
			return nil
		})
		o.Live.MemoryBytes, o.Live.Wait = 1, 50*time.Millisecond
	})
	id := l.create("audit", 90)
	full.Store(true)
	_, err := l.tryPut(id, liveRecord("a", "A", 1))
	wantCode(t, err, InsufficientStorage, "no space")
	full.Store(false)
	l.put(id, liveRecord("a", "A", 1))
	full.Store(true)
	_, err = l.tryPut(id, liveRecord("b", "B", 1))
	wantCode(t, err, Throttling, "none of these was stored")
	if got := l.query("SELECT eventid FROM audit"); !slices.Equal(got, []string{"a"}) {
		t.Errorf("while the disk is full: %q", got)
	}
	full.Store(false)
	l.sealAll(id)
	l.put(id, liveRecord("b", "B", 1))
	if got := l.query("SELECT eventid FROM audit ORDER BY 1"); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("when there is room again: %q", got)
	}
}

// TestPutEventsBesideImport: the same events put and imported at the same time are there once.
func TestPutEventsBesideImport(t *testing.T) {
	l := openLake(t, func(o *Options) {
		o.Import.MemoryBytes = 128 << 10
		o.Live.SealBytes = 1 << 18
		o.Live.SealInterval = time.Millisecond
	})
	id := l.create("audit", 366)
	l.takeAll(id)
	var records []string
	stats, err := trailgen.Generate(trailgen.Options{Events: 3000, Days: 5, Seed: 5, End: testNow}, func(key string, gz []byte) error {
		l.writeRaw(key, gz)
		records = append(records, recordsOf(t, gz)...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	running := l.startImport(id, "")
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(7, uint64(w)))
			for _, at := range rng.Perm(len(records) / 20) {
				if _, err := l.tryPut(id, records[20*at:20*at+20]...); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if i := l.wait(running.ID); i.Status != ImportCompleted {
		t.Fatalf("import %s: %s", i.Status, i.Error)
	}
	want := fmt.Sprintf("%d|%d", stats.Events, stats.Events)
	for range 2 {
		if got := l.query("SELECT count(*), count(DISTINCT eventid) FROM audit"); got[0] != want {
			t.Errorf("events and ids: %s, want %s", got[0], want)
		}
		l.sealAll(id)
	}
}

// recordsOf are the records of a trail's object.
func recordsOf(t *testing.T, gz []byte) []string {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(gz))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Records []json.RawMessage }
	if err := json.NewDecoder(r).Decode(&file); err != nil {
		t.Fatal(err)
	}
	out := make([]string, len(file.Records))
	for i, raw := range file.Records {
		out[i] = string(raw)
	}
	return out
}

// TestLiveAnswers puts a trail's events in requests of random sizes, with seals and
// restarts in between, and asks every sample query: the answers are those of a lake
// that imported the trail.
func TestLiveAnswers(t *testing.T) {
	imported, live := openLake(t, nil), openLake(t, func(o *Options) { o.Compaction.Off = true })
	var records []string
	events := int64(6000)
	if testing.Short() {
		events = 1500
	}
	_, err := trailgen.Generate(trailgen.Options{Events: events, Days: 30, Seed: 1, End: testNow}, func(key string, gz []byte) error {
		imported.writeRaw(key, gz)
		records = append(records, recordsOf(t, gz)...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	imported.importAll(imported.create("demo", 366))
	id := live.create("demo", 366)
	live.takeAll(id)
	rng := rand.New(rand.NewPCG(11, 11))
	rng.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
	for len(records) > 0 {
		n := min(1+rng.IntN(300), len(records))
		if got := statuses(live.put(id, records[:n]...)); strings.Contains(got, string(PutNotSelected)) {
			t.Fatalf("put: %s", got)
		}
		records = records[n:]
		if len(records) < 200 {
			continue // these stay in memory
		}
		switch rng.IntN(12) {
		case 0:
			live.sealAll(id)
		case 1:
			live.reopen()
			live.takeAll(id)
		case 2:
			live.compactAll(id, rng)
		}
	}
	samples, err := sample.Load()
	if err != nil {
		t.Fatal(err)
	}
	inMemory := live.query(`SELECT count(*) FROM demo WHERE "$commit" IS NULL`)[0]
	if inMemory == "0" {
		t.Error("nothing is in memory: the test tests nothing")
	}
	t.Logf("%s events are in memory", inMemory)
	for i, s := range samples.All() {
		if testing.Short() && i%24 > 0 {
			continue
		}
		t.Run(s.ID, func(t *testing.T) {
			q, err := live.GetSampleQuery(t.Context(), Principal{}, GetSampleQueryInput{ID: s.ID})
			if err != nil {
				t.Fatal(err)
			}
			q.SQL = limit.ReplaceAllString(q.SQL, "") // which of several equal rows are the last is left open
			got, want := unordered(live.query(q.SQL)), unordered(imported.query(q.SQL))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s\n%s", q.SQL, diff)
			}
		})
	}
}

var limit = regexp.MustCompile(`(?i)\s+limit \d+\s*$`)

var list = regexp.MustCompile(`\[[^]]*]`)

// unordered sorts rows, and in them the elements of lists, whose order SQL leaves open.
func unordered(rows []string) []string {
	for i, row := range rows {
		rows[i] = list.ReplaceAllStringFunc(row, func(text string) string {
			elements := strings.Split(text[1:len(text)-1], ", ")
			slices.Sort(elements)
			return "[" + strings.Join(elements, ", ") + "]"
		})
	}
	slices.Sort(rows)
	return rows
}

// compactAll makes one segment of some of the segments of each day.
func (l *testLake) compactAll(store string, rng *rand.Rand) {
	l.t.Helper()
	s, err := l.find(store)
	if err != nil {
		l.t.Fatal(err)
	}
	snapshot := s.storage.Snapshot()
	defer snapshot.Release()
	days := map[int32][]string{}
	for _, m := range snapshot.Segments() {
		if rng.IntN(5) > 0 {
			days[m.Day] = append(days[m.Day], m.ID)
		}
	}
	for _, ids := range days {
		if len(ids) < 2 {
			continue
		}
		if _, err := s.storage.Compact(l.t.Context(), ids, nil); err != nil {
			l.t.Fatal(err)
		}
	}
}

// TestCompactionAsOf: after compactions of compacted segments, among restarts, every
// version has the rows it had.
func TestCompactionAsOf(t *testing.T) {
	l := openLake(t, func(o *Options) { o.Compaction.Off = true })
	id := l.create("audit", 366)
	rng := rand.New(rand.NewPCG(21, 21))
	s, err := l.find(id)
	if err != nil {
		t.Fatal(err)
	}
	want := map[int64][]string{}
	for i := range 12 {
		var events []string
		for j := range 1 + rng.IntN(4) {
			events = append(events, liveRecord(fmt.Sprintf("e%d-%d", i, j), fmt.Sprintf("N%d", j), rng.IntN(2)))
		}
		l.put(id, append(events, fmt.Sprintf(`{"eventCategory":"Management","eventID":"t%d"}`, i))...)
		l.sealAll(id)
		version := s.storage.Version()
		want[version] = l.query(fmt.Sprintf(`SELECT eventid, eventjson, "$commit" FROM audit FOR VERSION AS OF %d ORDER BY 1`, version))
		if i%4 == 3 {
			l.compactAll(id, rng)
			l.reopen()
			if s, err = l.find(id); err != nil {
				t.Fatal(err)
			}
		}
	}
	segments := l.describeStore(id).Segments
	if segments >= 12 {
		t.Fatalf("%d segments: nothing was compacted", segments)
	}
	for version, rows := range want {
		got := l.query(fmt.Sprintf(`SELECT eventid, eventjson, "$commit" FROM audit FOR VERSION AS OF %d ORDER BY 1`, version))
		if diff := cmp.Diff(rows, got); diff != "" {
			t.Errorf("version %d of %d:\n%s", version, s.storage.Version(), diff)
		}
		// Conditions on the commit, and the newest rows first.
		got = l.query(fmt.Sprintf(`SELECT eventid, eventjson, "$commit" FROM audit WHERE "$commit" <= %d ORDER BY 1`, version))
		if diff := cmp.Diff(rows, got); diff != "" {
			t.Errorf("commits up to %d:\n%s", version, diff)
		}
		newest := fmt.Sprintf("FROM audit FOR VERSION AS OF %d WHERE eventtime IS NOT NULL", version)
		top, all := l.query("SELECT eventtime "+newest+" ORDER BY eventtime DESC LIMIT 3"), l.query("SELECT eventtime "+newest+" ORDER BY eventtime DESC")
		if diff := cmp.Diff(all[:min(3, len(all))], top); diff != "" {
			t.Errorf("the newest of version %d:\n%s", version, diff)
		}
	}
	if got := statuses(l.put(id, `{"eventCategory":"Management","eventID":"t0"}`, `{"eventCategory":"Management","eventID":"t11"}`)); got != "DUPLICATE DUPLICATE" {
		t.Errorf("put what is in compacted segments: %s", got)
	}
	// Retention of a compacted segment's rows is a loss, of every version that had them.
	l.setNow(testNow.AddDate(2, 0, 0))
	l.sweep(t.Context())
	for version := range want {
		if len(want[version]) == 0 {
			continue
		}
		if _, err := l.tryQuery(fmt.Sprintf("SELECT count(*) FROM audit FOR VERSION AS OF %d", version)); err == nil {
			t.Errorf("version %d can be read when its rows are gone", version)
		}
	}
}

// TestCompactable picks like segments, and leaves large and single ones alone.
func TestCompactable(t *testing.T) {
	e := &Engine{}
	e.opts.Compaction = CompactionOptions{MinSegments: 3, TargetBytes: 1000}
	for _, test := range []struct{ sizes, want []int64 }{
		{nil, nil},
		{[]int64{5, 5}, nil},
		{[]int64{5, 5, 5}, []int64{5, 5, 5}},
		{[]int64{500, 5, 4, 6}, []int64{4, 5, 6}},
		{[]int64{30, 5, 4, 6}, []int64{4, 5, 6, 30}},
		{[]int64{400, 400, 300, 200}, []int64{200, 300, 400}},
		{[]int64{100, 10, 1}, nil},
	} {
		var in []storageSegment
		for _, n := range test.sizes {
			in = append(in, storageSegment{Meta: segment.Meta{Bytes: n}})
		}
		var got []int64
		for _, m := range e.likeSegments(in) {
			got = append(got, m.Bytes)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("of %v: %v, want %v", test.sizes, got, test.want)
		}
	}
}

// TestCompactionRuns: many small segments become few, and no answer changes.
func TestCompactionRuns(t *testing.T) {
	l := openLake(t, func(o *Options) { o.Compaction.Interval = 10 * time.Millisecond })
	id := l.create("audit", 366)
	for i := range 20 {
		l.put(id, liveRecord(fmt.Sprint("e", i), "N", 1))
		l.sealAll(id)
	}
	for l.describeStore(id).Segments > 6 {
		if t.Context().Err() != nil {
			t.Fatal("nothing was compacted")
		}
		time.Sleep(5 * time.Millisecond)
	}
	if got := l.query("SELECT count(*), count(DISTINCT eventid), count(DISTINCT \"$commit\") FROM audit"); got[0] != "20|20|20" {
		t.Errorf("events, ids and commits: %s", got[0])
	}
}

// TestPutEventsSelectors: a store takes the live events its selectors choose, after
// an update those of the new ones.
func TestPutEventsSelectors(t *testing.T) {
	l := openLake(t, nil)
	id := l.create("audit", 366)
	event := func(id, name string) string {
		return strings.Replace(liveRecord(id, name, 1), "{", `{"readOnly":true,`, 1)
	}
	data := strings.Replace(liveRecord("d", "GetObject", 1), "Management", "Data", 1)
	if got := statuses(l.put(id, event("a", "A"), data)); got != "STORED NOT_SELECTED" {
		t.Errorf("with the default selectors: %s", got)
	}
	_, err := l.UpdateEventDataStore(t.Context(), Principal{}, UpdateEventDataStoreInput{EventDataStore: id, Selectors: []EventSelector{{
		FieldSelectors: []FieldSelector{{Field: "eventCategory", Equals: []string{"Management"}}, {Field: "readOnly", Equals: []string{"false"}}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := statuses(l.put(id, event("b", "B"), event("a", "A"))); got != "NOT_SELECTED NOT_SELECTED" {
		t.Errorf("with other selectors: %s", got)
	}
}
