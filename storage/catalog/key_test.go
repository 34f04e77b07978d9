package catalog

import (
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/traillake/traillake/storage/vfs"
)

const keyFile = "/lake/keys/catalog.pem"

func TestKeyIsMadeOnce(t *testing.T) {
	fsys := vfs.NewMem()
	buildLog(t, testOptions(fsys), 1)
	info, err := fsys.Lstat(keyFile)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	before := readFile(t, fsys, keyFile)
	c := mustOpen(t, testOptions(fsys))
	if string(readFile(t, fsys, keyFile)) != string(before) {
		t.Error("the key was replaced")
	}
	sum, err := Walk(context.Background(), fsys, LogDir("/lake", LakeLog), WalkOptions{}, nil)
	if err != nil || !c.PublicKey().Equal(sum.PublicKey) {
		t.Errorf("the lake log records %x, %v; the key is %x", sum.PublicKey, err, c.PublicKey())
	}
}

// A lake is not opened for writing without its own key, and nothing is changed
// on the way to that answer.
func TestKeyRefused(t *testing.T) {
	foreign := vfs.NewMem()
	opts := testOptions(foreign)
	opts.Rand = rand.NewChaCha8([32]byte{42})
	buildLog(t, opts, 1)
	for _, tc := range []struct {
		name, says string
		change     func(t *testing.T, fsys vfs.FS)
	}{
		{"missing", "put it back", func(t *testing.T, fsys vfs.FS) { remove(t, fsys, keyFile) }},
		{"of another lake", "the lake's own key", func(t *testing.T, fsys vfs.FS) {
			if err := vfs.WriteFile(fsys, keyFile, readFile(t, foreign, keyFile), 0o600); err != nil {
				t.Fatal(err)
			}
		}},
		{"readable by others", "must be 0600", func(t *testing.T, fsys vfs.FS) {
			writeFile(t, fsys, keyFile, readFile(t, fsys, keyFile))
		}},
		{"no PEM", "not one PEM block", func(t *testing.T, fsys vfs.FS) {
			if err := vfs.WriteFile(fsys, keyFile, []byte("secret"), 0o600); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			fsys := vfs.NewMem()
			opts, said := indexOptions(t, fsys)
			buildLog(t, opts, 2)
			whole := readFile(t, fsys, keyFile)
			tc.change(t, fsys)
			c, err := Open(context.Background(), opts)
			if err == nil || !strings.Contains(err.Error(), tc.says) || !strings.Contains(err.Error(), keyFile) {
				t.Errorf("open = %v, %v; want %q", c, err, tc.says)
			}
			if err := vfs.WriteFile(fsys, keyFile, whole, 0o600); err != nil {
				t.Fatal(err)
			}
			said.Reset()
			checkContents(t, mustOpenLog(t, mustOpen(t, opts), storeLog), 2)
			if said.Len() > 0 {
				t.Errorf("log: %s", said)
			}
		})
	}
}

// An entry signed by somebody else's key is found, also when all the rest of
// the log was made to fit it.
func TestForged(t *testing.T) {
	ctx := context.Background()
	honest, forger := vfs.NewMem(), vfs.NewMem()
	buildLog(t, testOptions(honest), 3)
	opts := testOptions(forger)
	opts.Rand = rand.NewChaCha8([32]byte{42})
	buildLog(t, opts, 3)
	for _, name := range []string{HeadName, logFileName(1)} {
		path := testDir + "/" + name
		writeFile(t, honest, path, readFile(t, forger, path))
	}
	lake, err := Walk(ctx, honest, LogDir("/lake", LakeLog), WalkOptions{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Walk(ctx, honest, testDir, WalkOptions{PublicKey: lake.PublicKey}, nil); !errors.Is(err, ErrCorrupt) {
		t.Errorf("walk says %v", err)
	}
	c := mustOpen(t, testOptions(honest))
	if _, err := c.OpenLog(ctx, storeLog); !errors.Is(err, ErrCorrupt) {
		t.Errorf("open says %v", err)
	}
}

// A record that is whole but was not signed by the key is not taken for a
// torn one, though nobody acknowledged it.
func TestUnsignedTail(t *testing.T) {
	ctx := context.Background()
	fsys := vfs.NewMem()
	buildLog(t, testOptions(fsys), 2)
	sum, err := Walk(ctx, fsys, testDir, WalkOptions{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	other, err := readOrMakeKey(vfs.NewMem(), "/k", rand.NewChaCha8([32]byte{42}))
	if err != nil {
		t.Fatal(err)
	}
	path := logPaths(t, fsys)[0]
	rec, _ := encodeRecord(readFile(t, fsys, path), 3, sum.Hash, []byte(`{"version":3,"time":"2024-01-01T00:00:00Z"}`), other)
	writeFile(t, fsys, path, rec)
	if _, err := Walk(ctx, fsys, testDir, WalkOptions{}, nil); !errors.Is(err, ErrCorrupt) {
		t.Errorf("walk says %v", err)
	}
	c := mustOpen(t, testOptions(fsys))
	if _, err := c.OpenLog(ctx, storeLog); !errors.Is(err, ErrCorrupt) {
		t.Errorf("open says %v", err)
	}
}

// A lake log that is gone is not silently begun anew beside its stores.
func TestLakeLogIsGone(t *testing.T) {
	fsys := vfs.NewMem()
	buildLog(t, testOptions(fsys), 1)
	if err := vfs.RemoveAll(fsys, "/lake/lake"); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(context.Background(), testOptions(fsys)); !errors.Is(err, ErrCorrupt) {
		t.Errorf("open says %v", err)
	}
	opts := testOptions(vfs.NewMem())
	opts.ReadOnly = true
	if _, err := Open(context.Background(), opts); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open of nothing, read only: %v", err)
	}
}
