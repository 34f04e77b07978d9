package vfs_test

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/traillake/traillake/storage/vfs"
)

func crashed(mem *vfs.Mem) *vfs.Mem { return mem.CrashClone(vfs.CrashOptions{}) }

func wantNone(t *testing.T, fsys vfs.FS, name string) {
	t.Helper()
	if _, err := fsys.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s: %v, want fs.ErrNotExist", name, err)
	}
}

func TestCrashForgetsWhatWasNotSynced(t *testing.T) {
	mem := vfs.NewMem()
	f, err := vfs.Create(mem, "/f")
	must(t, err)
	_, err = f.Write([]byte("synced"))
	must(t, err)
	must(t, f.Sync())
	wantNone(t, crashed(mem), "/f") // the bytes are safe, the name is not
	must(t, mem.SyncDir("/"))
	wantFile(t, crashed(mem), "/f", "synced")

	_, err = f.Write([]byte(" more"))
	must(t, err)
	_, err = f.WriteAt([]byte("S"), 0)
	must(t, err)
	wantFile(t, crashed(mem), "/f", "synced")
	wantFile(t, mem, "/f", "Synced more")
	must(t, f.Truncate(2))
	wantFile(t, crashed(mem), "/f", "synced")
	must(t, f.Sync())
	wantFile(t, crashed(mem), "/f", "Sy")
	must(t, f.Truncate(4))
	must(t, f.Sync())
	wantFile(t, crashed(mem), "/f", "Sy\x00\x00")

	must(t, mem.Remove("/f"))
	wantFile(t, crashed(mem), "/f", "Sy\x00\x00")
	must(t, mem.SyncDir("/"))
	wantNone(t, crashed(mem), "/f")
}

func TestCrashAndNames(t *testing.T) {
	mem := vfs.NewMem()
	must(t, mem.MkdirAll("/a/b", 0o755))
	must(t, vfs.WriteFile(mem, "/a/b/f", []byte("x"), 0o600))
	wantNone(t, crashed(mem), "/a") // the folder's own name was never synced
	must(t, mem.SyncDir("/a"))
	must(t, mem.SyncDir("/"))
	wantFile(t, crashed(mem), "/a/b/f", "x")

	must(t, mem.Rename("/a/b/f", "/a/b/g"))
	clone := crashed(mem)
	wantFile(t, clone, "/a/b/f", "x")
	wantNone(t, clone, "/a/b/g")
	must(t, mem.SyncDir("/a/b"))
	clone = crashed(mem)
	wantFile(t, clone, "/a/b/g", "x")
	wantNone(t, clone, "/a/b/f")

	must(t, vfs.MkdirAllSync(mem, "/d/e/f", 0o755))
	if _, err := crashed(mem).ReadDir("/d/e/f"); err != nil {
		t.Error(err)
	}
	// A file written without a sync is there, but empty.
	write(t, mem, "/d/e/f/g", "lost")
	must(t, mem.SyncDir("/d/e/f"))
	wantFile(t, crashed(mem), "/d/e/f/g", "")
}

func TestCrashCloneIsApart(t *testing.T) {
	mem := vfs.NewMem()
	must(t, vfs.WriteFile(mem, "/f", []byte("one"), 0o600))
	lock, err := mem.Lock("/LOCK")
	must(t, err)
	must(t, mem.SyncDir("/"))
	clone := crashed(mem)
	must(t, vfs.WriteFile(mem, "/f", []byte("two"), 0o600))
	wantFile(t, clone, "/f", "one")
	must(t, vfs.WriteFile(clone, "/f", []byte("three"), 0o600))
	wantFile(t, mem, "/f", "two")
	again, err := clone.Lock("/LOCK") // the process that had it is gone
	must(t, err)
	must(t, again.Close())
	must(t, lock.Close())
}

// With a source of chance some unsynced blocks survive and some do not, what
// was synced always does, and a seed gives the same again.
func TestCrashKeepsSome(t *testing.T) {
	mem := vfs.NewMem()
	f, err := vfs.Create(mem, "/f")
	must(t, err)
	_, err = f.Write([]byte(strings.Repeat("a", 1024)))
	must(t, err)
	must(t, f.Sync())
	must(t, mem.SyncDir("/"))
	_, err = f.Write([]byte(strings.Repeat("b", 8*512)))
	must(t, err)
	write(t, mem, "/new", "")
	seen := map[string]bool{}
	named := 0
	for seed := range uint64(40) {
		clone := mem.CrashClone(vfs.CrashOptions{Rand: rand.New(rand.NewPCG(seed, 0))})
		again := mem.CrashClone(vfs.CrashOptions{Rand: rand.New(rand.NewPCG(seed, 0))})
		got, err := vfs.ReadFile(clone, "/f")
		must(t, err)
		wantFile(t, again, "/f", string(got))
		if !strings.HasPrefix(string(got), strings.Repeat("a", 1024)) {
			t.Fatalf("seed %d: synced bytes are gone", seed)
		}
		if len(got) != 1024 && len(got) != 1024+8*512 {
			t.Fatalf("seed %d: %d bytes", seed, len(got))
		}
		for off := 1024; off < len(got); off += 512 {
			block := string(got[off : off+512])
			if block != strings.Repeat("b", 512) && block != strings.Repeat("\x00", 512) {
				t.Fatalf("seed %d: block at %d is mixed", seed, off)
			}
		}
		seen[string(got)] = true
		if _, err := clone.Lstat("/new"); err == nil {
			named++
		}
	}
	if len(seen) < 5 || named == 0 || named == 40 {
		t.Errorf("%d different files, the new name %d times of 40", len(seen), named)
	}
}
