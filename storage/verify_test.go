package storage

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/traillake/traillake/storage/segment"
	"github.com/traillake/traillake/storage/vfs"
	"github.com/traillake/traillake/storage/vfs/faultfs"
)

// change rewrites a file of an in-memory file system.
func change(t testing.TB, fsys vfs.FS, path string, f func([]byte) []byte) {
	t.Helper()
	data, err := vfs.ReadFile(fsys, path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := vfs.Create(fsys, path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.Write(f(data)); err != nil {
		t.Fatal(err)
	}
}

// closedLake makes a lake of one store with one segment and closes it.
func closedLake(t testing.TB) (*vfs.Mem, segment.Meta) {
	t.Helper()
	fsys := vfs.NewMem()
	l := mustOpen(t, testOptions(fsys))
	m := mustAdd(t, mustCreate(t, l), 10, "a", 12)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return fsys, m
}

// TestVerifyFlippedBytes: no changed byte of a segment, of its fingerprint file,
// of FORMAT, or of a log and its HEAD goes unnoticed.
func TestVerifyFlippedBytes(t *testing.T) {
	fsys, m := closedLake(t)
	opts := VerifyOptions{FS: fsys, Dir: "/data"}
	if f, n := verify(t, opts); len(f)+len(n) > 0 {
		t.Fatalf("intact: %q, notes %q", f, n)
	}
	dir := storeDir("/data", storeID)
	logs, err := fsys.ReadDir(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{filepath.Join(dir, m.Key), filepath.Join(dir, m.FingerprintKey), "/data/FORMAT"}
	for _, e := range logs {
		paths = append(paths, filepath.Join(dir, "log", e.Name()))
	}
	lake, err := fsys.ReadDir("/data/lake/log")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range lake {
		paths = append(paths, filepath.Join("/data/lake/log", e.Name()))
	}
	for _, path := range paths {
		t.Run(path, func(t *testing.T) {
			data, err := vfs.ReadFile(fsys, path)
			if err != nil {
				t.Fatal(err)
			}
			step := 1
			if len(data) > 1000 {
				step = 5
			}
			if filepath.Base(path) == "HEAD" {
				step = 67 // most of it is zeros
			}
			for i := 0; i < len(data); i += step {
				change(t, fsys, path, func(b []byte) []byte { b[i] ^= 1 << (i % 8); return b })
				findings, _ := verify(t, opts)
				if !slices.ContainsFunc(findings, func(f string) bool { return strings.HasPrefix(f, path) }) {
					t.Errorf("byte %d: findings %q do not name the file", i, findings)
				}
				change(t, fsys, path, func(b []byte) []byte { b[i] ^= 1 << (i % 8); return b })
			}
		})
	}
	if f, n := verify(t, opts); len(f)+len(n) > 0 {
		t.Fatalf("intact again: %q, notes %q", f, n)
	}
}

// TestVerifyFiles: missing, short, long and unnamed files.
func TestVerifyFiles(t *testing.T) {
	tests := []struct {
		name          string
		do            func(t *testing.T, fsys vfs.FS, dir string, m segment.Meta)
		finding, note string
	}{
		{"segment missing", func(t *testing.T, fsys vfs.FS, dir string, m segment.Meta) {
			fsys.Remove(filepath.Join(dir, m.Key))
		}, "the file is missing", ""},
		{"fingerprints missing", func(t *testing.T, fsys vfs.FS, dir string, m segment.Meta) {
			fsys.Remove(filepath.Join(dir, m.FingerprintKey))
		}, "the file is missing", ""},
		{"segment short", func(t *testing.T, fsys vfs.FS, dir string, m segment.Meta) {
			change(t, fsys, filepath.Join(dir, m.Key), func(b []byte) []byte { return b[:len(b)-1] })
		}, "bytes, want", ""},
		{"segment long", func(t *testing.T, fsys vfs.FS, dir string, m segment.Meta) {
			change(t, fsys, filepath.Join(dir, m.Key), func(b []byte) []byte { return append(b, 0) })
		}, "bytes, want", ""},
		{"page", func(t *testing.T, fsys vfs.FS, dir string, m segment.Meta) {
			change(t, fsys, filepath.Join(dir, m.Key), func(b []byte) []byte { b[60] ^= 1; return b })
		}, "at offset 4: SHA-256", ""},
		{"extra file", func(t *testing.T, fsys vfs.FS, dir string, m segment.Meta) {
			vfs.WriteFile(fsys, filepath.Join(dir, "segments", "extra"), []byte("x"), 0o644)
		}, "", "no entry names this file"},
		{"extra store", func(t *testing.T, fsys vfs.FS, dir string, m segment.Meta) {
			vfs.MkdirAllSync(fsys, filepath.Join(filepath.Dir(dir), "extra"), 0o755)
		}, "", "names no such store"},
		{"store gone", func(t *testing.T, fsys vfs.FS, dir string, m segment.Meta) {
			if err := vfs.RemoveAll(fsys, dir); err != nil {
				t.Fatal(err)
			}
		}, "stores/" + storeID, ""},
		{"log file gone", func(t *testing.T, fsys vfs.FS, dir string, m segment.Meta) {
			entries, _ := fsys.ReadDir(filepath.Join(dir, "log"))
			for _, e := range entries {
				if e.Name() != "HEAD" {
					fsys.Remove(filepath.Join(dir, "log", e.Name()))
				}
			}
		}, "/log", ""},
		{"key gone", func(t *testing.T, fsys vfs.FS, dir string, m segment.Meta) {
			fsys.Remove("/data/keys/catalog.pem")
		}, "", "the signing key is not here"},
		{"key damaged", func(t *testing.T, fsys vfs.FS, dir string, m segment.Meta) {
			change(t, fsys, "/data/keys/catalog.pem", func(b []byte) []byte { b[10] ^= 1; return b })
		}, "keys/catalog.pem: signing key", ""},
		{"key of another lake", func(t *testing.T, fsys vfs.FS, dir string, m segment.Meta) {
			other := vfs.NewMem()
			opts := testOptions(other)
			opts.Rand = bytes.NewReader(bytes.Repeat([]byte{9}, 1000))
			if err := mustOpen(t, opts).Close(); err != nil {
				t.Fatal(err)
			}
			key, err := vfs.ReadFile(other, "/data/keys/catalog.pem")
			if err != nil {
				t.Fatal(err)
			}
			change(t, fsys, "/data/keys/catalog.pem", func([]byte) []byte { return key })
		}, "but the logs are signed with", ""},
		{"fingerprints of another segment", func(t *testing.T, fsys vfs.FS, dir string, m segment.Meta) {
			var b bytes.Buffer
			if err := segment.WriteFingerprints(&b, []segment.Fingerprint{{Hash: 7, Row: 1}}); err != nil {
				t.Fatal(err)
			}
			change(t, fsys, filepath.Join(dir, m.FingerprintKey), func([]byte) []byte { return b.Bytes() })
		}, "at offset 0: SHA-256", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fsys, m := closedLake(t)
			tt.do(t, fsys, storeDir("/data", storeID), m)
			findings, notes := verify(t, VerifyOptions{FS: fsys, Dir: "/data"})
			for _, c := range []struct {
				what, want string
				got        []string
			}{{"findings", tt.finding, findings}, {"notes", tt.note, notes}} {
				if c.want == "" && len(c.got) > 0 || c.want != "" && !slices.ContainsFunc(c.got, func(s string) bool { return strings.Contains(s, c.want) }) {
					t.Errorf("%s are %q, want one with %q", c.what, c.got, c.want)
				}
			}
		})
	}
}

// TestVerifyBehindDamage: what lies behind a damaged HEAD or lake log is checked
// all the same, and each fault is told once, with its place.
func TestVerifyBehindDamage(t *testing.T) {
	lakeLog := "/data/lake/log"
	storeLog := filepath.Join(storeDir("/data", storeID), "log")
	for _, tt := range []struct {
		name, file string
		offset     int
	}{
		{"store HEAD", filepath.Join(storeLog, "HEAD"), 30},
		{"both slots", filepath.Join(storeLog, "HEAD"), -1},
		{"lake HEAD", filepath.Join(lakeLog, "HEAD"), 4096 + 30},
		{"lake log", filepath.Join(lakeLog, "00000000000000000001.log"), 140},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fsys, m := closedLake(t)
			change(t, fsys, tt.file, func(b []byte) []byte {
				if tt.offset < 0 {
					return b[:10]
				}
				b[tt.offset] ^= 1
				return b
			})
			page := filepath.Join(storeDir("/data", storeID), m.Key)
			change(t, fsys, page, func(b []byte) []byte { b[60] ^= 1; return b })
			findings, notes := verify(t, VerifyOptions{FS: fsys, Dir: "/data"})
			if len(findings) != 2 || len(notes) != 0 || strings.Count(findings[0], tt.file) != 1 || !strings.HasPrefix(findings[1], page+" at offset 4: ") {
				t.Errorf("findings %q, notes %q: want one of %s and one of %s", findings, notes, tt.file, page)
			}
		})
	}
}

