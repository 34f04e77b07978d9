package catalog

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/traillake/traillake/storage/vfs"
)

// indexOptions are options with an index on disk and a log that is returned.
func indexOptions(t *testing.T, fsys vfs.FS) (Options, *bytes.Buffer) {
	t.Helper()
	var said bytes.Buffer
	opts := testOptions(fsys)
	opts.IndexDir = filepath.Join(t.TempDir(), "index")
	opts.Logger = slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelWarn}))
	return opts, &said
}

func copyDir(t *testing.T, from, to string) {
	t.Helper()
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// The index is brought to what the logs say, wherever it was.
func TestIndexCatchesUp(t *testing.T) {
	const n = 9
	for _, tc := range []struct {
		name string
		// change gets the index as it was after 4 commits and after 9.
		change func(t *testing.T, opts *Options, early, late string)
		// commits is what the log has; remade whether the index is built anew.
		commits int
		remade  bool
	}{
		{"as it was", func(*testing.T, *Options, string, string) {}, n, false},
		{"lost", func(t *testing.T, o *Options, _, _ string) {
			if err := os.RemoveAll(o.IndexDir); err != nil {
				t.Fatal(err)
			}
		}, n, false},
		{"behind", func(t *testing.T, o *Options, early, _ string) { copyDir(t, early, o.IndexDir) }, n, false},
		{"rebuilt on demand", func(_ *testing.T, o *Options, _, _ string) { o.RebuildIndex = true }, n, false},
		{"of another lake", func(t *testing.T, o *Options, _, _ string) {
			foreign := testOptions(vfs.NewMem())
			foreign.Rand, foreign.IndexDir = bytes.NewReader(bytes.Repeat([]byte{9}, 32)), filepath.Join(t.TempDir(), "index")
			buildLog(t, foreign, n+3)
			copyDir(t, foreign.IndexDir, o.IndexDir)
		}, n, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			fsys := vfs.NewMem()
			opts, said := indexOptions(t, fsys)
			buildLog(t, opts, 4)
			early, late := filepath.Join(t.TempDir(), "early"), filepath.Join(t.TempDir(), "late")
			copyDir(t, opts.IndexDir, early)
			extend(t, opts, 4, n, numberedCommit)
			copyDir(t, opts.IndexDir, late)
			tc.change(t, &opts, early, late)
			said.Reset()
			c := mustOpen(t, opts)
			l := mustOpenLog(t, c, storeLog)
			checkContents(t, l, tc.commits)
			if remade := strings.Contains(said.String(), "made anew"); remade != tc.remade {
				t.Errorf("made anew: %v, want %v; log: %s", remade, tc.remade, said)
			}
			mustCommit(t, l, numberedCommit(n))
			checkContents(t, l, n+1)
		})
	}
}

