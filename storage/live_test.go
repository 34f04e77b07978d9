package storage

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/storage/segment"
	"github.com/traillake/traillake/storage/vfs"
	"github.com/traillake/traillake/storage/vfs/faultfs"
)

// liveRun appends batches to a store's write-ahead log, moves files of it into
// segments and makes one segment of these. A batch named "b3" stands for one row in day 10 of the same name.
type liveRun struct {
	acked  []string
	trying string
}

func (r *liveRun) run(opts Options) (err error) {
	ctx := context.Background()
	l, err := Open(ctx, opts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	s, err := l.CreateStore(ctx, storeID, testLayout, nil)
	if err != nil {
		return err
	}
	if err := s.OpenLive(ctx, func(LiveBatch) error { return errors.New("a new store has batches") }); err != nil {
		return err
	}
	var unsealed []string
	for i := range 4 {
		r.trying = fmt.Sprintf("b%d", i)
		if _, err := s.AppendLive([]byte(r.trying)); err != nil {
			return err
		}
		unsealed = append(unsealed, r.trying)
		r.acked, r.trying = append(r.acked, r.trying), ""
		if i%2 == 1 {
			if err := moveLive(s, unsealed); err != nil {
				return err
			}
			unsealed = nil
		}
	}
	var ids []string
	for _, m := range s.mu.current.segments {
		ids = append(ids, m.ID)
	}
	_, err = s.Compact(ctx, ids, nil)
	return err
}

// moveLive makes one segment for each batch and commits them with the file that has them.
func moveLive(s *Store, batches []string) error {
	file, err := s.RotateLive()
	if err != nil {
		return err
	}
	c := Commit{Reason: "seal live events", Live: file}
	for _, b := range batches {
		m, err := sealRows(s, 10, b, 1)
		if err != nil {
			return err
		}
		c.Add = append(c.Add, m)
	}
	_, err = s.Commit(context.Background(), c)
	return err
}

// check opens what is left: every acknowledged batch is in the log or in a
// segment, once; the one under way is whole or absent.
func (r *liveRun) check(t *testing.T, fsys vfs.FS) {
	t.Helper()
	ctx := context.Background()
	opts := testOptions(fsys)
	opts.Rand = rand.NewChaCha8([32]byte{3})
	l, err := Open(ctx, opts)
	if err != nil {
		t.Errorf("open again: %v", err)
		return
	}
	defer l.Close()
	s, err := l.OpenStore(storeID, testLayout)
	if err != nil {
		if len(r.acked) > 0 {
			t.Errorf("the store is gone: %v", err)
		}
		return
	}
	got := map[string]int{}
	for _, id := range storeIDs(t, s) {
		got[id]++
	}
	err = s.OpenLive(ctx, func(b LiveBatch) error {
		got[batchIDs(map[string]int{string(b.Data): 1})[0]]++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range r.acked {
		if id := batchIDs(map[string]int{b: 1})[0]; got[id] != 1 {
			t.Errorf("batch %s is there %d times", b, got[id])
		}
	}
	n := len(got)
	if r.trying != "" && got[batchIDs(map[string]int{r.trying: 1})[0]] == 1 {
		n--
	}
	if n != len(r.acked) {
		t.Errorf("found %v, acknowledged were %q, under way %q", got, r.acked, r.trying)
	}
	if _, err := s.AppendLive([]byte("later")); err != nil {
		t.Errorf("append after the crash: %v", err)
	}
	if err := moveLive(s, []string{"later"}); err != nil {
		t.Errorf("commit after the crash: %v", err)
	}
	if findings, _ := verify(t, VerifyOptions{FS: fsys, Dir: "/data"}); len(findings) > 0 {
		t.Errorf("verify: %q", findings)
	}
}

func TestLiveCrash(t *testing.T) {
	t.Logf("seed %d", *seedFlag)
	for _, keep := range []bool{false, true} {
		mem := vfs.NewMem()
		r := &liveRun{}
		type crash struct {
			fs  *vfs.Mem
			op  string
			run liveRun
		}
		var mu sync.Mutex // a compaction reads while it writes
		var crashes []crash
		fsys := faultfs.Wrap(mem, func(op faultfs.Op) error {
			mu.Lock()
			defer mu.Unlock()
			if !op.Kind.Changes() {
				return nil
			}
			o := vfs.CrashOptions{}
			if keep {
				o.Rand = rand.New(rand.NewPCG(*seedFlag, uint64(len(crashes))))
			}
			crashes = append(crashes, crash{mem.CrashClone(o), op.String(), liveRun{slices.Clone(r.acked), r.trying}})
			return nil
		})
		if err := r.run(testOptions(fsys)); err != nil {
			t.Fatal(err)
		}
		t.Logf("%d crashes", len(crashes))
		step := 1
		if testing.Short() {
			step = 5
		}
		for i := 0; i < len(crashes); i += step {
			c := crashes[i]
			t.Run(fmt.Sprintf("unsynced-survives=%v/%03d", keep, i), func(t *testing.T) {
				t.Logf("before %s", c.op)
				c.run.check(t, c.fs)
			})
		}
	}
}

func TestLiveFaults(t *testing.T) {
	for _, short := range []bool{false, true} {
		t.Run(fmt.Sprintf("short=%v", short), func(t *testing.T) { liveFaults(t, short) })
	}
}

// liveFaults fails every operation once, or every write after a part of it.
func liveFaults(t *testing.T, short bool) {
	step := int64(1)
	if testing.Short() {
		step = 5
	}
	for n := int64(1); ; n += step {
		mem := vfs.NewMem()
		var mu sync.Mutex // a compaction reads while it writes
		hit, counted := "", int64(0)
		fsys := faultfs.Wrap(mem, func(op faultfs.Op) error {
			mu.Lock()
			defer mu.Unlock()
			if short && op.Kind != faultfs.Write {
				return nil
			}
			if counted++; counted != n {
				return nil
			}
			hit = op.String()
			if short {
				return &faultfs.Short{N: op.Size / 2, Err: errInjected}
			}
			return errInjected
		})
		r := &liveRun{}
		err := r.run(testOptions(fsys))
		if counted < n {
			if err != nil {
				t.Fatalf("without a fault: %v", err)
			}
			t.Logf("%d faults", n-1)
			return
		}
		t.Run(fmt.Sprintf("%03d", n), func(t *testing.T) {
			t.Logf("failed %s: %v", hit, err)
			if err != nil && !errors.Is(err, errInjected) {
				t.Errorf("error %v does not wrap the fault", err)
			}
			r.check(t, mem)
		})
	}
}

// TestLiveSnapshot: a snapshot knows what of the log its segments have.
func TestLiveSnapshot(t *testing.T) {
	l := mustOpen(t, testOptions(vfs.NewMem()))
	s := mustCreate(t, l)
	if _, err := s.AppendLive([]byte("early")); err == nil {
		t.Error("a batch was taken before the log was open")
	}
	if err := s.OpenLive(context.Background(), func(LiveBatch) error { return nil }); err != nil {
		t.Fatal(err)
	}
	before := s.Snapshot()
	defer before.Release()
	file, err := s.AppendLive([]byte("a"))
	if err != nil {
		t.Fatal(err)
	}
	if err := moveLive(s, []string{"a"}); err != nil {
		t.Fatal(err)
	}
	after := s.Snapshot()
	defer after.Release()
	if before.Live() != 0 || after.Live() != file || len(ids(t, after)) != 1 || len(ids(t, before)) != 0 {
		t.Errorf("files in segments: %d, then %d, want 0, then %d", before.Live(), after.Live(), file)
	}
}

// TestCompact: rows keep their fingerprints and the version that added them, also
// when they are compacted again; a snapshot of before keeps its segments.
func TestCompact(t *testing.T) {
	ctx := context.Background()
	l := mustOpen(t, testOptions(vfs.NewMem()))
	s := mustCreate(t, l)
	want := map[string]int64{} // version by id
	add := func(batch string, n int) string {
		m := mustAdd(t, s, 10, batch, n)
		for _, id := range batchIDs(map[string]int{batch: n}) {
			want[id] = s.Version()
		}
		return m.ID
	}
	a, b, c := add("a", 3), add("b", 2), add("c", 4)
	before := s.Snapshot()
	first, err := s.Compact(ctx, []string{b, a}, nil)
	if err != nil {
		t.Fatal(err)
	}
	d := add("d", 1)
	second, err := s.Compact(ctx, []string{d, first.ID, c}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if second.Rows != 10 || second.MinCommit != 2 || second.MaxCommit != want["d-0"] || len(second.Sources) != 3 {
		t.Errorf("compacted twice: %+v", second)
	}
	for id, version := range want {
		refs, err := s.FindFingerprints(ctx, nil, 10, []uint64{printOf(id)})
		if err != nil || len(refs) != 1 {
			t.Fatalf("row %s is found at %v: %v", id, refs, err)
		}
		sn := s.Snapshot()
		r, err := sn.Open(ctx, refs[0].Segment)
		if err != nil {
			t.Fatal(err)
		}
		rec, err := r.ReadRows(ctx, nil, []segment.Column{{Path: []string{"id"}}, {Path: []string{"commit"}}}, []int64{refs[0].Row})
		if err != nil {
			t.Fatal(err)
		}
		if got := rec.Column(1).(*array.Int64).Value(0); rec.Column(0).(*array.String).Value(0) != id || got != version {
			t.Errorf("row %s is of version %d, want %d", rec.Column(0), got, version)
		}
		rec.Release()
		sn.Release()
	}
	if got := ids(t, before); len(got) != 9 {
		t.Errorf("the snapshot of before has %d rows", len(got))
	}
	before.Release()
	for _, wrong := range [][]string{{second.ID}, {second.ID, second.ID}, {second.ID, a}} {
		if _, err := s.Compact(ctx, wrong, nil); err == nil {
			t.Errorf("compacted %v", wrong)
		}
	}
	if findings, _ := verify(t, VerifyOptions{FS: l.opts.FS, Dir: "/data"}); len(findings) > 0 {
		t.Errorf("verify: %q", findings)
	}
}
