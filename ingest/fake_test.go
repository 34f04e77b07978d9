package ingest

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/md5"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/ingest/event"
)

// bucket is a Source in memory.
type bucket struct {
	objects map[string][]byte
	etags   bool // whether objects have ETags
	broken  map[string]error
	listErr error

	mu   sync.Mutex
	gets map[string]int
}

func newBucket() *bucket {
	return &bucket{objects: map[string][]byte{}, etags: true, broken: map[string]error{}, gets: map[string]int{}}
}

func (b *bucket) List(_ context.Context, prefix string, fn func(Object) error) error {
	keys := make([]string, 0, len(b.objects))
	for k := range b.objects {
		if strings.HasPrefix(k, prefix) {
			keys = append(keys, k)
		}
	}
	sort.Sort(sort.Reverse(sort.StringSlice(keys))) // no order is promised
	for _, k := range keys {
		o := Object{Key: k, Size: int64(len(b.objects[k]))}
		if b.etags {
			o.ETag = fmt.Sprintf("%x", md5.Sum(b.objects[k]))
		}
		if err := fn(o); err != nil {
			return err
		}
	}
	return b.listErr
}

func (b *bucket) Get(_ context.Context, key string) (io.ReadCloser, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.gets[key]++
	if err := b.broken[key]; err != nil {
		return nil, err
	}
	data, ok := b.objects[key]
	if !ok {
		return nil, fmt.Errorf("get %s: %w", key, fs.ErrNotExist)
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

func (b *bucket) total() (n int) {
	for _, c := range b.gets {
		n += c
	}
	return n
}

// put stores records as an object of the layout and returns its key.
func (b *bucket) put(account, at, name string, records ...string) string {
	t, err := time.Parse("2006-01-02T15:04", at)
	if err != nil {
		panic(err)
	}
	key := fmt.Sprintf("AWSLogs/%s/CloudTrail/us-east-1/%s/%s_CloudTrail_us-east-1_%s_%s.json.gz",
		account, t.Format("2006/01/02"), account, t.Format("20060102T1504Z"), name)
	b.objects[key] = pack(`{"Records":[` + strings.Join(records, ",") + `]}`)
	return key
}

func pack(text string) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	io.WriteString(w, text)
	w.Close()
	return out.Bytes()
}

// storedRow is a row of the store, as far as the tests look.
type storedRow struct {
	day    int32
	object string
	record int64
	json   string
	name   string
	print  uint64
}

// store is a Sink in memory. It forgets nothing but what no Write brought.
type store struct {
	mu    sync.Mutex
	fresh []storedRow // of the batch being made
	rows  []storedRow
	seen  map[string]int64
	fails []Failure
	quar  []Quarantined
	sizes []int // rows per commit
	done  []ObjectDone
	last  Stats

	onAppend  func(commit int) error // when rows are taken that are to be in it
	onWrite   func(commit int) error // before the commit
	afterDone func(commit int)       // after it
	onLookup  func() error
	wrongHits bool // every row of the day answers every lookup
}

func newStore() *store { return &store{seen: map[string]int64{}} }

func (s *store) Seen(key, etag string) (int64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	cutoff, ok := s.seen[key+" "+etag]
	return cutoff, ok
}

func (s *store) Lookup(_ context.Context, day int32, prints []uint64) ([]Hit, error) {
	if s.onLookup != nil {
		if err := s.onLookup(); err != nil {
			return nil, err
		}
	}
	var hits []Hit
	for i, p := range prints {
		if p == 0 {
			return nil, errors.New("lookup of no identity")
		}
		for _, r := range s.rows {
			if r.day == day && (r.print == p || s.wrongHits) {
				_, identity, ok, err := event.CloudTrail.Identity([]byte(r.json))
				if err != nil {
					return nil, err
				}
				if !ok {
					identity = event.Source{Object: r.object, Record: r.record}.Identity(r.json)
				}
				hits = append(hits, Hit{Index: i, Identity: identity})
			}
		}
	}
	return hits, nil
}

func (s *store) Append(_ context.Context, in Rows) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if int(in.Record.NumRows()) != len(in.Fingerprints) || in.Record.NumRows() == 0 {
		return fmt.Errorf("%d rows, %d fingerprints", in.Record.NumRows(), len(in.Fingerprints))
	}
	if s.onAppend != nil {
		if err := s.onAppend(len(s.sizes) + 1); err != nil {
			return err
		}
	}
	s.fresh = append(s.fresh, rows(in.Record, in.Day, in.Fingerprints)...)
	return nil
}

func (s *store) Write(_ context.Context, b *Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	commit := len(s.sizes) + 1
	if s.onWrite != nil {
		if err := s.onWrite(commit); err != nil {
			return err
		}
	}
	n := len(s.fresh)
	s.rows, s.fresh = append(s.rows, s.fresh...), nil
	for _, o := range b.Objects {
		s.seen[o.Key+" "+o.ETag] = b.Cutoff
	}
	s.sizes = append(s.sizes, n)
	s.fails = append(s.fails, b.Failures...)
	s.quar = append(s.quar, b.Quarantined...)
	s.done = append(s.done, b.Objects...)
	s.last = b.Stats
	if s.afterDone != nil {
		s.afterDone(commit)
	}
	return nil
}

func rows(rec arrow.Record, day int32, prints []uint64) []storedRow {
	column := func(name string) arrow.Array { return rec.Column(rec.Schema().FieldIndices(name)[0]) }
	source := column(event.SourceColumn).(*array.Struct)
	var out []storedRow
	for i := range int(rec.NumRows()) {
		out = append(out, storedRow{
			day:    day,
			object: source.Field(0).(*array.String).Value(i),
			record: source.Field(1).(*array.Int64).Value(i),
			json:   column("eventjson").(*array.String).Value(i),
			name:   column("eventname").(*array.String).Value(i),
			print:  prints[i],
		})
	}
	return out
}

// names lists the event names of the rows, sorted.
func (s *store) names() string {
	var out []string
	for _, r := range s.rows {
		out = append(out, r.name)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// record writes a record with an id and a name.
func record(id, name, at string) string {
	return fmt.Sprintf(`{"eventVersion":"1.11","eventTime":"%s","eventName":"%s","eventID":"%s"}`, at, name, id)
}

func mustImport(t *testing.T, src Source, sink Sink, o Options) Stats {
	t.Helper()
	if o.Cutoff == 0 {
		o.Cutoff = math.MinInt64
	}
	o.Strict = true
	if o.Now == nil {
		o.Now = func() time.Time { return time.Unix(1_800_000_000, 0) }
	}
	s, err := Import(context.Background(), src, sink, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
