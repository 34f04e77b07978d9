package live

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/ingest"
	"github.com/traillake/traillake/ingest/event"
)

// memoryLog is a Log in memory.
type memoryLog struct {
	mu      sync.Mutex
	file    int64
	open    bool
	batches []string
	files   []int64
	fail    error
}

func (l *memoryLog) Append(batch []byte) (int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fail != nil {
		return 0, l.fail
	}
	if !l.open {
		l.file++
		l.open = true
	}
	l.batches, l.files = append(l.batches, string(batch)), append(l.files, l.file)
	return l.file, nil
}

func (l *memoryLog) Rotate() (int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open = false
	return l.file, nil
}

func newTestBuffer(maxBytes int64) (*Buffer, *memoryLog) {
	b, log := NewBuffer(event.CloudTrail, maxBytes), &memoryLog{}
	b.Open(log)
	return b, log
}

var epoch = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// record is an event of a number; its day depends on the number.
func record(n int) string {
	at := epoch.AddDate(0, 0, n%3).Add(time.Duration(n) * time.Second)
	return fmt.Sprintf(`{"eventTime":%q,"eventID":"e%d","eventName":"N%d"}`, at.Format(time.RFC3339), n, n)
}

func nothing(context.Context, int32, []uint64) ([]ingest.Hit, error) { return nil, nil }

