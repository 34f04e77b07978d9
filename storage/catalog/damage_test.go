package catalog

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/traillake/traillake/storage/vfs"
)

var testDir = LogDir("/lake", storeLog)

func readFile(t *testing.T, fsys vfs.FS, path string) []byte {
	t.Helper()
	b, err := vfs.ReadFile(fsys, path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func writeFile(t *testing.T, fsys vfs.FS, path string, b []byte) {
	t.Helper()
	if err := vfs.WriteFile(fsys, path, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

// poke overwrites one byte.
func poke(t *testing.T, fsys vfs.FS, path string, off int, b byte) {
	t.Helper()
	f, err := fsys.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte{b}, int64(off)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func logPaths(t *testing.T, fsys vfs.FS) []string {
	t.Helper()
	files, err := listLogFiles(fsys, testDir)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, f := range files {
		paths = append(paths, f.path)
	}
	return paths
}

// Every flipped byte is found by a walk, in the file it is in. Opening the log
// finds those in log files, and mends HEAD, of which it has a second slot.
func TestFlippedByte(t *testing.T) {
	ctx := context.Background()
	fsys := vfs.NewMem()
	opts := testOptions(fsys)
	opts.MaxFileBytes = 1000
	buildLog(t, opts, 5)
	opts.ReadOnly = true
	cat := mustOpen(t, opts)
	paths := logPaths(t, fsys)
	if len(paths) != 2 {
		t.Fatalf("%d log files, want 2", len(paths))
	}
	flips, step := 0, 1
	if testing.Short() {
		step = 7
	}
	for _, path := range append(paths, filepath.Join(testDir, HeadName)) {
		for off, b := range readFile(t, fsys, path) {
			if off%step > 0 {
				continue
			}
			poke(t, fsys, path, off, b^(1<<(off%8)))
			_, err := Walk(ctx, fsys, testDir, WalkOptions{Name: storeLog, PublicKey: cat.public}, nil)
			var corrupt *CorruptError
			if !errors.As(err, &corrupt) || corrupt.File != path {
				t.Fatalf("%s: byte %d flipped: walk says %v", path, off, err)
			}
			flips++
			if off%slotSize >= slotUsed && off%64 != 0 {
				poke(t, fsys, path, off, b) // padding of HEAD: open only now and then
				continue
			}
			_, err = cat.openLog(ctx, storeLog)
			if filepath.Base(path) == HeadName {
				if err != nil {
					t.Fatalf("%s: byte %d flipped: open says %v", path, off, err)
				}
			} else if !errors.As(err, &corrupt) || corrupt.File != path {
				t.Fatalf("%s: byte %d flipped: open says %v", path, off, err)
			}
			poke(t, fsys, path, off, b)
		}
	}
	if _, err := Walk(ctx, fsys, testDir, WalkOptions{Name: storeLog, PublicKey: cat.public}, nil); err != nil {
		t.Fatalf("undamaged: %v", err)
	}
	t.Logf("%d bytes flipped", flips)
}

// A HEAD damaged in one slot is mended by an open for writing.
func TestHeadIsMended(t *testing.T) {
	fsys := vfs.NewMem()
	opts := testOptions(fsys)
	buildLog(t, opts, 4)
	head := filepath.Join(testDir, HeadName)
	whole := readFile(t, fsys, head)
	for _, off := range []int{0, 20, slotSize - 1, slotSize, slotSize + 20, headSize - 1} {
		poke(t, fsys, head, off, whole[off]^0x10)
		c := mustOpen(t, opts)
		checkContents(t, mustOpenLog(t, c, storeLog), 4)
		mustClose(t, c)
		if string(readFile(t, fsys, head)) != string(whole) {
			t.Errorf("byte %d: HEAD is not as it was", off)
		}
	}
	poke(t, fsys, head, 30, whole[30]^1)
	poke(t, fsys, head, slotSize+30, whole[slotSize+30]^1)
	c := mustOpen(t, opts)
	if _, err := c.OpenLog(context.Background(), storeLog); !errors.Is(err, ErrCorrupt) {
		t.Errorf("both slots damaged: %v, want ErrCorrupt", err)
	}
}

// lastTwo builds a log of n entries and returns the file system with all of
// them, and HEAD as it was before the last.
func lastTwo(t *testing.T, opts Options, fsys *vfs.Mem, n int) (headBefore []byte) {
	t.Helper()
	c, err := Open(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	l := mustCreate(t, c, storeLog, numberedCommit(0))
	for i := 1; i < n; i++ {
		headBefore = readFile(t, fsys, filepath.Join(testDir, HeadName))
		mustCommit(t, l, numberedCommit(i))
	}
	mustClose(t, c)
	return headBefore
}

// The last entry cut at every byte: when HEAD acknowledges it, it is missed;
// when not, it is a crash's leftover and the log goes on without it.
func TestTornTail(t *testing.T) {
	const n = 4
	for _, tc := range []struct {
		name     string
		maxBytes int64
		start    func(file []byte) int
	}{
		{"in a file", 0, func(file []byte) int { return startOfLast(t, file) }},
		{"in a new file", 1, func([]byte) int { return 0 }},
	} {
		for _, zeros := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, zeros %v", tc.name, zeros), func(t *testing.T) {
				fsys := vfs.NewMem()
				opts := testOptions(fsys)
				opts.MaxFileBytes = tc.maxBytes
				before := lastTwo(t, opts, fsys, n)
				headPath := filepath.Join(testDir, HeadName)
				after := readFile(t, fsys, headPath)
				paths := logPaths(t, fsys)
				path := paths[len(paths)-1]
				whole := readFile(t, fsys, path)
				opts.ReadOnly = true
				reader := mustOpen(t, opts)
				opts.ReadOnly = false
				for cut := tc.start(whole); cut < len(whole); cut++ {
					torn := append([]byte(nil), whole[:cut]...)
					if zeros {
						// The size reached the disk, the bytes did not.
						torn = append(torn, make([]byte, len(whole)-cut)...)
						if string(torn) == string(whole) {
							continue
						}
					}
					writeFile(t, fsys, path, torn)
					writeFile(t, fsys, headPath, after)
					checkMissing(t, reader, cut, n)
					writeFile(t, fsys, headPath, before)
					checkTorn(t, reader, cut, n-1)
					if cut%23 == 0 { // opening for writing takes longer
						c := mustOpen(t, opts)
						l := mustOpenLog(t, c, storeLog)
						checkContents(t, l, n-1)
						mustCommit(t, l, numberedCommit(n-1))
						checkContents(t, l, n)
						mustClose(t, c)
						if _, err := Walk(context.Background(), fsys, testDir, WalkOptions{}, nil); err != nil {
							t.Fatalf("cut at %d, mended: %v", cut, err)
						}
					}
				}
			})
		}
	}
}

// startOfLast finds the last record of a file by the lengths of all.
func startOfLast(t *testing.T, file []byte) int {
	t.Helper()
	at := fileHeaderSize
	for {
		length := int(file[at+4]) | int(file[at+5])<<8 | int(file[at+6])<<16
		next := at + recordHeaderSize + length
		if next >= len(file) {
			return at
		}
		at = next
	}
}

func checkMissing(t *testing.T, c *Catalog, cut, version int) {
	t.Helper()
	_, err := Walk(context.Background(), c.opts.FS, testDir, WalkOptions{}, nil)
	var corrupt *CorruptError
	if !errors.As(err, &corrupt) || corrupt.Version != int64(version) {
		t.Fatalf("acknowledged entry cut at %d: walk says %v", cut, err)
	}
	if _, err := c.openLog(context.Background(), storeLog); !errors.Is(err, ErrCorrupt) {
		t.Fatalf("acknowledged entry cut at %d: open says %v", cut, err)
	}
}

func checkTorn(t *testing.T, c *Catalog, cut, version int) {
	t.Helper()
	sum, err := Walk(context.Background(), c.opts.FS, testDir, WalkOptions{}, nil)
	if err != nil || sum.Version != int64(version) {
		t.Fatalf("entry cut at %d: walk says %+v, %v", cut, sum, err)
	}
	l, err := c.openLog(context.Background(), storeLog)
	if err != nil || l.Version() != int64(version) {
		t.Fatalf("entry cut at %d: open says %v", cut, err)
	}
}

// Damage that no single byte does.
func TestDamage(t *testing.T) {
	other := "6f1c6a5e-0000-4000-8000-000000000002"
	head := filepath.Join(testDir, HeadName)
	for _, tc := range []struct {
		name   string
		damage func(t *testing.T, fsys vfs.FS, paths []string)
	}{
		{"HEAD is missing", func(t *testing.T, fsys vfs.FS, _ []string) {
			if err := fsys.Remove(head); err != nil {
				t.Fatal(err)
			}
		}},
		{"HEAD is short", func(t *testing.T, fsys vfs.FS, _ []string) {
			writeFile(t, fsys, head, readFile(t, fsys, head)[:slotSize])
		}},
		{"HEAD is empty", func(t *testing.T, fsys vfs.FS, _ []string) { writeFile(t, fsys, head, nil) }},
		{"HEAD is of another log", func(t *testing.T, fsys vfs.FS, _ []string) {
			writeFile(t, fsys, head, readFile(t, fsys, filepath.Join(LogDir("/lake", other), HeadName)))
		}},
		{"HEAD is older", func(t *testing.T, fsys vfs.FS, _ []string) {
			h := headOf(t, fsys)
			older := head2(h, h.version-2, h.version-3)
			writeFile(t, fsys, head, older)
		}},
		{"HEAD has another hash", func(t *testing.T, fsys vfs.FS, _ []string) {
			h := headOf(t, fsys)
			h.hash[0] ^= 1
			writeFile(t, fsys, head, head2(h, h.version, h.version-1))
		}},
		{"the first file is missing", func(t *testing.T, fsys vfs.FS, paths []string) { remove(t, fsys, paths[0]) }},
		{"a middle file is missing", func(t *testing.T, fsys vfs.FS, paths []string) { remove(t, fsys, paths[1]) }},
		{"the last file is missing", func(t *testing.T, fsys vfs.FS, paths []string) { remove(t, fsys, paths[len(paths)-1]) }},
		{"all files are missing", func(t *testing.T, fsys vfs.FS, paths []string) {
			for _, p := range paths {
				remove(t, fsys, p)
			}
		}},
		{"files are swapped", func(t *testing.T, fsys vfs.FS, paths []string) {
			a, b := readFile(t, fsys, paths[0]), readFile(t, fsys, paths[1])
			writeFile(t, fsys, paths[0], b)
			writeFile(t, fsys, paths[1], a)
		}},
		{"a file is doubled", func(t *testing.T, fsys vfs.FS, paths []string) {
			writeFile(t, fsys, filepath.Join(testDir, logFileName(99)), readFile(t, fsys, paths[0]))
		}},
		{"a file is empty", func(t *testing.T, fsys vfs.FS, paths []string) { writeFile(t, fsys, paths[1], nil) }},
		{"bytes behind the end of a middle file", func(t *testing.T, fsys vfs.FS, paths []string) {
			writeFile(t, fsys, paths[1], append(readFile(t, fsys, paths[1]), 0))
		}},
		{"a file behind a torn entry", func(t *testing.T, fsys vfs.FS, paths []string) {
			last := paths[len(paths)-1]
			writeFile(t, fsys, last, append(readFile(t, fsys, last), 1, 2, 3))
			writeFile(t, fsys, filepath.Join(testDir, logFileName(10)), readFile(t, fsys, paths[0]))
		}},
		{"the log of another store", func(t *testing.T, fsys vfs.FS, paths []string) {
			for _, p := range paths {
				remove(t, fsys, p)
			}
			from := LogDir("/lake", other)
			for _, name := range []string{logFileName(1), HeadName} {
				writeFile(t, fsys, filepath.Join(testDir, name), readFile(t, fsys, filepath.Join(from, name)))
			}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			fsys := vfs.NewMem()
			opts := testOptions(fsys)
			opts.MaxFileBytes = 1000
			buildLog(t, opts, 8)
			c := mustOpen(t, opts)
			mustCreate(t, c, other, numberedCommit(0))
			tc.damage(t, fsys, logPaths(t, fsys))
			_, err := Walk(context.Background(), fsys, testDir, WalkOptions{Name: storeLog}, nil)
			var corrupt *CorruptError
			if !errors.As(err, &corrupt) || corrupt.File == "" {
				t.Errorf("walk says %v", err)
			}
			if _, err := c.OpenLog(context.Background(), storeLog); !errors.Is(err, ErrCorrupt) {
				t.Errorf("open says %v", err)
			}
		})
	}
}

// Two futures of one lake, both signed by its key, cannot be joined.
func TestSpliced(t *testing.T) {
	fsys := vfs.NewMem()
	opts := testOptions(fsys)
	opts.MaxFileBytes = 1
	buildLog(t, opts, 2)
	fork := opts
	forked := fsys.CrashClone(vfs.CrashOptions{})
	fork.FS = forked
	extend(t, opts, 2, 4, numberedCommit)
	extend(t, fork, 2, 4, func(i int) Commit { return Commit{Reason: fmt.Sprint("other ", i)} })
	last := filepath.Join(testDir, logFileName(4))
	for _, path := range []string{last, filepath.Join(testDir, HeadName)} {
		writeFile(t, fsys, path, readFile(t, forked, path))
	}
	// The header tells of the splice; and when it is made to fit, the record.
	for range 2 {
		_, err := Walk(context.Background(), fsys, testDir, WalkOptions{}, nil)
		var corrupt *CorruptError
		if !errors.As(err, &corrupt) || corrupt.File != last || corrupt.Version != 4 {
			t.Errorf("walk says %v", err)
		}
		if _, err := mustOpen(t, opts).OpenLog(context.Background(), storeLog); !errors.Is(err, ErrCorrupt) {
			t.Errorf("open says %v", err)
		}
		s := newScan(fsys, testDir, storeLog)
		if _, err := s.run(context.Background()); err != nil {
			t.Fatal(err)
		}
		header := fileHeader{name: storeLog, first: 4, previous: s.last.hash}.encode()
		writeFile(t, fsys, last, append(header, readFile(t, fsys, last)[fileHeaderSize:]...))
	}
}

func remove(t *testing.T, fsys vfs.FS, path string) {
	t.Helper()
	if err := fsys.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func headOf(t *testing.T, fsys vfs.FS) head {
	t.Helper()
	h, err := readHead(fsys, testDir)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// head2 is a HEAD with sound slots of two versions.
func head2(h head, newer, older int64) []byte {
	b := make([]byte, headSize)
	for _, v := range []int64{newer, older} {
		h.version = v
		copy(b[h.slot()*slotSize:], h.encode(h.slot()))
	}
	return b
}
