package localstore_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/traillake/traillake/storage/objstore"
	"github.com/traillake/traillake/storage/objstore/localstore"
	"github.com/traillake/traillake/storage/objstore/objstoretest"
	"github.com/traillake/traillake/storage/vfs"
	"github.com/traillake/traillake/storage/vfs/faultfs"
)

func mustOpen(t *testing.T, fsys vfs.FS, dir string, opts localstore.Options) *localstore.Store {
	t.Helper()
	s, err := localstore.Open(fsys, dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestContract(t *testing.T) {
	t.Run("OS", func(t *testing.T) {
		objstoretest.Run(t, func(t *testing.T) objstore.Store {
			return mustOpen(t, vfs.OS(), filepath.Join(t.TempDir(), "store"), localstore.Options{})
		})
	})
	t.Run("Mem", func(t *testing.T) {
		objstoretest.Run(t, func(t *testing.T) objstore.Store {
			return mustOpen(t, vfs.NewMem(), "/store", localstore.Options{})
		})
	})
}

func TestReadOnly(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "k"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := mustOpen(t, vfs.OS(), dir, localstore.Options{ReadOnly: true})
	_, err := s.Put(ctx, "new", strings.NewReader("y"), objstore.PutOptions{})
	for op, err := range map[string]error{"put": err, "delete": s.Delete(ctx, "k")} {
		if !errors.Is(err, fs.ErrPermission) || !errors.Is(err, objstore.ErrReadOnly) {
			t.Errorf("%s: %v, want ErrReadOnly", op, err)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
	if _, err := localstore.Open(vfs.OS(), filepath.Join(dir, "none"), localstore.Options{ReadOnly: true}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open of none: %v, want fs.ErrNotExist", err)
	}
}

func TestLinksAreSkipped(t *testing.T) {
	ctx := context.Background()
	outside, dir := t.TempDir(), t.TempDir()
	for _, err := range []error{
		os.WriteFile(filepath.Join(outside, "secret"), []byte("s"), 0o644),
		os.WriteFile(filepath.Join(dir, "real"), []byte("r"), 0o644),
		os.Symlink(outside, filepath.Join(dir, "folder")),
		os.Symlink(filepath.Join(outside, "secret"), filepath.Join(dir, "file")),
		os.Symlink("real", filepath.Join(dir, "inside")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	s := mustOpen(t, vfs.OS(), dir, localstore.Options{})
	var keys []string
	if err := s.List(ctx, "", func(o objstore.Object) error { keys = append(keys, o.Key); return nil }); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(keys); got != "[real]" {
		t.Errorf("list = %s, want [real]", got)
	}
	for _, key := range []string{"folder/secret", "file", "inside", "folder"} {
		if _, err := s.Get(ctx, key); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("get %s: %v, want fs.ErrNotExist", key, err)
		}
		if err := s.Delete(ctx, key); err != nil {
			t.Errorf("delete %s: %v", key, err)
		}
		_, err := s.Put(ctx, key, strings.NewReader("evil"), objstore.PutOptions{})
		if !errors.Is(err, fs.ErrPermission) {
			t.Errorf("put %s: %v, want fs.ErrPermission", key, err)
		}
	}
	if got, err := os.ReadFile(filepath.Join(outside, "secret")); err != nil || string(got) != "s" {
		t.Errorf("the file outside holds %q, %v", got, err)
	}
	if left, err := os.ReadDir(outside); err != nil || len(left) != 1 {
		t.Errorf("outside holds %v, %v", left, err)
	}
}

// A crash at any operation that changes something leaves an object whole or
// absent, and there when Put had returned.
func TestCrash(t *testing.T) {
	ctx := context.Background()
	old, replaced := strings.Repeat("old ", 300), strings.Repeat("new! ", 300)
	mem := vfs.NewMem()
	var clones []*vfs.Mem
	acknowledged := []string{}
	seen := map[int]int{}
	fsys := faultfs.Wrap(mem, faultfs.Each(func(op faultfs.Op) {
		if op.Kind.Changes() {
			seen[len(clones)] = len(acknowledged)
			clones = append(clones, mem.CrashClone(vfs.CrashOptions{}))
		}
	}))
	s := mustOpen(t, fsys, "/data/store", localstore.Options{})
	for _, content := range []string{old, replaced} {
		if _, err := s.Put(ctx, "a/b/k", strings.NewReader(content), objstore.PutOptions{}); err != nil {
			t.Fatal(err)
		}
		acknowledged = append(acknowledged, content)
	}
	seen[len(clones)] = len(acknowledged)
	clones = append(clones, mem.CrashClone(vfs.CrashOptions{}))
	if len(clones) < 10 {
		t.Fatalf("only %d crashes", len(clones))
	}
	for i, clone := range clones {
		again := mustOpen(t, clone, "/data/store", localstore.Options{})
		got, err := objstore.ReadAll(ctx, again, "a/b/k")
		n := seen[i]
		ok := n == 0 && errors.Is(err, fs.ErrNotExist) || n <= 1 && err == nil && string(got) == old ||
			n >= 1 && err == nil && string(got) == replaced
		if !ok {
			t.Errorf("crash %d after %d puts: %d bytes, %v", i, n, len(got), err)
		}
	}
}

// Whatever operation fails, Put says so, the old object stays or the new is
// whole, and nothing else is left in the way.
func TestFaults(t *testing.T) {
	ctx := context.Background()
	for n := int64(0); ; n++ {
		mem := vfs.NewMem()
		s := mustOpen(t, mem, "/store", localstore.Options{})
		if _, err := s.Put(ctx, "k", strings.NewReader("old"), objstore.PutOptions{}); err != nil {
			t.Fatal(err)
		}
		w, err := localstore.Open(faultfs.Wrap(mem, faultfs.Fail(faultfs.ErrInjected, faultfs.Nth(n))), "/store", localstore.Options{})
		if err == nil {
			_, err = w.Put(ctx, "k", strings.NewReader("new"), objstore.PutOptions{})
		}
		if err != nil && !errors.Is(err, faultfs.ErrInjected) {
			t.Fatalf("operation %d: %v, want the injected fault", n, err)
		}
		got, gerr := objstore.ReadAll(ctx, mustOpen(t, mem, "/store", localstore.Options{}), "k")
		if gerr != nil || string(got) != "new" && (string(got) != "old" || err == nil) {
			t.Fatalf("operation %d: put %v; then %q, %v", n, err, got, gerr)
		}
		if err == nil {
			if n < 8 {
				t.Fatalf("clean after %d operations already", n)
			}
			return
		}
	}
}
