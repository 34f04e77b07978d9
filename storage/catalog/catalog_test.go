package catalog

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/traillake/traillake/storage/vfs"
)

const storeLog = "6f1c6a5e-0000-4000-8000-000000000001"

// testOptions are options of a lake at /lake with a fixed clock and key.
func testOptions(fsys vfs.FS) Options {
	now := time.Date(2024, 5, 6, 7, 8, 9, 123456789, time.UTC)
	return Options{
		Dir: "/lake", FS: fsys,
		Now:  func() time.Time { now = now.Add(time.Second); return now },
		Rand: rand.NewChaCha8([32]byte{1}),
	}
}

func mustOpen(t *testing.T, opts Options) *Catalog {
	t.Helper()
	c, err := Open(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mustClose(t, c) })
	return c
}

func mustClose(t *testing.T, c *Catalog) {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

func mustCreate(t *testing.T, c *Catalog, name string, first Commit) *Log {
	t.Helper()
	l, err := c.CreateLog(context.Background(), name, first)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func mustOpenLog(t *testing.T, c *Catalog, name string) *Log {
	t.Helper()
	l, err := c.OpenLog(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func mustCommit(t *testing.T, l *Log, c Commit) int64 {
	t.Helper()
	v, err := l.Commit(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// numberedCommit is the i-th of a series in which every kind of change occurs:
// one segment comes with each and every third removes one, documents are set,
// replaced and deleted.
func numberedCommit(i int) Commit {
	c := Commit{
		Reason:      fmt.Sprintf("change %d", i),
		Add:         []Segment{{ID: fmt.Sprintf("s%d", i), Meta: json.RawMessage(fmt.Sprintf(`{"rows":%d}`, i))}},
		Checkpoints: []Checkpoint{{Source: "bucket", Key: fmt.Sprintf("k%d", i%5), ETag: fmt.Sprintf("e%d", i), Rows: int64(i)}},
		Docs: map[string]json.RawMessage{
			"last":                     json.RawMessage(fmt.Sprint(i)),
			fmt.Sprintf("d/%d", i):     json.RawMessage(`{"on":true}`),
			fmt.Sprintf("d/%d", i-2):   nil,
			fmt.Sprintf("never/%d", i): json.RawMessage("null"),
		},
	}
	if i%3 == 2 {
		c.Remove = []string{fmt.Sprintf("s%d", i-1)}
	}
	return c
}

// contents is all that can be asked of a log.
type contents struct {
	Version     int64
	Segments    []Segment
	Docs        map[string]json.RawMessage
	Checkpoints []Checkpoint
}

func contentsOf(t *testing.T, l *Log) contents {
	t.Helper()
	var got contents
	got.Version, got.Segments = l.Segments()
	got.Docs = l.Docs("")
	for i := range 5 {
		p, ok, err := l.Checkpoint("bucket", fmt.Sprintf("k%d", i))
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			got.Checkpoints = append(got.Checkpoints, p)
		}
	}
	return got
}

// wantContents works out, apart from the code under test, what the commits
// numbered 0 to n-1 add up to.
func wantContents(n int) contents {
	want := contents{Version: int64(n), Docs: map[string]json.RawMessage{}}
	removed := map[string]bool{}
	points := map[string]Checkpoint{}
	for i := range n {
		c := numberedCommit(i)
		for _, id := range c.Remove {
			removed[id] = true
		}
		for _, p := range c.Checkpoints {
			points[p.Key] = p
		}
		want.Docs["last"] = c.Docs["last"]
		if i >= n-2 {
			want.Docs[fmt.Sprintf("d/%d", i)] = c.Docs[fmt.Sprintf("d/%d", i)]
		}
	}
	for i := range n {
		s := numberedCommit(i).Add[0]
		s.Version = int64(i + 1)
		if !removed[s.ID] {
			want.Segments = append(want.Segments, s)
		}
	}
	for i := range 5 {
		if p, ok := points[fmt.Sprintf("k%d", i)]; ok {
			want.Checkpoints = append(want.Checkpoints, p)
		}
	}
	return want
}

func checkContents(t *testing.T, l *Log, n int) {
	t.Helper()
	if diff := cmp.Diff(wantContents(n), contentsOf(t, l), cmp.Transformer("text", func(m json.RawMessage) string { return string(m) })); diff != "" {
		t.Errorf("after %d commits (-want +got):\n%s", n, diff)
	}
}

// buildLog makes a lake whose store log has n entries.
func buildLog(t *testing.T, opts Options, n int) {
	t.Helper()
	c, err := Open(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	l := mustCreate(t, c, storeLog, numberedCommit(0))
	for i := 1; i < n; i++ {
		if v := mustCommit(t, l, numberedCommit(i)); v != int64(i+1) {
			t.Fatalf("commit %d got version %d", i, v)
		}
	}
	checkContents(t, l, n)
	mustClose(t, c)
}

func TestReopen(t *testing.T) {
	for _, tc := range []struct {
		name     string
		maxBytes int64
		index    bool
	}{
		{"one file, index in memory", 0, false},
		{"a file for each entry", 1, false},
		{"some files, index on disk", 1000, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			opts := testOptions(vfs.NewMem())
			opts.MaxFileBytes = tc.maxBytes
			if tc.index {
				opts.IndexDir = t.TempDir()
			}
			buildLog(t, opts, 12)
			c := mustOpen(t, opts)
			if v := c.Lake().Version(); v != 1 {
				t.Errorf("lake version = %d, want 1", v)
			}
			l := mustOpenLog(t, c, storeLog)
			checkContents(t, l, 12)
			mustCommit(t, l, numberedCommit(12))
			checkContents(t, l, 13)
		})
	}
}

func TestReadOnly(t *testing.T) {
	fsys := vfs.NewMem()
	opts := testOptions(fsys)
	buildLog(t, opts, 3)
	opts.ReadOnly = true
	opts.KeyFile = "/none"
	c := mustOpen(t, opts)
	l := mustOpenLog(t, c, storeLog)
	checkContents(t, l, 3)
	if _, err := l.Commit(context.Background(), numberedCommit(3)); !errors.Is(err, ErrReadOnly) {
		t.Errorf("commit: %v, want ErrReadOnly", err)
	}
	if _, err := c.CreateLog(context.Background(), "x", Commit{}); !errors.Is(err, ErrReadOnly) {
		t.Errorf("create: %v, want ErrReadOnly", err)
	}
}

func TestCreateDropOpen(t *testing.T) {
	ctx := context.Background()
	opts := testOptions(vfs.NewMem())
	c := mustOpen(t, opts)
	if _, err := c.OpenLog(ctx, "a"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open of none: %v, want ErrNotExist", err)
	}
	l := mustCreate(t, c, "a", numberedCommit(0))
	if _, err := c.CreateLog(ctx, "a", Commit{}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("create again: %v, want ErrExist", err)
	}
	if again := mustOpenLog(t, c, "a"); again != l {
		t.Error("open made a second Log")
	}
	if err := c.DropLog(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Commit(ctx, numberedCommit(1)); !errors.Is(err, ErrClosed) {
		t.Errorf("commit after drop: %v, want ErrClosed", err)
	}
	if _, err := c.OpenLog(ctx, "a"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open after drop: %v, want ErrNotExist", err)
	}
	checkContents(t, mustCreate(t, c, "a", numberedCommit(0)), 1)
	if err := c.DropLog(ctx, "never"); err != nil {
		t.Errorf("drop of none: %v", err)
	}
	for _, name := range []string{"", "../x", "A", "a/b", string(bytes.Repeat([]byte("a"), 64))} {
		if _, err := c.CreateLog(ctx, name, Commit{}); err == nil {
			t.Errorf("create %q: no error", name)
		}
	}
}

func TestCommitRefused(t *testing.T) {
	c := mustOpen(t, testOptions(vfs.NewMem()))
	l := mustCreate(t, c, storeLog, numberedCommit(0))
	one := json.RawMessage("1")
	for _, tc := range []struct {
		name string
		c    Commit
	}{
		{"segment is there", Commit{Add: []Segment{{ID: "s0", Meta: one}}}},
		{"segment twice", Commit{Add: []Segment{{ID: "x", Meta: one}, {ID: "x", Meta: one}}}},
		{"segment without id", Commit{Add: []Segment{{Meta: one}}}},
		{"meta is no JSON", Commit{Add: []Segment{{ID: "x", Meta: json.RawMessage("{")}}}},
		{"no meta", Commit{Add: []Segment{{ID: "x"}}}},
		{"removed is not there", Commit{Remove: []string{"x"}}},
		{"removed twice", Commit{Remove: []string{"s0", "s0"}}},
		{"document is no JSON", Commit{Docs: map[string]json.RawMessage{"d": json.RawMessage("x")}}},
		{"document without key", Commit{Docs: map[string]json.RawMessage{"": one}}},
		{"document too large", Commit{Docs: map[string]json.RawMessage{"d": bytes.Repeat([]byte("1"), MaxValueBytes+1)}}},
		{"key is not UTF-8", Commit{Checkpoints: []Checkpoint{{Source: "b", Key: "\xff"}}}},
		{"checkpoint of nothing", Commit{Checkpoints: []Checkpoint{{}}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if v, err := l.Commit(context.Background(), tc.c); err == nil || errors.Is(err, ErrInDoubt) {
				t.Errorf("version %d, error %v", v, err)
			}
		})
	}
	checkContents(t, l, 1)
}

func TestWalk(t *testing.T) {
	fsys := vfs.NewMem()
	opts := testOptions(fsys)
	opts.MaxFileBytes = 1000
	buildLog(t, opts, 6)
	var versions []int64
	var docs int
	sum, err := Walk(context.Background(), fsys, LogDir("/lake", storeLog), WalkOptions{Name: storeLog}, func(e Entry, p Place) error {
		versions = append(versions, e.Version)
		docs += len(e.Docs)
		if want := e.Time.Truncate(time.Microsecond); !e.Time.Equal(want) || e.Time.Location() != time.UTC {
			t.Errorf("time %v", e.Time)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int64{1, 2, 3, 4, 5, 6}, versions); diff != "" {
		t.Error(diff)
	}
	if docs != 24 || sum.Version != 6 || sum.Acknowledged != 6 || sum.TornBytes != 0 || sum.Files < 2 {
		t.Errorf("docs %d, summary %+v", docs, sum)
	}
	if _, err := Walk(context.Background(), fsys, "/lake/none", WalkOptions{}, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("walk of nothing: %v", err)
	}
	if _, err := Walk(context.Background(), fsys, filepath.Dir(LogDir("/lake", storeLog)), WalkOptions{}, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("walk of a folder without log: %v", err)
	}
}