// TestVerifyWhileDropped: a store that is dropped while it is checked is no damage.
func TestVerifyWhileDropped(t *testing.T) {
	mem := vfs.NewMem()
	l := mustOpen(t, testOptions(mem))
	mustAdd(t, mustCreate(t, l), 10, "a", 12)
	dropped := false
	storeLog := filepath.Join(storeDir("/data", storeID), "log")
	view := faultfs.Wrap(mem, faultfs.Each(func(op faultfs.Op) {
		if !dropped && strings.HasPrefix(op.Path, storeLog) {
			dropped = true
			if err := l.DropStore(context.Background(), storeID); err != nil {
				t.Error(err)
			}
		}
	}))
	findings, _ := verify(t, VerifyOptions{FS: view, Dir: "/data"})
	if !dropped || len(findings) > 0 {
		t.Errorf("dropped is %v, findings %q", dropped, findings)
	}
}

func TestVerifyArguments(t *testing.T) {
	fsys, _ := closedLake(t)
	ctx := context.Background()
	if _, err := Verify(ctx, VerifyOptions{FS: fsys, Dir: "/nowhere"}, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no directory: %v", err)
	}
	if _, err := Verify(ctx, VerifyOptions{FS: fsys, Dir: "/data", Store: "other"}, nil); !errors.Is(err, ErrNotFound) {
		t.Errorf("unknown store: %v", err)
	}
	var seen Summary
	sum, err := Verify(ctx, VerifyOptions{FS: fsys, Dir: "/data", Store: storeID, Progress: func(s Summary) { seen = s }}, nil)
	if err != nil || sum.Stores != 1 || sum.Segments != 1 || sum.Rows != 12 {
		t.Errorf("one store: %+v, %v", sum, err)
	}
	if seen.Segments != 1 || seen.Rows != 12 {
		t.Errorf("progress after the last segment: %+v", seen)
	}
}

