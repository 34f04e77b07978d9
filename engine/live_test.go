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
	records := []string{record("a", "A", 1), record("b", "B", 2), record("a", "A", 1), record("old", "Old", 100), `{"eventName":`, `{"eventID":"t"}`}
	want := "STORED STORED DUPLICATE OUTSIDE_RETENTION INVALID STORED"
	results := l.put(id, records...)
	if got := statuses(results); got != want {
		t.Errorf("put: %s, want %s", got, want)
	}
	if results[1].EventID != "b" || results[4].Message == "" {
		t.Errorf("results %+v", results)
	}
	const all = `SELECT eventid, eventname, "$source".object, "$source".record, eventjson, "$commit", "$segment" FROM audit ORDER BY eventid`
	rows := []string{"a|A|PutEvents|0|" + records[0] + "|∅|∅", "b|B|PutEvents|1|" + records[1] + "|∅|∅", `t|∅|PutEvents|5|{"eventID":"t"}|∅|∅`}
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
	l.put(id, record("in", "X", 3))
	l.sealAll(id)
	l.put(id, record("a", "A", 1), record("b", "B", 2), `{"eventID":"t"}`)
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
	_, err = l.tryPut(id, strings.Repeat(" ", maxPutEventBytes+1))
	wantCode(t, err, InvalidParameter, "event 0")
	if err := l.StopEventDataStoreIngestion(t.Context(), Principal{}, id); err != nil {
		t.Fatal(err)
	}
	_, err = l.tryPut(id, record("a", "A", 1))
	wantCode(t, err, InvalidEventDataStoreStatus, "STOPPED_INGESTION")
	if err := l.StartEventDataStoreIngestion(t.Context(), Principal{}, id); err != nil {
		t.Fatal(err)
	}
	l.put(id, record("a", "A", 1))
}

// TestPutEventsFull: events that cannot be written are refused when memory is
// full, and taken when there is room again.
func TestPutEventsFull(t *testing.T) {
	var full atomic.Bool
	l := openLake(t, func(o *Options) {
		o.FS = faultfs.Wrap(vfs.OS(), func(op faultfs.Op) error {
			if full.Load() && op.Kind == faultfs.Write && strings.Contains(op.Path, "/stores/") {
				return syscall.ENOSPC
			}
			return nil
		})
		o.Live.MemoryBytes, o.Live.Wait = 1, 50*time.Millisecond
	})
	id := l.create("audit", 90)
	full.Store(true)
	_, err := l.tryPut(id, record("a", "A", 1))
	wantCode(t, err, InsufficientStorage, "no space")
	full.Store(false)
	l.put(id, record("a", "A", 1))
	full.Store(true)
	_, err = l.tryPut(id, record("b", "B", 1))
	wantCode(t, err, Throttling, "none of these was stored")
	if got := l.query("SELECT eventid FROM audit"); !slices.Equal(got, []string{"a"}) {
		t.Errorf("while the disk is full: %q", got)
	}
	full.Store(false)
	l.sealAll(id)
	l.put(id, record("b", "B", 1))
	if got := l.query("SELECT eventid FROM audit ORDER BY 1"); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("when there is room again: %q", got)
	}
}

// TestPutEventsBesideImport: the same events put and imported at the same time are there once.
func TestPutEventsBesideImport(t *testing.T) {
	l := openLake(t, func(o *Options) {
		o.Import.MemoryBytes = 1 << 20
		o.Live.SealBytes = 1 << 18
		o.Live.SealInterval = time.Millisecond
	})
	id := l.create("audit", 366)
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
	imported, live := openLake(t, nil), openLake(t, nil)
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
	rng := rand.New(rand.NewPCG(11, 11))
	rng.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
	for len(records) > 0 {
		n := min(1+rng.IntN(300), len(records))
		live.put(id, records[:n]...)
		records = records[n:]
		if len(records) < 200 {
			continue // these stay in memory
		}
		switch rng.IntN(12) {
		case 0:
			live.sealAll(id)
		case 1:
			live.reopen()
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
	for _, s := range samples.All() {
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
