package vfs_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/traillake/traillake/storage/vfs"
)

// both runs a check over the operating system's files and over those in
// memory: what holds for the one must for the other.
func both(t *testing.T, check func(t *testing.T, fsys vfs.FS, dir string)) {
	t.Run("OS", func(t *testing.T) { check(t, vfs.OS(), t.TempDir()) })
	t.Run("Mem", func(t *testing.T) {
		mem := vfs.NewMem()
		if err := mem.MkdirAll("/tmp/x", 0o755); err != nil {
			t.Fatal(err)
		}
		check(t, mem, "/tmp/x")
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, fsys vfs.FS, name, content string) {
	t.Helper()
	f, err := vfs.Create(fsys, name)
	must(t, err)
	_, err = f.Write([]byte(content))
	must(t, err)
	must(t, f.Close())
}

func wantFile(t *testing.T, fsys vfs.FS, name, want string) {
	t.Helper()
	if got, err := vfs.ReadFile(fsys, name); err != nil || string(got) != want {
		t.Errorf("%s = %q, %v, want %q", name, got, err, want)
	}
}

func TestFile(t *testing.T) {
	both(t, func(t *testing.T, fsys vfs.FS, dir string) {
		name := filepath.Join(dir, "f")
		f, err := vfs.Create(fsys, name)
		must(t, err)
		for _, s := range []string{"hello", " world"} {
			n, err := f.Write([]byte(s))
			if n != len(s) || err != nil {
				t.Fatalf("write = %d, %v", n, err)
			}
		}
		_, err = f.WriteAt([]byte("J"), 0)
		must(t, err)
		_, err = f.WriteAt([]byte("!"), 13)
		must(t, err)
		wantFile(t, fsys, name, "Jello world\x00\x00!")
		must(t, f.Truncate(5))
		must(t, f.Truncate(7))
		must(t, f.Sync())
		wantFile(t, fsys, name, "Jello\x00\x00")
		buf := make([]byte, 4)
		if n, err := f.ReadAt(buf, 5); n != 2 || err != io.EOF {
			t.Errorf("ReadAt over the end = %d, %v", n, err)
		}
		if n, err := f.ReadAt(buf, 100); n != 0 || err != io.EOF {
			t.Errorf("ReadAt behind the end = %d, %v", n, err)
		}
		if _, err := f.ReadAt(buf, -1); err == nil {
			t.Error("ReadAt(-1): no error")
		}
		if _, err := f.WriteAt(buf, -1); err == nil {
			t.Error("WriteAt(-1): no error")
		}
		info, err := f.Stat()
		if err != nil || info.Size() != 7 || info.Name() != "f" || !info.Mode().IsRegular() {
			t.Errorf("stat = %v, %v", info, err)
		}
		must(t, f.Close())
		if _, err := f.Write(buf); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("write after close: %v", err)
		}
		if err := f.Close(); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("close again: %v", err)
		}
	})
}

func TestOpenFlags(t *testing.T) {
	both(t, func(t *testing.T, fsys vfs.FS, dir string) {
		name := filepath.Join(dir, "f")
		_, err := vfs.Open(fsys, name)
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("open of none: %v", err)
		}
		write(t, fsys, name, "abc")
		if _, err := fsys.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); !errors.Is(err, fs.ErrExist) {
			t.Errorf("exclusive create: %v", err)
		}
		f, err := fsys.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
		must(t, err)
		_, err = f.Write([]byte("def"))
		must(t, err)
		if _, err := f.Read(make([]byte, 1)); err == nil {
			t.Error("read of a write-only file: no error")
		}
		if _, err := f.WriteAt([]byte("x"), 0); err == nil {
			t.Error("WriteAt of an appending file: no error")
		}
		must(t, f.Close())
		wantFile(t, fsys, name, "abcdef")
		f, err = vfs.Open(fsys, name)
		must(t, err)
		if _, err := f.Write([]byte("x")); err == nil {
			t.Error("write to a read-only file: no error")
		}
		if err := f.Truncate(0); err == nil {
			t.Error("truncate of a read-only file: no error")
		}
		must(t, f.Close())
		if f, err := vfs.Open(fsys, dir); err == nil {
			t.Errorf("a folder was opened: %v", f.Close())
		}
		if _, err := vfs.Open(fsys, filepath.Join(name, "below")); err == nil {
			t.Error("a file was taken for a folder")
		}
		f, err = fsys.OpenFile(filepath.Join(dir, "secret"), os.O_WRONLY|os.O_CREATE, 0o600)
		must(t, err)
		must(t, f.Close())
		if info, err := fsys.Lstat(filepath.Join(dir, "secret")); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, %v", info, err)
		}
	})
}

