package storage

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/traillake/traillake/storage/vfs"
)

// lyingFS stores something else than it was given: the last byte of every write
// to an object is changed.
type lyingFS struct{ vfs.FS }

type lyingFile struct{ vfs.File }

func (l lyingFS) OpenFile(name string, flag int, perm fs.FileMode) (vfs.File, error) {
	f, err := l.FS.OpenFile(name, flag, perm)
	if err != nil || !strings.Contains(name, ".traillake-tmp") {
		return f, err
	}
	return lyingFile{f}, nil
}

func (l lyingFile) Write(p []byte) (int, error) {
	b := append([]byte(nil), p...)
	b[len(b)-1] ^= 1
	return l.File.Write(b)
}

// TestSealFindsBadStorage: what is not stored as written is not sealed, and nothing is left of it.
func TestSealFindsBadStorage(t *testing.T) {
	fsys := vfs.NewMem()
	l := mustOpen(t, testOptions(lyingFS{fsys}))
	s := mustCreate(t, l)
	if _, err := sealRows(s, 10, "a", 50); !errors.Is(err, ErrCorrupt) {
		t.Errorf("seal: %v, want ErrCorrupt", err)
	}
	if files := segmentFiles(t, fsys, "/data"); len(files) > 0 {
		t.Errorf("left behind: %q", files)
	}
}

// TestSealStops: a cancelled context and a closed lake end sealing.
func TestSealStops(t *testing.T) {
	fsys := vfs.NewMem()
	l := mustOpen(t, testOptions(fsys))
	s := mustCreate(t, l)
	rec, prints := testRows(10, "a", 50)
	defer rec.Release()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	w := s.NewSegment(10)
	if err := w.Append(rec, prints); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Seal(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("seal with a cancelled context: %v", err)
	}
	if files := segmentFiles(t, fsys, "/data"); len(files) > 0 {
		t.Errorf("left behind: %q", files)
	}
	w = s.NewSegment(10)
	if err := w.Append(rec, prints); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Seal(context.Background()); err == nil {
		t.Error("sealed after Close")
	}
	if err := s.NewSegment(10).Append(rec, prints); !errors.Is(err, ErrClosed) {
		t.Errorf("append after Close: %v, want ErrClosed", err)
	}
}

// TestReaderCache: more files than the cache keeps, and files in use stay open.
func TestReaderCache(t *testing.T) {
	ctx := context.Background()
	opts := testOptions(vfs.NewMem())
	opts.OpenReaders = 2
	l := mustOpen(t, opts)
	s := mustCreate(t, l)
	for i := range int32(5) {
		mustAdd(t, s, i, string(rune('a'+i)), 10)
	}
	sn := s.Snapshot()
	if got := len(ids(t, sn)); got != 50 {
		t.Errorf("%d rows, want 50", got)
	}
	first, err := sn.Open(ctx, sn.Segments()[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(l.cache.mu.handles); n != 5 {
		t.Errorf("%d files open while a snapshot uses them, want 5", n)
	}
	again := s.Snapshot()
	if r, err := again.Open(ctx, sn.Segments()[0].ID); err != nil || r != first {
		t.Errorf("a second snapshot got %p, %v, want the reader at hand", r, err)
	}
	again.Release()
	sn.Release()
	if n := len(l.cache.mu.handles); n != 2 {
		t.Errorf("%d files open when nobody uses them, want 2", n)
	}
	sn = s.Snapshot()
	defer sn.Release()
	if _, err := sn.Open(ctx, "no such segment"); !errors.Is(err, ErrNotFound) {
		t.Errorf("unknown segment: %v, want ErrNotFound", err)
	}
}
