package catalog

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"syscall"
	"testing"

	"github.com/traillake/traillake/storage/vfs"
	"github.com/traillake/traillake/storage/vfs/faultfs"
)

var seed = flag.Uint64("seed", 1, "seed of the unsynced data that survives a crash")

// scenario opens a lake, makes a log and commits to it, then drops another
// log. acked counts the acknowledged commits. It stops at the first error.
func scenario(opts Options, acked *int) error {
	ctx := context.Background()
	c, err := Open(ctx, opts)
	if err != nil {
		return err
	}
	err = func() error {
		l, err := c.CreateLog(ctx, storeLog, numberedCommit(0))
		if err != nil {
			return err
		}
		*acked = 1
		for i := 1; i < 7; i++ {
			if _, err := l.Commit(ctx, numberedCommit(i)); err != nil {
				return err
			}
			*acked++
		}
		if _, err := c.CreateLog(ctx, "other", numberedCommit(0)); err != nil {
			return err
		}
		return c.DropLog(ctx, "other")
	}()
	return errors.Join(err, c.Close())
}

// checkReopened opens what is left after acked commits were acknowledged and
// maybe one more was under way, and commits once more.
func checkReopened(t *testing.T, fsys vfs.FS, acked, atMost int) {
	t.Helper()
	ctx := context.Background()
	opts := testOptions(fsys)
	opts.MaxFileBytes = 1000
	c, err := Open(ctx, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer mustClose(t, c)
	l, err := c.OpenLog(ctx, storeLog)
	if acked == 0 && errors.Is(err, fs.ErrNotExist) {
		l, err = c.CreateLog(ctx, storeLog, numberedCommit(0))
	}
	if err != nil {
		t.Fatal(err)
	}
	n := int(l.Version())
	if n < acked || n > max(atMost, 1) {
		t.Fatalf("version %d, want %d to %d", n, acked, atMost)
	}
	checkContents(t, l, n)
	mustCommit(t, l, numberedCommit(n))
	checkContents(t, l, n+1)
	if sum, err := Walk(ctx, fsys, testDir, WalkOptions{Name: storeLog}, nil); err != nil || sum.Version != int64(n+1) {
		t.Errorf("walk: %+v, %v", sum, err)
	}
}

// A power cut before every operation that changes something, with nothing or
// something of what was not synced surviving.
func TestCrash(t *testing.T) {
	type crash struct {
		fs    *vfs.Mem
		acked int
		op    faultfs.Op
	}
	rnd := rand.New(rand.NewPCG(*seed, 0))
	t.Logf("seed %d", *seed)
	mem := vfs.NewMem()
	var crashes []crash
	var acked int
	take := func(op faultfs.Op) {
		if op.Kind.Changes() {
			crashes = append(crashes, crash{mem.CrashClone(vfs.CrashOptions{}), acked, op})
			for range 2 {
				crashes = append(crashes, crash{mem.CrashClone(vfs.CrashOptions{Rand: rnd}), acked, op})
			}
		}
	}
	opts := testOptions(faultfs.Wrap(mem, faultfs.Each(take)))
	opts.MaxFileBytes = 1000
	if err := scenario(opts, &acked); err != nil {
		t.Fatal(err)
	}
	take(faultfs.Op{Kind: faultfs.Sync, Path: "the end"})
	for i, c := range crashes {
		t.Run(fmt.Sprintf("%d %s", i, c.op.Kind), func(t *testing.T) {
			if c.acked > 0 {
				if _, err := Walk(context.Background(), c.fs, testDir, WalkOptions{Name: storeLog}, nil); err != nil {
					t.Errorf("walk before the open: %v", err)
				}
			}
			checkReopened(t, c.fs, c.acked, c.acked+1)
		})
	}
}

// Every operation fails once, with or without a part of a write going
// through. The error is passed on, and what is acknowledged stays.
func TestFault(t *testing.T) {
	for _, tc := range []struct {
		name  string
		err   error
		which faultfs.Match
		least int64
	}{
		{"error", faultfs.ErrInjected, faultfs.Not(faultfs.Kinds(faultfs.Close)), 60},
		{"torn", &faultfs.Short{N: 150, Err: faultfs.ErrInjected}, faultfs.Kinds(faultfs.Write), 20},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for n := int64(0); ; n++ {
				mem := vfs.NewMem()
				var failed string
				fail := faultfs.Fail(tc.err, tc.which, faultfs.Nth(n))
				opts := testOptions(faultfs.Wrap(mem, func(op faultfs.Op) error {
					err := fail(op)
					if err != nil {
						failed = op.String()
					}
					return err
				}))
				opts.MaxFileBytes = 1000
				var acked int
				err := scenario(opts, &acked)
				if failed == "" {
					if n < tc.least {
						t.Fatalf("clean after %d operations already", n)
					}
					return
				}
				if !errors.Is(err, faultfs.ErrInjected) {
					t.Fatalf("operation %d, %s: %v, want the injected fault", n, failed, err)
				}
				atMost := acked
				if errors.Is(err, ErrInDoubt) {
					atMost++
				}
				checkReopened(t, mem, acked, atMost)
				if t.Failed() {
					t.Fatalf("operation %d, %s, failed: %v", n, failed, err)
				}
			}
		})
	}
}

