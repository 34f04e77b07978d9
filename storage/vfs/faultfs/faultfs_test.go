package faultfs_test

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/traillake/traillake/storage/vfs"
	"github.com/traillake/traillake/storage/vfs/faultfs"
)

// work does one of each operation and returns the first error.
func work(fsys vfs.FS) error {
	if err := fsys.MkdirAll("/d", 0o755); err != nil {
		return err
	}
	lock, err := fsys.Lock("/d/LOCK")
	if err != nil {
		return err
	}
	if err := lock.Close(); err != nil {
		return err
	}
	f, err := vfs.Create(fsys, "/d/a.log")
	if err != nil {
		return err
	}
	buf := make([]byte, 2)
	for _, step := range []func() error{
		func() error { _, err := f.Write([]byte("abcdef")); return err },
		func() error { _, err := f.WriteAt([]byte("xy"), 2); return err },
		func() error { _, err := f.ReadAt(buf, 1); return err },
		func() error { return f.Truncate(4) },
		f.Sync,
		func() error { _, err := f.Stat(); return err },
		f.Close,
		func() error { return fsys.Rename("/d/a.log", "/d/b") },
		func() error { return fsys.SyncDir("/d") },
		func() error { _, err := fsys.ReadDir("/d"); return err },
		func() error { _, err := fsys.Lstat("/d/b"); return err },
		func() error { _, err := vfs.ReadFile(fsys, "/d/b"); return err },
		func() error { return fsys.Remove("/d/b") },
	} {
		if err := step(); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	return nil
}

func TestEveryOperationIsSeen(t *testing.T) {
	var got []string
	err := work(faultfs.Wrap(vfs.NewMem(), faultfs.Each(func(op faultfs.Op) {
		if op.Kind == faultfs.Read && op.Offset < 0 {
			op.Size = 0 // as the reader likes
		}
		got = append(got, op.String())
	})))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"mkdirall /d", "lock /d/LOCK", "create /d/a.log", "write /d/a.log 6 bytes", "write /d/a.log 2 bytes at 2",
		"read /d/a.log 2 bytes at 1", "truncate /d/a.log to 4", "sync /d/a.log", "stat /d/a.log", "close /d/a.log",
		"rename /d/a.log -> /d/b", "syncdir /d", "readdir /d", "lstat /d/b", "open /d/b", "stat /d/b",
		"read /d/b 0 bytes", "read /d/b 0 bytes", "close /d/b", "remove /d/b",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEveryOperationCanFail(t *testing.T) {
	n := int64(0)
	for ; ; n++ {
		fired := false
		fail := faultfs.Fail(faultfs.ErrInjected, faultfs.Nth(n))
		err := work(faultfs.Wrap(vfs.NewMem(), func(op faultfs.Op) error {
			err := fail(op)
			fired = fired || err != nil
			return err
		}))
		if !fired {
			if err != nil {
				t.Errorf("without a fault: %v", err)
			}
			break
		}
		// A failed close of a file that was read is nobody's business.
		if !errors.Is(err, faultfs.ErrInjected) && n != 18 {
			t.Errorf("operation %d: %v", n, err)
		}
	}
	if n != 20 {
		t.Errorf("%d operations", n)
	}
}

func TestMatches(t *testing.T) {
	yes, no := faultfs.Match(func(faultfs.Op) bool { return true }), faultfs.Match(func(faultfs.Op) bool { return false })
	op := faultfs.Op{Kind: faultfs.Sync, Path: "/lake/log/0001.log"}
	move := faultfs.Op{Kind: faultfs.Rename, Path: "/x/HEAD.tmp", NewPath: "/x/HEAD"}
	for _, tc := range []struct {
		name string
		m    faultfs.Match
		op   faultfs.Op
		want bool
	}{
		{"base", faultfs.Path("*.log"), op, true},
		{"folder and base", faultfs.Path("log/*.log"), op, true},
		{"other folder", faultfs.Path("wal/*.log"), op, false},
		{"more elements than there are", faultfs.Path("a/b/c/d/e/*.log"), op, false},
		{"malformed", faultfs.Path("["), op, false},
		{"old name", faultfs.Path("*.tmp"), move, true},
		{"new name", faultfs.Path("HEAD"), move, true},
		{"kinds", faultfs.Kinds(faultfs.Read, faultfs.Sync), op, true},
		{"other kinds", faultfs.Kinds(faultfs.Read), op, false},
		{"changing", faultfs.Changing(), op, true},
		{"not changing", faultfs.Changing(), faultfs.Op{Kind: faultfs.Read}, false},
		{"all", faultfs.All(yes, yes), op, true},
		{"not all", faultfs.All(yes, no), op, false},
		{"all of none", faultfs.All(), op, true},
		{"any", faultfs.Any(no, yes), op, true},
		{"any of none", faultfs.Any(), op, false},
		{"not", faultfs.Not(yes), op, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tc.m(tc.op); got != tc.want {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
	nth, from := faultfs.Nth(1), faultfs.From(1)
	for i, want := range []struct{ nth, from bool }{{false, false}, {true, true}, {false, true}} {
		if n, f := nth(op), from(op); n != want.nth || f != want.from {
			t.Errorf("call %d: Nth %v, From %v", i, n, f)
		}
	}
}

func TestFirst(t *testing.T) {
	other := errors.New("other")
	d := faultfs.First(faultfs.Each(func(faultfs.Op) {}), faultfs.Fail(other, faultfs.Kinds(faultfs.Sync)), faultfs.Fail(faultfs.ErrInjected))
	if err := d(faultfs.Op{Kind: faultfs.Sync}); err != other {
		t.Error(err)
	}
	if err := d(faultfs.Op{Kind: faultfs.Read}); err != faultfs.ErrInjected {
		t.Error(err)
	}
}

func TestShortAndDiskFull(t *testing.T) {
	mem := vfs.NewMem()
	fsys := faultfs.Wrap(mem, faultfs.DiskFull(10))
	f, err := vfs.Create(fsys, "f")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{6, 4, 0} {
		n, err := f.Write([]byte("sixsix"))
		if n != want || (want < 6) != errors.Is(err, syscall.ENOSPC) {
			t.Errorf("write %d = %d, %v; want %d", i, n, err, want)
		}
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if got, err := vfs.ReadFile(mem, "f"); err != nil || string(got) != "sixsixsixs" {
		t.Errorf("%q, %v", got, err)
	}
	// A part longer than the write is all of it, and it still fails.
	fsys = faultfs.Wrap(mem, faultfs.Fail(&faultfs.Short{N: 99, Err: faultfs.ErrInjected}, faultfs.Kinds(faultfs.Write)))
	f, err = fsys.OpenFile("g", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := f.WriteAt([]byte("abc"), 0); n != 3 || !errors.Is(err, faultfs.ErrInjected) || !strings.Contains(err.Error(), "short write") {
		t.Errorf("%d, %v", n, err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

func TestNilDecider(t *testing.T) {
	if err := work(faultfs.Wrap(vfs.NewMem(), nil)); err != nil {
		t.Error(err)
	}
}