// extend opens a log that has from entries and commits up to n.
func extend(t *testing.T, opts Options, from, n int, commit func(int) Commit) {
	t.Helper()
	c, err := Open(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	l := mustOpenLog(t, c, storeLog)
	for i := from; i < n; i++ {
		mustCommit(t, l, commit(i))
	}
	mustClose(t, c)
}

// An index of a future that the logs do not have, or of another one, is
// dropped, and nothing of it stays: the index has checkpoints that must go.
func TestIndexContradicts(t *testing.T) {
	for _, tc := range []struct {
		name    string
		commits int
	}{{"ahead", 4}, {"on another branch", 6}, {"behind on another branch", 9}} {
		t.Run(tc.name, func(t *testing.T) {
			fsys := vfs.NewMem()
			opts, said := indexOptions(t, fsys)
			buildLog(t, opts, 4)
			fork := fsys.CrashClone(vfs.CrashOptions{})
			extend(t, opts, 4, 6, func(i int) Commit {
				return Commit{
					Add:         []Segment{{ID: fmt.Sprint("other", i), Meta: json.RawMessage("1")}},
					Checkpoints: []Checkpoint{{Source: "bucket", Key: "k4", ETag: "other"}},
					Docs:        map[string]json.RawMessage{"other": json.RawMessage("1")},
				}
			})
			forked := opts
			forked.FS, forked.IndexDir = fork, ""
			extend(t, forked, 4, tc.commits, numberedCommit)
			opts.FS = fork
			said.Reset()
			c := mustOpen(t, opts)
			checkContents(t, mustOpenLog(t, c, storeLog), tc.commits)
			if !strings.Contains(said.String(), "contradicts") {
				t.Errorf("log: %s", said)
			}
			mustClose(t, c)
			// And so it stays at the next open.
			said.Reset()
			c = mustOpen(t, opts)
			checkContents(t, mustOpenLog(t, c, storeLog), tc.commits)
			if said.Len() > 0 {
				t.Errorf("log: %s", said)
			}
		})
	}
}

// An index with damaged, emptied or missing files never changes an answer.
func TestIndexDamaged(t *testing.T) {
	const n = 9
	fsys := vfs.NewMem()
	opts, _ := indexOptions(t, fsys)
	opts.Logger = nil
	buildLog(t, opts, n)
	sound := filepath.Join(t.TempDir(), "sound")
	copyDir(t, opts.IndexDir, sound)
	entries, err := os.ReadDir(sound)
	if err != nil {
		t.Fatal(err)
	}
	cases := 0
	for _, e := range entries {
		whole, err := os.ReadFile(filepath.Join(sound, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		size := min(len(whole), 8<<10)
		damages := map[string]func(path string) error{
			"removed": os.Remove,
			"emptied": func(path string) error { return os.Truncate(path, 0) },
			"halved":  func(path string) error { return os.Truncate(path, int64(size/2)) },
		}
		for i := range 4 {
			off := size * i / 4
			damages[fmt.Sprint("flipped at ", off)] = func(path string) error {
				b := bytes.Clone(whole)
				if len(b) > 0 {
					b[off] ^= 0x40
				}
				return os.WriteFile(path, b, 0o644)
			}
		}
		for name, damage := range damages {
			t.Run(e.Name()+" "+name, func(t *testing.T) {
				copyDir(t, sound, opts.IndexDir)
				if err := damage(filepath.Join(opts.IndexDir, e.Name())); err != nil {
					t.Fatal(err)
				}
				c := mustOpen(t, opts)
				checkContents(t, mustOpenLog(t, c, storeLog), n)
			})
			cases++
		}
	}
	if cases < 20 {
		t.Errorf("only %d cases", cases)
	}
}

// removeIndex leaves alone what Badger did not make.
func TestRemoveIndexKeepsOthers(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"MANIFEST", "000001.sst", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "sub.sst"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := removeIndex(dir); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 {
		t.Errorf("left %v, %v", left, err)
	}
}

// A folder of a small lake's index stays small, also in its apparent size,
// which is what a copy may take.
func TestIndexSize(t *testing.T) {
	opts, _ := indexOptions(t, vfs.NewMem())
	c := mustOpen(t, opts)
	l := mustCreate(t, c, storeLog, numberedCommit(0))
	mustCommit(t, l, Commit{Docs: map[string]json.RawMessage{"d": bytes.Repeat([]byte("1"), MaxValueBytes)}})
	apparent := int64(0)
	entries, err := os.ReadDir(opts.IndexDir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		apparent += info.Size()
	}
	t.Logf("%d bytes", apparent)
	if apparent > 32<<20 {
		t.Errorf("the index takes %d bytes", apparent)
	}
}

// An entry larger than a Badger transaction is indexed all the same.
func TestLargeCommit(t *testing.T) {
	fsys := vfs.NewMem()
	opts, _ := indexOptions(t, fsys)
	c := mustOpen(t, opts)
	l := mustCreate(t, c, storeLog, numberedCommit(0))
	var large Commit
	for i := range 30_000 {
		large.Checkpoints = append(large.Checkpoints, Checkpoint{Source: "big", Key: fmt.Sprintf("AWSLogs/%060d", i), ETag: fmt.Sprint(i), Rows: int64(i)})
	}
	for i := range 4 {
		large.Add = append(large.Add, Segment{ID: fmt.Sprint("large", i), Meta: bytes.Repeat([]byte("1"), MaxValueBytes)})
	}
	mustCommit(t, l, large)
	check := func(l *Log) {
		t.Helper()
		for _, want := range large.Checkpoints {
			if got, ok, err := l.Checkpoint("big", want.Key); err != nil || !ok || got != want {
				t.Fatalf("checkpoint %+v, %v, %v; want %+v", got, ok, err, want)
			}
		}
		if _, segments := l.Segments(); len(segments) != 5 {
			t.Errorf("%d segments, want 5", len(segments))
		}
	}
	check(l)
	mustClose(t, c)
	opts.RebuildIndex = true
	c = mustOpen(t, opts)
	check(mustOpenLog(t, c, storeLog))
}

// While the index takes nothing, commits go on and are found, and it catches
// up when it can.
func TestIndexRefuses(t *testing.T) {
	fsys := vfs.NewMem()
	opts, _ := indexOptions(t, fsys)
	c := mustOpen(t, opts)
	l := mustCreate(t, c, storeLog, numberedCommit(0))
	sound := c.index
	broken, err := openIndex("", nil, false, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := broken.close(); err != nil {
		t.Fatal(err)
	}
	c.index = broken
	mustCommit(t, l, numberedCommit(1))
	mustCommit(t, l, numberedCommit(2))
	if _, _, err := l.Checkpoint("bucket", "k0"); !errors.Is(err, ErrClosed) {
		t.Errorf("checkpoint in a closed index: %v, want ErrClosed", err)
	}
	if p, ok, err := l.Checkpoint("bucket", "k2"); err != nil || !ok || p.ETag != "e2" {
		t.Errorf("checkpoint %+v, %v, %v", p, ok, err)
	}
	c.index = sound
	checkContents(t, l, 3)
	mustCommit(t, l, numberedCommit(3))
	if len(l.overlay) != 0 || len(l.unindexed) != 0 {
		t.Errorf("%d checkpoints and %d entries still wait for the index", len(l.overlay), len(l.unindexed))
	}
	checkContents(t, l, 4)
}

// On a disk that is nearly full the index is not written: Badger's mappings would
// end the process. Commits and checkpoints go on, and so does the index later.
func TestIndexOnFullDisk(t *testing.T) {
	free := int64(spareBytes)
	freeBytes = func(string) (int64, error) { return free, nil }
	t.Cleanup(func() { freeBytes = vfs.FreeBytes })
	fsys := vfs.NewMem()
	opts, said := indexOptions(t, fsys)
	c := mustOpen(t, opts)
	l := mustCreate(t, c, storeLog, numberedCommit(0))
	free--
	mustCommit(t, l, numberedCommit(1))
	checkContents(t, l, 2)
	if !strings.Contains(said.String(), "nearly full") {
		t.Errorf("the log says %q", said)
	}
	free++
	mustCommit(t, l, numberedCommit(2))
	checkContents(t, l, 3)
	if st, ok, err := c.index.load(storeLog); err != nil || !ok || st.at.version != 3 {
		t.Errorf("index at %+v, %v, %v", st, ok, err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	// A start on a full disk leaves the folder alone.
	free--
	c = mustOpen(t, opts)
	l = mustOpenLog(t, c, storeLog)
	mustCommit(t, l, numberedCommit(3))
	checkContents(t, l, 4)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	free++
	checkContents(t, mustOpenLog(t, mustOpen(t, opts), storeLog), 4)
}