func TestNames(t *testing.T) {
	both(t, func(t *testing.T, fsys vfs.FS, dir string) {
		in := func(name string) string { return filepath.Join(dir, name) }
		must(t, fsys.MkdirAll(in("a/b/c"), 0o755))
		must(t, fsys.MkdirAll(in("a/b/c"), 0o755))
		write(t, fsys, in("a/b/f"), "1")
		write(t, fsys, in("a/b/g"), "2")
		if err := fsys.MkdirAll(in("a/b/f/x"), 0o755); err == nil {
			t.Error("a folder was made below a file")
		}
		entries, err := fsys.ReadDir(in("a/b"))
		must(t, err)
		var names string
		for _, e := range entries {
			names += fmt.Sprint(e.Name(), e.IsDir(), " ")
		}
		if names != "ctrue ffalse gfalse " {
			t.Errorf("ReadDir = %s", names)
		}
		must(t, fsys.Rename(in("a/b/f"), in("a/b/g")))
		wantFile(t, fsys, in("a/b/g"), "1")
		for what, err := range map[string]error{
			"rename of none":     fsys.Rename(in("none"), in("x")),
			"remove of none":     fsys.Remove(in("none")),
			"SyncDir of none":    fsys.SyncDir(in("none")),
			"rename into no dir": fsys.Rename(in("a/b/g"), in("none/g")),
		} {
			if !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: %v, want fs.ErrNotExist", what, err)
			}
		}
		if _, err := fsys.ReadDir(in("none")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("ReadDir of none: %v", err)
		}
		if _, err := fsys.ReadDir(in("a/b/g")); err == nil {
			t.Error("ReadDir of a file: no error")
		}
		if err := fsys.Remove(in("a")); err == nil {
			t.Error("a folder that is not empty was removed")
		}
		if err := fsys.Rename(in("a/b/g"), in("a/b/c")); err == nil {
			t.Error("a file was renamed over a folder")
		}
		must(t, fsys.SyncDir(in("a/b")))
		must(t, vfs.RemoveAll(fsys, in("a")))
		must(t, vfs.RemoveAll(fsys, in("a")))
		if _, err := fsys.Lstat(in("a")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("after RemoveAll: %v", err)
		}
	})
}

func TestLock(t *testing.T) {
	both(t, func(t *testing.T, fsys vfs.FS, dir string) {
		name := filepath.Join(dir, "LOCK")
		lock, err := fsys.Lock(name)
		must(t, err)
		if _, err := fsys.Lock(name); !errors.Is(err, vfs.ErrLocked) {
			t.Errorf("second lock: %v, want ErrLocked", err)
		}
		must(t, lock.Close())
		must(t, lock.Close())
		lock, err = fsys.Lock(name)
		must(t, err)
		must(t, lock.Close())
		if _, err := fsys.Lock(filepath.Join(dir, "none", "LOCK")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("lock in no folder: %v", err)
		}
	})
}

func TestWriteFile(t *testing.T) {
	both(t, func(t *testing.T, fsys vfs.FS, dir string) {
		name := filepath.Join(dir, "f")
		write(t, fsys, name+vfs.TempSuffix, "left over from a crash")
		must(t, vfs.WriteFile(fsys, name, []byte("one"), 0o600))
		must(t, vfs.WriteFile(fsys, name, []byte("two"), 0o600))
		wantFile(t, fsys, name, "two")
		entries, err := fsys.ReadDir(dir)
		if err != nil || len(entries) != 1 {
			t.Errorf("the folder holds %v, %v", entries, err)
		}
		if info, err := fsys.Lstat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, %v", info, err)
		}
	})
}

func TestRemoveAllKeepsWhatALinkPointsTo(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	must(t, os.WriteFile(filepath.Join(outside, "f"), nil, 0o600))
	must(t, os.Mkdir(filepath.Join(dir, "d"), 0o755))
	must(t, os.Symlink(outside, filepath.Join(dir, "d", "link")))
	must(t, vfs.RemoveAll(vfs.OS(), filepath.Join(dir, "d")))
	if _, err := os.Stat(filepath.Join(outside, "f")); err != nil {
		t.Error(err)
	}
}

func TestMemClock(t *testing.T) {
	mem := vfs.NewMem()
	now := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	mem.SetNow(func() time.Time { return now })
	write(t, mem, "f", "x")
	if info, err := mem.Lstat("f"); err != nil || !info.ModTime().Equal(now) {
		t.Errorf("%v, %v", info, err)
	}
}
