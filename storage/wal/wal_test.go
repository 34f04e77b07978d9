package wal

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"syscall"
	"testing"

	"github.com/traillake/traillake/storage/vfs"
	"github.com/traillake/traillake/storage/vfs/faultfs"
)

var seedFlag = flag.Uint64("seed", 1, "seed of random tests")

const testDir = "/data/wal"

func testOptions(fsys vfs.FS) Options {
	return Options{FS: fsys, Dir: testDir, Name: "store"}
}

// open opens the log and returns it with what it holds, as "file:batch".
func open(t *testing.T, fsys vfs.FS, sealed int64) (*Log, []string) {
	t.Helper()
	var got []string
	l, err := Open(context.Background(), testOptions(fsys), sealed, func(b Batch) error {
		got = append(got, fmt.Sprintf("%d:%s", b.File, b.Data))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return l, got
}

func add(t *testing.T, l *Log, batch string) string {
	t.Helper()
	file, err := l.Append([]byte(batch))
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d:%s", file, batch)
}

func TestReplay(t *testing.T) {
	fsys := vfs.NewMem()
	l, got := open(t, fsys, 0)
	if len(got) > 0 {
		t.Fatalf("a new log holds %q", got)
	}
	want := []string{add(t, l, "a"), add(t, l, ""), add(t, l, "b")}
	if last, err := l.Rotate(); last != 1 || err != nil {
		t.Fatalf("Rotate: %d, %v", last, err)
	}
	want = append(want, add(t, l, "c"))
	if !slices.Equal(want, []string{"1:a", "1:", "1:b", "2:c"}) {
		t.Fatalf("appended %q", want)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append([]byte("late")); !errors.Is(err, ErrClosed) {
		t.Errorf("append to a closed log: %v", err)
	}
	l, got = open(t, fsys, 0)
	if !slices.Equal(got, want) {
		t.Errorf("replayed %q, want %q", got, want)
	}
	want = append(want, add(t, l, "d"))
	if want[4] != "3:d" {
		t.Errorf("after opening, appended %q: a file of an earlier run is never written again", want[4])
	}
	if err := errors.Join(l.Remove(1), l.Close()); err != nil {
		t.Fatal(err)
	}
	l, got = open(t, fsys, 2)
	if !slices.Equal(got, []string{"3:d"}) {
		t.Errorf("behind file 2: %q", got)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := listFiles(fsys, testDir)
	if err != nil || len(files) != 1 || files[0].number != 3 {
		t.Errorf("files left: %v, %v", files, err)
	}
}

// TestConcurrent appends from several goroutines: every batch is there once, those
// of one goroutine in its order.
func TestConcurrent(t *testing.T) {
	const goroutines, each = 8, 50
	fsys := vfs.NewMem()
	l, _ := open(t, fsys, 0)
	l.opts.MaxGroupBytes = 40
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			for i := range each {
				if _, err := l.Append(fmt.Appendf(nil, "%d/%04d", g, i)); err != nil {
					t.Error(err)
				}
				if i%10 == 9 {
					if _, err := l.Rotate(); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	next := make([]int, goroutines)
	sequence := int64(0)
	_, err := Walk(context.Background(), fsys, testDir, "store", 0, func(b Batch) error {
		var g, i int
		if _, err := fmt.Sscanf(string(b.Data), "%d/%d", &g, &i); err != nil {
			return err
		}
		if sequence++; b.Sequence != sequence || i != next[g] {
			t.Errorf("batch %d is %q, expected number %d of that goroutine", b.Sequence, b.Data, next[g])
		}
		next[g]++
		return nil
	})
	if err != nil || sequence != goroutines*each {
		t.Fatalf("%d batches, want %d: %v", sequence, goroutines*each, err)
	}
}

// run appends, rotates and removes; acked are the batches whose Append returned,
// trying is the one under way, and gone those whose removal has begun.
type run struct {
	acked  []string
	trying string
	gone   int
}

func (r *run) script(fsys vfs.FS) error {
	l, err := Open(context.Background(), testOptions(fsys), 0, func(Batch) error { return nil })
	if err != nil {
		return err
	}
	for i := range 6 {
		r.trying = fmt.Sprintf("batch %d %0300d", i, i)
		if _, err := l.Append([]byte(r.trying)); err != nil {
			return errors.Join(err, l.Close())
		}
		r.acked, r.trying = append(r.acked, r.trying), ""
		if i == 1 || i == 3 {
			last, err := l.Rotate()
			if err == nil && i == 3 {
				r.gone = 2
				err = l.Remove(last - 1)
			}
			if err != nil {
				return errors.Join(err, l.Close())
			}
		}
	}
	return l.Close()
}

// check opens what was left: all acknowledged batches are there in order, the one
// under way is whole or absent, and the log goes on.
func (r *run) check(t *testing.T, fsys vfs.FS) {
	t.Helper()
	for again := range 2 {
		var got []string
		l, err := Open(context.Background(), testOptions(fsys), 0, func(b Batch) error {
			got = append(got, string(b.Data))
			return nil
		})
		if err != nil {
			t.Errorf("open again: %v", err)
			return
		}
		fits := false
		for _, tail := range [][]string{nil, {r.trying}} {
			for gone := range r.gone + 1 {
				want := append(slices.Clone(r.acked[gone:]), tail...)
				fits = fits || slices.Equal(got, want)
			}
		}
		if !fits {
			t.Errorf("replayed %q, acknowledged were %q, under way %q, being removed %d", got, r.acked, r.trying, r.gone)
		}
		if again == 0 {
			r.acked, r.trying, r.gone = append(got, "later"), "", 0
			if _, err := l.Append([]byte("later")); err != nil {
				t.Errorf("append after the crash: %v", err)
			}
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestCrash(t *testing.T) {
	t.Logf("seed %d", *seedFlag)
	for _, keep := range []bool{false, true} {
		mem := vfs.NewMem()
		r := &run{}
		type crash struct {
			fs  *vfs.Mem
			op  string
			run run
		}
		var crashes []crash
		fsys := faultfs.Wrap(mem, func(op faultfs.Op) error {
			if !op.Kind.Changes() {
				return nil
			}
			o := vfs.CrashOptions{}
			if keep {
				o.Rand = rand.New(rand.NewPCG(*seedFlag, uint64(len(crashes))))
			}
			crashes = append(crashes, crash{mem.CrashClone(o), op.String(), run{slices.Clone(r.acked), r.trying, r.gone}})
			return nil
		})
		if err := r.script(fsys); err != nil {
			t.Fatal(err)
		}
		if len(crashes) < 15 {
			t.Fatalf("only %d operations", len(crashes))
		}
		for i, c := range crashes {
			t.Run(fmt.Sprintf("unsynced-survives=%v/%d", keep, i), func(t *testing.T) {
				t.Logf("power cut before %s", c.op)
				c.run.check(t, c.fs)
			})
		}
	}
}

// TestFaults fails every operation once, writes also after a part of them: the error
// reaches the caller, and what was acknowledged is there, also when the power is cut
// then and what was not synced is lost.
func TestFaults(t *testing.T) {
	for _, short := range []bool{false, true} {
		for n := 1; ; n++ {
			mem := vfs.NewMem()
			seen, hit := 0, ""
			fsys := faultfs.Wrap(mem, func(op faultfs.Op) error {
				if short && op.Kind != faultfs.Write {
					return nil
				}
				if seen++; seen != n {
					return nil
				}
				hit = op.String()
				if short {
					return &faultfs.Short{N: op.Size - 1, Err: syscall.EIO}
				}
				return syscall.EIO
			})
			r := &run{}
			err := r.script(fsys)
			if hit == "" {
				t.Logf("short=%v: %d faults", short, n-1)
				if n < 6 {
					t.Fatalf("only %d operations", n)
				}
				break
			}
			cut, after := mem.CrashClone(vfs.CrashOptions{}), *r
			t.Run(fmt.Sprintf("short=%v/%d", short, n), func(t *testing.T) {
				t.Logf("failed %s: %v", hit, err)
				r.check(t, mem)
			})
			t.Run(fmt.Sprintf("short=%v/%d/cut", short, n), func(t *testing.T) {
				t.Logf("failed %s: %v", hit, err)
				after.check(t, cut)
			})
		}
	}
}

// TestGoesOn: a write that failed, whole or after a part of it, leaves a log that
// takes more.
func TestGoesOn(t *testing.T) {
	for _, part := range []int{0, 30, 1 << 20} {
		mem, fail := vfs.NewMem(), false
		fsys := faultfs.Wrap(mem, func(op faultfs.Op) error {
			if fail && op.Kind == faultfs.Write {
				return &faultfs.Short{N: part, Err: syscall.ENOSPC}
			}
			return nil
		})
		l, _ := open(t, fsys, 0)
		first := add(t, l, "first")
		fail = true
		if _, err := l.Append([]byte("refused, and longer than what comes then")); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("append: %v", err)
		}
		fail = false
		_, err := Walk(context.Background(), mem, testDir, "store", 0, func(b Batch) error {
			if string(b.Data) != "first" {
				t.Errorf("after a write of %d bytes that failed the log has %q", part, b.Data)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{first, add(t, l, "b")}
		cut := mem.CrashClone(vfs.CrashOptions{})
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		for _, fsys := range []*vfs.Mem{mem, cut} {
			l, got := open(t, fsys, 0)
			if !slices.Equal(got, want) {
				t.Errorf("after a write of %d bytes: %q, want %q", part, got, want)
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestFullDisk: a write that does not fit is refused, and the log goes on.
func TestFullDisk(t *testing.T) {
	mem, full := vfs.NewMem(), false
	fsys := faultfs.Wrap(mem, func(op faultfs.Op) error {
		if full && op.Kind == faultfs.Write {
			return syscall.ENOSPC
		}
		return nil
	})
	l, _ := open(t, fsys, 0)
	for _, rotated := range []bool{false, true} {
		want := add(t, l, "before")
		if rotated {
			if _, err := l.Rotate(); err != nil {
				t.Fatal(err)
			}
		}
		full = true
		if _, err := l.Append([]byte("refused")); !errors.Is(err, syscall.ENOSPC) || errors.Is(err, ErrInDoubt) {
			t.Errorf("append to a full disk: %v", err)
		}
		full = false
		after := add(t, l, "after")
		var got []string
		_, err := Walk(context.Background(), mem, testDir, "store", 0, func(b Batch) error {
			got = append(got, fmt.Sprintf("%d:%s", b.File, b.Data))
			return nil
		})
		if n := len(got); err != nil || n < 2 || got[n-2] != want || got[n-1] != after {
			t.Errorf("the log ends with %q, want %q and %q: %v", got, want, after, err)
		}
	}
}

// TestDamage flips every byte of a log: it is found, or the batch is the last.
func TestDamage(t *testing.T) {
	fsys := vfs.NewMem()
	l, _ := open(t, fsys, 0)
	for _, b := range []string{"first", "second"} {
		add(t, l, b)
	}
	if _, err := l.Rotate(); err != nil {
		t.Fatal(err)
	}
	add(t, l, "third")
	add(t, l, "fourth")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	all := []string{"first", "second", "third", "fourth"}
	for number := int64(1); number <= 2; number++ {
		path := testDir + "/" + fileName(number)
		data, err := vfs.ReadFile(fsys, path)
		if err != nil {
			t.Fatal(err)
		}
		for at := range data {
			damaged := slices.Clone(data)
			damaged[at] ^= 0x20
			if err := vfs.WriteFile(fsys, path, damaged, 0o644); err != nil {
				t.Fatal(err)
			}
			var got []string
			tail, err := Walk(context.Background(), fsys, testDir, "store", 0, func(b Batch) error {
				got = append(got, string(b.Data))
				return nil
			})
			last := number == 2 && slices.Equal(got, all[:3]) && tail.Torn != ""
			if !errors.Is(err, ErrCorrupt) && !last {
				t.Errorf("byte %d of file %d altered: replayed %q, %v", at, number, got, err)
			}
		}
		if err := vfs.WriteFile(fsys, path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func FuzzDecodeGroup(f *testing.F) {
	f.Add(appendGroup(nil, 1, [][]byte{[]byte("a"), nil}))
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := decodeGroup(b)
		if err != nil {
			return
		}
		if again := appendGroup(nil, g.sequence, g.batches); string(again) != string(b[:g.size]) {
			t.Errorf("%x is read as %d batches, which are written as %x", b, len(g.batches), again)
		}
	})
}
