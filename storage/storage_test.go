package storage

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/storage/segment"
	"github.com/traillake/traillake/storage/vfs"
)

var seedFlag = flag.Uint64("seed", 1, "seed of the random tests")

const storeID = "11111111-2222-3333-4444-555555555555"

var testSchema = arrow.NewSchema([]arrow.Field{
	{Name: "time", Type: &arrow.TimestampType{Unit: arrow.Microsecond}, Nullable: true},
	{Name: "id", Type: arrow.BinaryTypes.String, Nullable: true},
	{Name: "kind", Type: arrow.BinaryTypes.String, Nullable: true},
	{Name: "body", Type: arrow.BinaryTypes.String, Nullable: true},
	{Name: "commit", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
}, nil)

var testLayout = segment.Layout{
	Schema: testSchema, TimeColumn: "time", IDColumn: "id", PayloadColumn: "body", CommitColumn: "commit",
	SortColumns: []string{"kind", "time"}, BloomColumns: []string{"id"}, Family: "test", SchemaVersion: 1,
}

// testNow is when everything happens.
var testNow = time.Date(2024, 5, 10, 12, 0, 0, 0, time.UTC)

func testOptions(fsys vfs.FS) Options {
	return Options{Dir: "/data", FS: fsys, Now: func() time.Time { return testNow }, Rand: rand.NewChaCha8([32]byte{1})}
}

func mustOpen(t testing.TB, opts Options) *Lake {
	t.Helper()
	l, err := Open(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// testRows makes rows of a day: row i of batch has the id "batch-i".
func testRows(day int32, batch string, n int) (arrow.Record, []uint64) {
	b := array.NewRecordBuilder(memory.DefaultAllocator, testSchema)
	defer b.Release()
	prints := make([]uint64, n)
	for i := range n {
		if day == segment.NoDay {
			b.Field(0).AppendNull()
		} else {
			b.Field(0).(*array.TimestampBuilder).Append(arrow.Timestamp(int64(day)*86400e6 + int64(i)))
		}
		id := fmt.Sprintf("%s-%d", batch, i)
		b.Field(1).(*array.StringBuilder).Append(id)
		b.Field(2).(*array.StringBuilder).Append(fmt.Sprintf("kind%d", i%3))
		b.Field(3).(*array.StringBuilder).Append(`{"id":"` + id + `"}`)
		b.Field(4).AppendNull()
		prints[i] = printOf(id)
	}
	return b.NewRecord(), prints
}

func printOf(id string) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range []byte(id) {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h | 1
}

// sealRows seals a segment of rows.
func sealRows(s *Store, day int32, batch string, n int) (segment.Meta, error) {
	rec, prints := testRows(day, batch, n)
	defer rec.Release()
	w := s.NewSegment(day)
	if err := w.Append(rec, prints); err != nil {
		w.Abort()
		return segment.Meta{}, err
	}
	return w.Seal(context.Background())
}

func addRows(s *Store, day int32, batch string, n int) (segment.Meta, error) {
	m, err := sealRows(s, day, batch, n)
	if err != nil {
		return m, err
	}
	_, err = s.Commit(context.Background(), Commit{Reason: "add " + batch, Add: []segment.Meta{m},
		Checkpoints: []Checkpoint{{Source: "bucket", Key: batch, ETag: "e", Rows: int64(n)}}})
	return m, err
}

func mustAdd(t testing.TB, s *Store, day int32, batch string, n int) segment.Meta {
	t.Helper()
	m, err := addRows(s, day, batch, n)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// ids reads the ids of all rows of a snapshot, in order.
func ids(t testing.TB, sn *Snapshot) []string {
	t.Helper()
	out := []string{}
	for _, m := range sn.Segments() {
		r, err := sn.Open(context.Background(), m.ID)
		if err != nil {
			t.Fatal(err)
		}
		for g := range r.NumRowGroups() {
			b, err := r.Read(context.Background(), segment.ReadRequest{RowGroup: g, Columns: []segment.Column{{Path: []string{"id"}}}})
			if err != nil {
				t.Fatal(err)
			}
			for {
				rec, err := b.Next()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				for i := range int(rec.NumRows()) {
					out = append(out, rec.Column(0).(*array.String).Value(i))
				}
				rec.Release()
			}
			b.Close()
		}
	}
	slices.Sort(out)
	return out
}

func storeIDs(t testing.TB, s *Store) []string {
	t.Helper()
	sn := s.Snapshot()
	defer sn.Release()
	return ids(t, sn)
}

func batchIDs(batches map[string]int) []string {
	out := []string{}
	for batch, n := range batches {
		for i := range n {
			out = append(out, fmt.Sprintf("%s-%d", batch, i))
		}
	}
	slices.Sort(out)
	return out
}

func mustCreate(t testing.TB, l *Lake) *Store {
	t.Helper()
	s, err := l.CreateStore(context.Background(), storeID, testLayout, map[string]json.RawMessage{"settings": json.RawMessage(`{"a":1}`)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mustOpenStore(t testing.TB, l *Lake) *Store {
	t.Helper()
	s, err := l.OpenStore(storeID, testLayout)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// segmentFiles lists the files below the store's segments folder.
func segmentFiles(t testing.TB, fsys vfs.FS, dir string) []string {
	t.Helper()
	var out []string
	var walk func(string)
	walk = func(d string) {
		entries, err := fsys.ReadDir(d)
		if errors.Is(err, os.ErrNotExist) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if p := filepath.Join(d, e.Name()); e.IsDir() {
				walk(p)
			} else {
				out = append(out, p)
			}
		}
	}
	walk(filepath.Join(dir, "stores", storeID, "segments"))
	return out
}

// verify returns the findings as lines.
func verify(t testing.TB, opts VerifyOptions) (findings, notes []string) {
	t.Helper()
	sum, err := Verify(context.Background(), opts, func(f Finding) {
		if f.Note {
			notes = append(notes, f.String())
		} else {
			findings = append(findings, f.String())
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if int(sum.Findings) != len(findings) || int(sum.Notes) != len(notes) {
		t.Errorf("summary says %d findings and %d notes, reported were %d and %d", sum.Findings, sum.Notes, len(findings), len(notes))
	}
	return findings, notes
}

// TestLifeOfALake goes once through everything on the operating system's files.
func TestLifeOfALake(t *testing.T) {
	ctx := context.Background()
	opts := testOptions(nil)
	opts.Dir = filepath.Join(t.TempDir(), "lake")
	l := mustOpen(t, opts)
	if _, err := Open(ctx, opts); !errors.Is(err, ErrLocked) {
		t.Errorf("second open: %v, want ErrLocked", err)
	}
	s := mustCreate(t, l)
	if _, err := l.CreateStore(ctx, storeID, testLayout, nil); !errors.Is(err, os.ErrExist) {
		t.Errorf("second create: %v, want ErrExist", err)
	}
	a := mustAdd(t, s, 100, "a", 1000)
	mustAdd(t, s, 101, "b", 10)
	if a.Rows != 1000 || a.MinTime != 100*86400e6 || a.MaxTime != 100*86400e6+999 || a.NullTimes != 0 || a.Columns["kind"].Set == nil {
		t.Errorf("meta of a is %+v", a)
	}
	if v := s.Version(); v != 3 {
		t.Errorf("version is %d, want 3", v)
	}
	if c, ok := s.Checkpoint("bucket", "a"); !ok || c.Rows != 1000 {
		t.Errorf("checkpoint of a is %+v, %v", c, ok)
	}
	if _, err := l.PutDocs(ctx, "principals", map[string]json.RawMessage{"principal/x": json.RawMessage(`1`)}); err != nil {
		t.Error(err)
	}
	refs, err := s.FindFingerprints(ctx, nil, 100, []uint64{printOf("a-7"), printOf("b-3"), 12345, printOf("a-999")})
	if err != nil || len(refs) != 2 {
		t.Fatalf("found %v, %v, want two rows", refs, err)
	}
	sn := s.Snapshot()
	r, err := sn.Open(ctx, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	rec, err := r.ReadRows(ctx, nil, []segment.Column{{Path: []string{"id"}}}, []int64{refs[0].Row, refs[1].Row})
	if err != nil {
		t.Fatal(err)
	}
	for i := range refs {
		if id := rec.Column(0).(*array.String).Value(i); printOf(id) != refs[i].Fingerprint {
			t.Errorf("row %d has id %s, not the one looked for", refs[i].Row, id)
		}
	}
	rec.Release()
	sn.Release()
	if f, n := verify(t, VerifyOptions{Dir: opts.Dir}); len(f)+len(n) > 0 {
		t.Errorf("verify beside the lake: %q, notes %q", f, n)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(opts.Dir, "index")); err != nil {
		t.Fatal(err)
	}
	if err := Recover(ctx, opts); err != nil {
		t.Fatal(err)
	}
	l = mustOpen(t, opts)
	s = mustOpenStore(t, l)
	if got, want := storeIDs(t, s), batchIDs(map[string]int{"a": 1000, "b": 10}); !slices.Equal(got, want) {
		t.Errorf("after reopening %d rows, want %d", len(got), len(want))
	}
	if doc, ok := s.Doc("settings"); !ok || string(doc) != `{"a":1}` {
		t.Errorf("settings are %s, %v", doc, ok)
	}
	if docs := l.Docs(""); len(docs) != 1 {
		t.Errorf("lake documents are %v, want the principal only", docs)
	}
	for _, name := range []string{a.Key, a.FingerprintKey, "log"} {
		var out strings.Builder
		if err := Inspect(ctx, vfs.OS(), filepath.Join(opts.Dir, "stores", storeID, name), &out); err != nil || out.Len() == 0 {
			t.Errorf("inspect %s: %v, %d bytes", name, err, out.Len())
		}
	}
	if err := l.DropStore(ctx, storeID); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(opts.Dir, "stores", storeID)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the dropped store's folder: %v, want none", err)
	}
	if _, err := addRows(s, 100, "c", 1); !errors.Is(err, ErrClosed) {
		t.Errorf("segment of a dropped store: %v, want ErrClosed", err)
	}
}

// TestSnapshots: a snapshot sees its version only, and keeps its files.
func TestSnapshots(t *testing.T) {
	ctx := context.Background()
	fsys := vfs.NewMem()
	l := mustOpen(t, testOptions(fsys))
	s := mustCreate(t, l)
	a := mustAdd(t, s, 100, "a", 50)
	old := s.Snapshot()
	mustAdd(t, s, 100, "b", 5)
	if _, err := s.Commit(ctx, Commit{Reason: "remove", Remove: []string{a.ID}}); err != nil {
		t.Fatal(err)
	}
	if got := storeIDs(t, s); !slices.Equal(got, batchIDs(map[string]int{"b": 5})) {
		t.Errorf("newest version has %v", got)
	}
	if got := ids(t, old); !slices.Equal(got, batchIDs(map[string]int{"a": 50})) {
		t.Errorf("old version has %v", got)
	}
	if n := len(segmentFiles(t, fsys, "/data")); n != 4 {
		t.Errorf("%d files while a snapshot needs them, want 4", n)
	}
	old.Release()
	old.Release()
	if n := len(segmentFiles(t, fsys, "/data")); n != 2 {
		t.Errorf("%d files after the release, want 2", n)
	}
	if _, err := old.Open(ctx, a.ID); !errors.Is(err, ErrClosed) {
		t.Errorf("open after the release: %v, want ErrClosed", err)
	}
	if _, err := s.Commit(ctx, Commit{Reason: "again", Remove: []string{a.ID}}); err == nil {
		t.Error("a segment was removed twice")
	}
	last := s.Snapshot()
	if err := l.DropStore(ctx, storeID); err != nil {
		t.Fatal(err)
	}
	if got := ids(t, last); len(got) != 5 {
		t.Errorf("snapshot of a dropped store has %v", got)
	}
	last.Release()
	if n := len(segmentFiles(t, fsys, "/data")); n != 0 {
		t.Errorf("%d files of a dropped store, want none", n)
	}
}

// TestExpire drops exactly the segments whose rows are all outside.
func TestExpire(t *testing.T) {
	ctx := context.Background()
	fsys := vfs.NewMem()
	l := mustOpen(t, testOptions(fsys))
	s := mustCreate(t, l)
	for _, day := range []int32{10, 11, 12, segment.NoDay} {
		mustAdd(t, s, day, fmt.Sprintf("d%d", day), 20)
	}
	steps := []struct {
		cutoff, ingest int64
		dropped, left  int
	}{
		{10 * 86400e6, 0, 0, 80},
		{10*86400e6 + 19, 0, 0, 80}, // the last row is at the cut-off: it stays
		{10*86400e6 + 20, 0, 1, 60},
		{12 * 86400e6, testNow.UnixMicro(), 1, 40},
		{12 * 86400e6, testNow.UnixMicro() + 1, 1, 20},
	}
	for _, step := range steps {
		n, err := s.Expire(ctx, step.cutoff, step.ingest)
		if err != nil || n != step.dropped {
			t.Errorf("expire before %d: dropped %d, %v, want %d", step.cutoff, n, err, step.dropped)
		}
		if got := len(storeIDs(t, s)); got != step.left {
			t.Errorf("after expire before %d: %d rows, want %d", step.cutoff, got, step.left)
		}
	}
	if n := len(segmentFiles(t, fsys, "/data")); n != 2 {
		t.Errorf("%d files, want 2", n)
	}
}