func put(t *testing.T, b *Buffer, records ...string) []Result {
	t.Helper()
	p := Put{Cutoff: math.MinInt64, Now: epoch, Lookup: nothing}
	for i, r := range records {
		p.Events = append(p.Events, Event{JSON: []byte(r), Source: event.Source{Object: "test", Record: int64(i)}})
	}
	results, err := b.Put(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return results
}

// ids are the ids in a buffer, sorted, and checks what is told of parts.
func ids(t *testing.T, b *Buffer, sealed int64) []string {
	t.Helper()
	view, err := b.View(sealed)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, g := range view {
		for _, p := range g.Parts {
			rows, nulls, low, high := int64(0), int64(0), int64(math.MaxInt64), int64(math.MinInt64)
			for i, r := range p.Records {
				times := r.Column(r.Schema().FieldIndices("eventtime")[0]).(*array.Timestamp)
				column := r.Column(r.Schema().FieldIndices("eventid")[0]).(*array.String)
				if len(p.Prints[i]) != column.Len() {
					t.Errorf("%d fingerprints of %d rows", len(p.Prints[i]), column.Len())
				}
				for j := range column.Len() {
					out = append(out, column.Value(j))
					rows++
					if times.IsNull(j) {
						nulls++
						continue
					}
					low, high = min(low, int64(times.Value(j))), max(high, int64(times.Value(j)))
				}
			}
			if p.Rows != rows || p.NullTimes != nulls || rows > nulls && (p.MinTime != low || p.MaxTime != high) {
				t.Errorf("part of day %d says %d rows, %d without a time, %d to %d; it has %d, %d, %d to %d",
					p.Day, p.Rows, p.NullTimes, p.MinTime, p.MaxTime, rows, nulls, low, high)
			}
		}
		g.Release()
	}
	slices.Sort(out)
	return out
}

func TestResults(t *testing.T) {
	b, log := newTestBuffer(1 << 30)
	put(t, b, record(1))
	cutoff := epoch.Add(-time.Hour)
	stored := record(7)
	_, identity, _, err := event.CloudTrail.Identity([]byte(stored))
	if err != nil {
		t.Fatal(err)
	}
	records := []string{
		record(1), record(2), record(2), stored, `{"eventID":"no time"}`, `{"eventTime":"2026-03-01T12:00:00Z","eventName":"no id"}`,
		`{"eventTime":"2026-03-01T12:00:00Z","eventName":"no id"}`, `{"eventTime":"2026-03-01T10:00:00Z","eventID":"old"}`, `[1]`, `{"a":`,
	}
	p := Put{Cutoff: cutoff.UnixMicro(), Now: epoch, Lookup: func(_ context.Context, _ int32, prints []uint64) ([]ingest.Hit, error) {
		var hits []ingest.Hit
		for i, f := range prints {
			if f == event.Fingerprint(identity) {
				hits = append(hits, ingest.Hit{Index: i, Identity: identity})
			}
		}
		return hits, nil
	}}
	for _, r := range records {
		p.Events = append(p.Events, Event{JSON: []byte(r)})
	}
	results, err := b.Put(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	want := []Status{Duplicate, Stored, Duplicate, Duplicate, Stored, Stored, Stored, Outside, Invalid, Invalid}
	for i, r := range results {
		if r.Status != want[i] || (r.Err != nil) != (r.Status == Invalid) {
			t.Errorf("%s: %v %v, want %v", records[i], r.Status, r.Err, want[i])
		}
	}
	if got := ids(t, b, 0); !slices.Equal(got, []string{"", "", "e1", "e2", "no time"}) {
		t.Errorf("the buffer has %q", got)
	}
	// What the log holds makes the same rows again.
	again := NewBuffer(event.CloudTrail, 1<<30)
	for i, batch := range log.batches {
		if err := again.Replay(log.files[i], []byte(batch)); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := text(t, again), text(t, b); got != want {
		t.Errorf("replayed\n%s\nwant\n%s", got, want)
	}
	if err := again.Replay(9, []byte(log.batches[1])[:20]); err == nil {
		t.Error("a batch that ends early was replayed")
	}
}

// text is all of a buffer's rows.
func text(t *testing.T, b *Buffer) string {
	t.Helper()
	view, err := b.View(0)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, g := range view {
		for _, p := range g.Parts {
			for _, r := range p.Records {
				raw, err := r.MarshalJSON()
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&out, "%d/%d %s\n", g.File, p.Day, raw)
			}
		}
		g.Release()
	}
	return out.String()
}

// TestGenerations: a view leaves out what the snapshot has, and rows stay until
// they are dropped.
func TestGenerations(t *testing.T) {
	b, _ := newTestBuffer(1 << 30)
	put(t, b, record(1))
	g, err := b.Seal()
	if err != nil || g.File != 1 {
		t.Fatalf("sealed %+v, %v", g, err)
	}
	defer g.Release()
	put(t, b, record(2))
	if got := ids(t, b, 0); !slices.Equal(got, []string{"e1", "e2"}) {
		t.Errorf("before the commit: %q", got)
	}
	if got := ids(t, b, 1); !slices.Equal(got, []string{"e2"}) {
		t.Errorf("of a snapshot that has file 1: %q", got)
	}
	if r := put(t, b, record(1)); r[0].Status != Duplicate {
		t.Errorf("an event that is being sealed: %v", r[0].Status)
	}
	b.Drop(1)
	if got := ids(t, b, 0); !slices.Equal(got, []string{"e2"}) {
		t.Errorf("after the drop: %q", got)
	}
	next, err := b.Seal()
	if err != nil || next.File != 2 {
		t.Fatalf("sealed %+v, %v", next, err)
	}
	next.Release()
	b.Drop(2)
	if g, err := b.Seal(); g != nil || err != nil {
		t.Errorf("sealed %v, %v of an empty buffer", g, err)
	}
	if bytes, oldest := b.State(); bytes != 0 || !oldest.IsZero() {
		t.Errorf("an empty buffer has %d bytes since %v", bytes, oldest)
	}
}

// TestConcurrent puts the same events from several goroutines beside an import
// and a sealer that moves generations into a store: each is there once.
func TestConcurrent(t *testing.T) {
	const events, putters = 300, 6
	b, _ := newTestBuffer(1 << 30)
	var mu sync.Mutex // of stored
	stored := map[uint64][32]byte{}
	count := map[string]int{}
	add := func(g *Generation) {
		mu.Lock()
		defer mu.Unlock()
		for _, p := range g.Parts {
			for _, r := range p.Records {
				column := r.Column(r.Schema().FieldIndices("eventjson")[0]).(*array.String)
				for i := range column.Len() {
					id, identity, _, err := event.CloudTrail.Identity([]byte(column.Value(i)))
					if err != nil {
						t.Error(err)
					}
					stored[event.Fingerprint(identity)] = identity
					count[id]++
				}
			}
		}
	}
	lookup := func(_ context.Context, _ int32, prints []uint64) ([]ingest.Hit, error) {
		mu.Lock()
		defer mu.Unlock()
		var hits []ingest.Hit
		for i, f := range prints {
			if identity, ok := stored[f]; ok {
				hits = append(hits, ingest.Hit{Index: i, Identity: identity})
			}
		}
		return hits, nil
	}
	seal := func() {
		g, err := b.Seal()
		if err != nil {
			t.Error(err)
		}
		if g == nil {
			return
		}
		add(g)
		b.Drop(g.File)
		g.Release()
	}
	var wg sync.WaitGroup
	for w := range putters {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(1, uint64(w)))
			for range 60 {
				p := Put{Cutoff: math.MinInt64, Now: epoch, Lookup: lookup}
				for range 10 {
					p.Events = append(p.Events, Event{JSON: []byte(record(rng.IntN(events)))})
				}
				if _, err := b.Put(context.Background(), p); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Go(func() { // an import: it looks up, and commits later
		rng := rand.New(rand.NewPCG(2, 2))
		hold := b.Hold()
		defer hold.Free()
		for range 20 {
			batch := map[string]uint64{}
			for range 30 {
				n := rng.IntN(events)
				id, identity, _, _ := event.CloudTrail.Identity([]byte(record(n)))
				print := event.Fingerprint(identity)
				live, err := hold.Find(context.Background(), []uint64{print})
				if err != nil {
					t.Error(err)
				}
				there, _ := lookup(context.Background(), 0, []uint64{print})
				if len(live)+len(there) == 0 {
					batch[id] = print
				}
			}
			mu.Lock()
			for id, print := range batch {
				stored[print] = identityOf(id)
				count[id]++
			}
			mu.Unlock()
			hold.Free()
		}
	})
	stop := make(chan struct{})
	var sealer sync.WaitGroup
	sealer.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				seal()
			}
		}
	})
	wg.Wait()
	close(stop)
	sealer.Wait()
	for {
		if bytes, _ := b.State(); bytes == 0 {
			break
		}
		seal()
	}
	if len(count) < events*9/10 {
		t.Errorf("only %d events came", len(count))
	}
	for id, n := range count {
		if n != 1 {
			t.Errorf("event %s is there %d times", id, n)
		}
	}
}

