package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/traillake/traillake/storage/segment"
	"github.com/traillake/traillake/storage/vfs"
	"github.com/traillake/traillake/storage/vfs/faultfs"
)

// script is a sequence of changes with what must hold after each that was
// acknowledged.
type script struct {
	lake  *Lake
	store *Store
	// acked is what the last acknowledged step leaves, pending what the step
	// under way would leave: after a crash the lake holds one of the two.
	acked, pending *contents
}

// contents is what a lake holds. nil is no store.
type contents struct{ batches map[string]int }

func (c *contents) with(batch string, n int) *contents {
	out := &contents{map[string]int{}}
	if c != nil {
		maps.Copy(out.batches, c.batches)
	}
	if n > 0 {
		out.batches[batch] = n
	} else {
		delete(out.batches, batch)
	}
	return out
}

// step runs one change.
func (s *script) step(after *contents, change func() error) error {
	s.pending = after
	if err := change(); err != nil {
		return err
	}
	s.acked = after
	return nil
}

// run makes a store, fills it, expires a part and drops it again if asked to.
func (s *script) run(opts Options, drop bool) (err error) {
	ctx := context.Background()
	if s.lake, err = Open(ctx, opts); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.lake.Close()) }()
	err = s.step(&contents{map[string]int{}}, func() (err error) {
		s.store, err = s.lake.CreateStore(ctx, storeID, testLayout, map[string]json.RawMessage{"settings": json.RawMessage(`1`)})
		return err
	})
	for i, day := range []int32{10, 11, 11} {
		if err != nil {
			return err
		}
		batch := fmt.Sprintf("b%d", i)
		err = s.step(s.acked.with(batch, 20), func() error {
			_, err := addRows(s.store, day, batch, 20)
			return err
		})
	}
	if err == nil {
		err = s.step(s.acked.with("b0", 0), func() error {
			_, err := s.store.Expire(ctx, 11*86400e6, 0)
			return err
		})
	}
	if err == nil && drop {
		err = s.step(nil, func() error { return s.lake.DropStore(ctx, storeID) })
	}
	return err
}

// check opens what a crash or fault left and compares.
func (s *script) check(t *testing.T, fsys vfs.FS) {
	t.Helper()
	opts := testOptions(fsys)
	opts.Rand = rand.NewChaCha8([32]byte{2})
	l, err := Open(context.Background(), opts)
	if err != nil {
		t.Errorf("open again: %v", err)
		return
	}
	defer l.Close()
	store, err := l.OpenStore(storeID, testLayout)
	var got []string
	if err == nil {
		got = storeIDs(t, store)
	} else if !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	fits := func(c *contents) bool {
		return c == nil && got == nil || c != nil && got != nil && slices.Equal(got, batchIDs(c.batches))
	}
	if !fits(s.acked) && !fits(s.pending) {
		t.Errorf("found %d rows (store there: %v), want those of %v or of %v", len(got), got != nil, s.acked, s.pending)
	}
	// What is there is whole, and nothing else is left.
	findings, notes := verify(t, VerifyOptions{FS: fsys, Dir: "/data"})
	if len(findings)+len(notes) > 0 {
		t.Errorf("verify: %q, notes %q", findings, notes)
	}
	if store != nil {
		if _, err := addRows(store, 12, "later", 3); err != nil {
			t.Errorf("commit after the crash: %v", err)
		}
	}
}