// A disk that is full for a while stops commits for that while only.
func TestDiskFull(t *testing.T) {
	ctx := context.Background()
	for _, maxBytes := range []int64{0, 1} {
		for free := int64(0); free <= 320; free += 40 {
			mem := vfs.NewMem()
			var decide faultfs.Decider
			opts := testOptions(faultfs.Wrap(mem, func(op faultfs.Op) error {
				if decide != nil {
					return decide(op)
				}
				return nil
			}))
			opts.MaxFileBytes = maxBytes
			c := mustOpen(t, opts)
			l := mustCreate(t, c, storeLog, numberedCommit(0))
			// HEAD is overwritten in place, for which a full disk has room.
			full, inLog := faultfs.DiskFull(free), faultfs.Path("*.log")
			decide = func(op faultfs.Op) error {
				if inLog(op) {
					return full(op)
				}
				return nil
			}
			_, err := l.Commit(ctx, numberedCommit(1))
			if !errors.Is(err, syscall.ENOSPC) {
				t.Fatalf("%d bytes free: %v, want ENOSPC", free, err)
			}
			if errors.Is(err, ErrInDoubt) {
				t.Fatalf("%d bytes free: %v", free, err)
			}
			checkContents(t, l, 1)
			decide = nil
			mustCommit(t, l, numberedCommit(1))
			checkContents(t, l, 2)
		}
	}
}

// After a failed sync nobody knows what is on disk, so the log takes nothing
// more until it is opened again.
func TestFailedSync(t *testing.T) {
	ctx := context.Background()
	for _, pattern := range []string{"*.log", "HEAD"} {
		mem := vfs.NewMem()
		armed := false
		fail := faultfs.Fail(faultfs.ErrInjected, func(faultfs.Op) bool { return armed },
			faultfs.Kinds(faultfs.Sync), faultfs.Path(pattern), faultfs.Nth(0))
		c := mustOpen(t, testOptions(faultfs.Wrap(mem, fail)))
		l := mustCreate(t, c, storeLog, numberedCommit(0))
		armed = true
		if _, err := l.Commit(ctx, numberedCommit(1)); !errors.Is(err, ErrInDoubt) || !errors.Is(err, faultfs.ErrInjected) {
			t.Errorf("%s: %v, want ErrInDoubt", pattern, err)
		}
		if _, err := l.Commit(ctx, numberedCommit(1)); !errors.Is(err, ErrFailed) || errors.Is(err, ErrInDoubt) {
			t.Errorf("%s: %v, want ErrFailed", pattern, err)
		}
		checkContents(t, l, 1)
		checkReopened(t, mem, 1, 2)
	}
}