func identityOf(id string) [32]byte {
	var n int
	if _, err := fmt.Sscanf(id, "e%d", &n); err != nil {
		panic(err)
	}
	_, identity, _, _ := event.CloudTrail.Identity([]byte(record(n)))
	return identity
}

// TestFull: a full buffer makes puts wait until rows are dropped.
func TestFull(t *testing.T) {
	b, _ := newTestBuffer(1)
	put(t, b, record(1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := Put{Events: []Event{{JSON: []byte(record(2))}}, Cutoff: math.MinInt64, Now: epoch, Lookup: nothing}
	if _, err := b.Put(ctx, p); !errors.Is(err, ErrBusy) {
		t.Errorf("put into a full buffer: %v", err)
	}
	done := make(chan error)
	go func() {
		_, err := b.Put(t.Context(), p)
		done <- err
	}()
	g, err := b.Seal()
	if err != nil {
		t.Fatal(err)
	}
	g.Release()
	b.Drop(g.File)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestLogFails: what the log refuses is not there, and can come again.
func TestLogFails(t *testing.T) {
	b, log := newTestBuffer(1 << 30)
	log.fail = errors.New("disk full")
	p := Put{Events: []Event{{JSON: []byte(record(1))}}, Cutoff: math.MinInt64, Now: epoch, Lookup: nothing}
	if _, err := b.Put(t.Context(), p); !errors.Is(err, log.fail) {
		t.Errorf("put with a log that fails: %v", err)
	}
	if got := ids(t, b, 0); len(got) > 0 {
		t.Errorf("the buffer has %q", got)
	}
	log.fail = nil
	if r := put(t, b, record(1)); r[0].Status != Stored {
		t.Errorf("the same event again: %v", r[0].Status)
	}
}

// TestGather: rows keep their order and number however small the requests are.
func TestGather(t *testing.T) {
	b, _ := newTestBuffer(1 << 30)
	rng := rand.New(rand.NewPCG(3, 3))
	n := 0
	for n < 400 {
		var records []string
		for range 1 + rng.IntN(3) {
			records = append(records, record(3*n))
			n++
		}
		put(t, b, records...)
		if rng.IntN(4) > 0 {
			continue
		}
		view, err := b.View(0)
		if err != nil {
			t.Fatal(err)
		}
		at := 0
		if len(view[0].Parts[0].Records) > 12 {
			t.Errorf("%d rows are in %d records", n, len(view[0].Parts[0].Records))
		}
		for _, r := range view[0].Parts[0].Records {
			column := r.Column(r.Schema().FieldIndices("eventid")[0]).(*array.String)
			for i := range column.Len() {
				if want := fmt.Sprintf("e%d", 3*at); column.Value(i) != want {
					t.Fatalf("row %d is %s, want %s", at, column.Value(i), want)
				}
				at++
			}
		}
		if at != n {
			t.Fatalf("%d rows, want %d", at, n)
		}
		view[0].Release()
	}
}

func FuzzDecodeBatch(f *testing.F) {
	f.Add(encodeBatch(nil, &Put{Now: epoch, Events: []Event{{JSON: []byte(record(1)), Source: event.Source{Object: "o", Record: 3}}}}, make([]Result, 1)))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := decodeBatch(b)
		if err != nil {
			return
		}
		again, err := decodeBatch(encodeBatch(nil, &p, make([]Result, len(p.Events))))
		if err != nil || len(again.Events) != len(p.Events) || !again.Now.Equal(p.Now) {
			t.Errorf("%x is read as %+v, which is written and read as %+v: %v", b, p, again, err)
		}
	})
}
