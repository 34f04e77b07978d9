package catalog

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"

	"github.com/traillake/traillake/storage/vfs"
	"github.com/traillake/traillake/storage/vfs/faultfs"
)

// Walks beside a server that commits find nothing, and at least what was
// acknowledged when they began.
func TestWalkBesideCommits(t *testing.T) {
	const commits = 150
	fsys := vfs.NewMem()
	opts := testOptions(fsys)
	opts.MaxFileBytes = 2000
	c := mustOpen(t, opts)
	l := mustCreate(t, c, storeLog, numberedCommit(0))
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for walks := 0; ; walks++ {
				least := l.Version()
				n := int64(0)
				sum, err := Walk(context.Background(), fsys, testDir, WalkOptions{Name: storeLog}, func(e Entry, _ Place) error {
					n++
					return nil
				})
				if err != nil || n != sum.Version || sum.Version < least {
					t.Errorf("walk %d: %d entries, at least %d, %+v, %v", walks, n, least, sum, err)
					return
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for i := 1; i < commits; i++ {
		mustCommit(t, l, numberedCommit(i))
	}
	close(done)
	wg.Wait()
}

// A walk that is between two operations of a commit, whichever they are, finds
// nothing either.
func TestWalkInsideCommit(t *testing.T) {
	mem := vfs.NewMem()
	walks, armed := 0, false
	opts := testOptions(faultfs.Wrap(mem, faultfs.Each(func(op faultfs.Op) {
		if !armed {
			return
		}
		walks++
		if _, err := Walk(context.Background(), mem, testDir, WalkOptions{}, nil); err != nil {
			t.Errorf("before %s: %v", op, err)
		}
	})))
	opts.MaxFileBytes = 1000
	c := mustOpen(t, opts)
	l := mustCreate(t, c, storeLog, numberedCommit(0))
	armed = true
	for i := 1; i < 8; i++ {
		mustCommit(t, l, numberedCommit(i))
	}
	armed = false
	if walks < 28 {
		t.Errorf("only %d walks", walks)
	}
}

// A log that grows between the reads of a walk, with the entry only half there
// at the first of them, is read to its new end.
func TestWalkSeesGrowth(t *testing.T) {
	fsys := vfs.NewMem()
	opts := testOptions(fsys)
	before := lastTwo(t, opts, fsys, 3)
	headPath := filepath.Join(testDir, HeadName)
	after := readFile(t, fsys, headPath)
	path := logPaths(t, fsys)[0]
	whole := readFile(t, fsys, path)
	writeFile(t, fsys, headPath, before)
	writeFile(t, fsys, path, whole[:len(whole)-10])
	reads := 0
	view := faultfs.Wrap(fsys, faultfs.Each(func(op faultfs.Op) {
		if op.Kind != faultfs.Open || filepath.Base(op.Path) != HeadName {
			return
		}
		if reads++; reads == 2 { // the scan is over; now the commit completes
			writeFile(t, fsys, path, whole)
			writeFile(t, fsys, headPath, after)
		}
	}))
	sum, err := Walk(context.Background(), view, testDir, WalkOptions{}, nil)
	if err != nil || sum.Version != 3 || sum.TornBytes != 0 {
		t.Errorf("%+v, %v", sum, err)
	}
}

func TestWalkEnds(t *testing.T) {
	fsys := vfs.NewMem()
	buildLog(t, testOptions(fsys), 4)
	stop := errors.New("enough")
	sum, err := Walk(context.Background(), fsys, testDir, WalkOptions{}, func(e Entry, _ Place) error {
		if e.Version == 2 {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) || sum.Version != 1 {
		t.Errorf("%+v, %v", sum, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Walk(ctx, fsys, testDir, WalkOptions{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	// A disk that cannot be read is no damage of the log.
	for n := int64(0); ; n++ {
		fired := false
		fail := faultfs.Fail(faultfs.ErrInjected, faultfs.Not(faultfs.Kinds(faultfs.Close)), faultfs.Nth(n))
		_, err := Walk(context.Background(), faultfs.Wrap(fsys, func(op faultfs.Op) error {
			err := fail(op)
			fired = fired || err != nil
			return err
		}), testDir, WalkOptions{}, nil)
		if !fired {
			break
		}
		if !errors.Is(err, faultfs.ErrInjected) || errors.Is(err, ErrCorrupt) {
			t.Errorf("operation %d: %v", n, err)
		}
	}
}

// FuzzWalk gives arbitrary files to a walk: no panic, and no other error than
// corruption.
func FuzzWalk(f *testing.F) {
	for _, name := range []string{logFileName(1), logFileName(3)} {
		log, err := vfs.ReadFile(vfs.OS(), filepath.Join(sampleDir, name))
		if err != nil {
			f.Fatal(err)
		}
		head, err := vfs.ReadFile(vfs.OS(), filepath.Join(sampleDir, HeadName))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(log, head[:slotUsed])
		f.Add(log[:len(log)/2], head[slotSize:slotSize+slotUsed])
		f.Add([]byte{}, []byte{})
	}
	f.Fuzz(func(t *testing.T, log, slot []byte) {
		fsys := vfs.NewMem()
		if err := fsys.MkdirAll("/log", 0o755); err != nil {
			t.Fatal(err)
		}
		head := make([]byte, headSize)
		copy(head, slot)
		copy(head[slotSize:], slot)
		writeFile(t, fsys, "/log/"+HeadName, head)
		writeFile(t, fsys, "/log/"+logFileName(1), log)
		if _, err := Walk(context.Background(), fsys, "/log", WalkOptions{}, nil); err != nil && !errors.Is(err, ErrCorrupt) {
			t.Error(err)
		}
		// Behind the checksums, too.
		if e, err := decodeEntry(log); err == nil {
			newState("x").apply(&e, point{})
		}
		if h, flt := decodeFileHeader(log); flt == nil && h.encode() == nil {
			t.Error("no header")
		}
	})
}

// A damaged HEAD does not hide the entries, nor other damage.
func TestWalkBehindDamagedHead(t *testing.T) {
	fsys := vfs.NewMem()
	buildLog(t, testOptions(fsys), 6)
	headPath := filepath.Join(testDir, HeadName)
	writeFile(t, fsys, headPath, readFile(t, fsys, headPath)[:slotSize])
	walk := func(name string) (versions int, err error) {
		_, err = Walk(context.Background(), fsys, testDir, WalkOptions{Name: name}, func(Entry, Place) error {
			versions++
			return nil
		})
		return versions, err
	}
	var found *CorruptError
	for _, name := range []string{storeLog, ""} { // "" takes the name from the files
		if n, err := walk(name); n != 6 || !errors.As(err, &found) || found.File != headPath {
			t.Errorf("log %q: %d entries, %v", name, n, err)
		}
	}
	path := logPaths(t, fsys)[0]
	whole := readFile(t, fsys, path)
	writeFile(t, fsys, path, whole[:len(whole)-1])
	n, err := walk(storeLog)
	joined, ok := err.(interface{ Unwrap() []error })
	if n != 5 || !ok || len(joined.Unwrap()) != 2 || !errors.As(joined.Unwrap()[1], &found) || found.File != path || found.Version != 6 {
		t.Errorf("cut short: %d entries, %v", n, err)
	}
}