// TestCrash cuts the power at every operation that changes something, with some
// of what was not synced surviving, and opens what is left.
func TestCrash(t *testing.T) {
	t.Logf("seed %d", *seedFlag)
	for _, keep := range []bool{false, true} {
		t.Run(fmt.Sprintf("unsynced-survives=%v", keep), func(t *testing.T) {
			mem := vfs.NewMem()
			s := &script{}
			type crash struct {
				fs             *vfs.Mem
				op             string
				acked, pending *contents
			}
			var crashes []crash
			n := 0
			fsys := faultfs.Wrap(mem, func(op faultfs.Op) error {
				if !op.Kind.Changes() {
					return nil
				}
				o := vfs.CrashOptions{}
				if keep {
					o.Rand = rand.New(rand.NewPCG(*seedFlag, uint64(n)))
				}
				n++
				crashes = append(crashes, crash{mem.CrashClone(o), op.String(), s.acked, s.pending})
				return nil
			})
			if err := s.run(testOptions(fsys), true); err != nil {
				t.Fatal(err)
			}
			crashes = append(crashes, crash{mem.CrashClone(vfs.CrashOptions{}), "the end", s.acked, s.acked})
			step := 1
			if testing.Short() {
				step = 3
			}
			for i := 0; i < len(crashes); i += step {
				c := crashes[i]
				t.Run(fmt.Sprintf("%03d", i), func(t *testing.T) {
					t.Logf("before %s", c.op)
					(&script{acked: c.acked, pending: c.pending}).check(t, c.fs)
				})
			}
			t.Logf("%d crashes", len(crashes))
		})
	}
}

var errInjected = errors.New("injected fault")

// TestFaults fails every operation once: the error comes through, and what is
// there afterwards is what was acknowledged or what was under way.
func TestFaults(t *testing.T) {
	for n := int64(1); ; n++ {
		mem := vfs.NewMem()
		hit := ""
		fsys := faultfs.Wrap(mem, faultfs.Fail(errInjected, func(op faultfs.Op) bool { hit = op.String(); return true }, faultfs.Nth(n)))
		s := &script{}
		failed := false
		counted := int64(0)
		fsys = faultfs.Wrap(fsys, func(faultfs.Op) error { counted++; return nil })
		err := s.run(testOptions(fsys), n%2 == 0)
		failed = err != nil
		if counted < n {
			if failed {
				t.Fatalf("without a fault: %v", err)
			}
			t.Logf("%d faults", n-1)
			return
		}
		t.Run(fmt.Sprintf("%03d", n), func(t *testing.T) {
			t.Logf("failed %s: %v", hit, err)
			if failed && !errors.Is(err, errInjected) {
				t.Errorf("error %v does not wrap the fault", err)
			}
			if !failed {
				s.pending = s.acked
			}
			s.check(t, mem)
		})
	}
}

// TestCommitKeepsOut: commits that name files that are not as sealed are refused.
func TestCommitKeepsOut(t *testing.T) {
	ctx := context.Background()
	fsys := vfs.NewMem()
	l := mustOpen(t, testOptions(fsys))
	s := mustCreate(t, l)
	m, err := sealRows(s, 10, "a", 5)
	if err != nil {
		t.Fatal(err)
	}
	wrong := m
	wrong.Bytes++
	missing := m
	missing.Key = "segments/none.parquet"
	for name, bad := range map[string]segment.Meta{"size": wrong, "missing": missing} {
		if _, err := s.Commit(ctx, Commit{Reason: name, Add: []segment.Meta{bad}}); err == nil {
			t.Errorf("%s: committed", name)
		}
	}
	if _, err := s.Commit(ctx, Commit{Reason: "own key", Docs: map[string]json.RawMessage{"$x": json.RawMessage(`1`)}}); err == nil {
		t.Error("a document with a key of ours was committed")
	}
	if got := storeIDs(t, s); len(got) != 0 {
		t.Errorf("%d rows are visible before a commit", len(got))
	}
	if err := s.Discard(m); err != nil {
		t.Error(err)
	}
	if n := len(segmentFiles(t, fsys, "/data")); n != 0 {
		t.Errorf("%d files after Discard, want none", n)
	}
	w := s.NewSegment(10)
	if _, err := w.Seal(ctx); !errors.Is(err, ErrNoRows) {
		t.Errorf("seal without rows: %v, want ErrNoRows", err)
	}
	w = s.NewSegment(10)
	rec, prints := testRows(10, "x", 5)
	defer rec.Release()
	if err := w.Append(rec, prints[:2]); err == nil {
		t.Error("appended with too few fingerprints")
	}
	w.Abort()
	w.Abort()
	if n := len(segmentFiles(t, fsys, "/data")); n != 0 {
		t.Errorf("%d files after Abort, want none", n)
	}
}
