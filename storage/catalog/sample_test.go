package catalog

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/traillake/traillake/storage/vfs"
)

var rewriteSample = flag.Bool("rewrite-sample", false, "write the sample anew")

const sampleDir = "testdata/format-v1"

// sampleCommits is what the sample log holds: three entries in two files.
func sampleCommits() []Commit {
	return []Commit{
		{Reason: "create store", Docs: map[string]json.RawMessage{"settings": json.RawMessage(`{"retention":90}`)}},
		{
			Reason:      "import 1",
			Add:         []Segment{{ID: "a", Meta: json.RawMessage(`{"rows":7}`)}, {ID: "b", Meta: json.RawMessage(`{"rows":8}`)}},
			Checkpoints: []Checkpoint{{Source: "bucket", Key: "AWSLogs/x.json.gz", ETag: "e", Cutoff: 5, Rows: 15}},
		},
		{Reason: "retention", Remove: []string{"a"}, Docs: map[string]json.RawMessage{"settings": nil}},
	}
}

// buildSample writes the sample log and returns its files by name.
func buildSample(t *testing.T) map[string][]byte {
	t.Helper()
	fsys := vfs.NewMem()
	now := time.Date(2024, 1, 2, 3, 4, 5, 678901000, time.UTC)
	c := mustOpen(t, Options{
		Dir: "/lake", FS: fsys, MaxFileBytes: 500,
		Now: func() time.Time { return now }, Rand: rand.NewChaCha8([32]byte{}),
	})
	commits := sampleCommits()
	l := mustCreate(t, c, "sample", commits[0])
	mustCommit(t, l, commits[1])
	mustCommit(t, l, commits[2])
	files := map[string][]byte{}
	entries, err := fsys.ReadDir(LogDir("/lake", "sample"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		files[e.Name()] = readFile(t, fsys, filepath.Join(LogDir("/lake", "sample"), e.Name()))
	}
	return files
}

// The sample of format 1 is what is written today, byte for byte. Should that
// have to change, it is a new format, and the old sample must stay readable.
func TestSampleIsWritten(t *testing.T) {
	files := buildSample(t)
	if len(files) != 3 {
		t.Fatalf("%d files, want HEAD and two", len(files))
	}
	for name, got := range files {
		path := filepath.Join(sampleDir, name)
		if *rewriteSample {
			if err := os.MkdirAll(sampleDir, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs from the sample", name)
		}
	}
}

func TestSampleIsRead(t *testing.T) {
	var got []string
	sum, err := Walk(context.Background(), vfs.OS(), sampleDir, WalkOptions{Name: "sample"}, func(e Entry, p Place) error {
		e.PublicKey = nil
		text, err := json.Marshal(e)
		got = append(got, fmt.Sprintf("%s+%d: %s", filepath.Base(p.File), p.Offset, text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`00000000000000000001.log+128: {"version":1,"time":"2024-01-02T03:04:05.678901Z","reason":"create store","docs":{"settings":{"retention":90}}}`,
		`00000000000000000001.log+411: {"version":2,"time":"2024-01-02T03:04:05.678901Z","reason":"import 1","add":[{"id":"a","meta":{"rows":7}},{"id":"b","meta":{"rows":8}}],"checkpoints":[{"source":"bucket","key":"AWSLogs/x.json.gz","etag":"e","cutoff":5,"rows":15}]}`,
		`00000000000000000003.log+128: {"version":3,"time":"2024-01-02T03:04:05.678901Z","reason":"retention","remove":["a"],"docs":{"settings":null}}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if sum.Version != 3 || sum.Acknowledged != 3 || sum.Files != 2 {
		t.Errorf("summary %+v", sum)
	}
}

// The worked example of the package comment is the beginning of the sample.
func TestWorkedExample(t *testing.T) {
	source, err := os.ReadFile("catalog.go")
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(filepath.Join(sampleDir, logFileName(1)))
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for line := range strings.Lines(string(source)) {
		fields := strings.Fields(strings.TrimPrefix(line, "//"))
		var off int
		if len(fields) < 2 || len(fields[0]) != 4 {
			continue
		}
		if _, err := fmt.Sscanf(fields[0], "%04x", &off); err != nil || !strings.HasPrefix(line, "//\t00") {
			continue
		}
		for i, text := range fields[1:min(len(fields), 17)] {
			var b byte
			if n, err := fmt.Sscanf(text, "%02x", &b); n != 1 || err != nil || len(text) != 2 {
				break
			}
			if file[off+i] != b {
				t.Errorf("byte %#x of the example is %02x, in the sample %02x", off+i, b, file[off+i])
			}
		}
		lines++
	}
	if lines < 15 {
		t.Errorf("only %d lines of example found", lines)
	}
}