// TestOpenDamaged: a lake with a damaged log does not open, and says where.
func TestOpenDamaged(t *testing.T) {
	fsys, m := closedLake(t)
	dir := storeDir("/data", storeID)
	entries, err := fsys.ReadDir(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "HEAD" {
			change(t, fsys, filepath.Join(dir, "log", e.Name()), func(b []byte) []byte { b[len(b)/2] ^= 1; return b })
		}
	}
	_, err = Open(context.Background(), testOptions(fsys))
	if !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), "at offset") {
		t.Errorf("damaged log: %v, want ErrCorrupt with the offset", err)
	}
	// A damaged segment shows when it is read.
	fsys, m = closedLake(t)
	change(t, fsys, filepath.Join(dir, m.Key), func(b []byte) []byte { return b[:len(b)-5] })
	l := mustOpen(t, testOptions(fsys))
	sn := mustOpenStore(t, l).Snapshot()
	defer sn.Release()
	if _, err := sn.Open(context.Background(), m.ID); !errors.Is(err, ErrCorrupt) {
		t.Errorf("damaged segment: %v, want ErrCorrupt", err)
	}
	if err := Inspect(context.Background(), fsys, filepath.Join(dir, m.Key), io.Discard); !errors.Is(err, segment.ErrCorrupt) {
		t.Errorf("inspect a damaged segment: %v, want ErrCorrupt", err)
	}
}

// TestFindInDamagedFingerprints: a changed fingerprint is an error, not an event
// that nobody has.
func TestFindInDamagedFingerprints(t *testing.T) {
	fsys, m := closedLake(t)
	path := filepath.Join(storeDir("/data", storeID), m.FingerprintKey)
	change(t, fsys, path, func(b []byte) []byte { b[30] ^= 1; return b })
	s := mustOpenStore(t, mustOpen(t, testOptions(fsys)))
	if refs, err := s.FindFingerprints(context.Background(), nil, m.Day, []uint64{printOf("a-7")}); !errors.Is(err, ErrCorrupt) {
		t.Errorf("found %v, %v, want ErrCorrupt", refs, err)
	}
}

// TestInspectFolders: the folder of a store or of the lake shows its log, and a
// fault names the file.
func TestInspectFolders(t *testing.T) {
	fsys, _ := closedLake(t)
	for path, want := range map[string]string{
		storeDir("/data", storeID): "create store", "/data/lake": "create lake", "/data/FORMAT": formatText,
	} {
		var out bytes.Buffer
		if err := Inspect(context.Background(), fsys, path, &out); err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("inspect %s: %q, %v, want %q", path, out.String(), err, want)
		}
	}
	head := "/data/lake/log/HEAD"
	change(t, fsys, head, func(b []byte) []byte { b[30] ^= 1; return b })
	var out bytes.Buffer
	err := Inspect(context.Background(), fsys, head, &out)
	if err == nil || !strings.HasPrefix(err.Error(), "inspect "+head+": ") || !strings.Contains(out.String(), "create lake") {
		t.Errorf("damaged HEAD: %q, %v", out.String(), err)
	}
}
