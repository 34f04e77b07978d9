package segment

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"
)

var rewriteFlag = flag.Bool("rewrite", false, "write the samples of the current format anew")

// formatSample is what testdata/format-vN/sample.json says of the sample beside it.
type formatSample struct {
	Rows       int64               `json:"rows"`
	MerkleRoot string              `json:"merkle_root"`
	Columns    map[string][]string `json:"columns"`
	Hits       []Hit               `json:"hits"`
}

// TestFormatSamples reads the samples of every version of the format. A sample is
// written once, when its version is new, and never again.
func TestFormatSamples(t *testing.T) {
	if *rewriteFlag {
		writeSample(t, filepath.Join("testdata", fmt.Sprintf("format-v%d", Version)))
	}
	dirs, err := filepath.Glob("testdata/format-v*")
	if err != nil || len(dirs) != Version {
		t.Fatalf("samples of %v, %v, want %d", dirs, err, Version)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			var want formatSample
			raw := readFile(t, filepath.Join(dir, "sample.json"))
			if err := json.Unmarshal(raw, &want); err != nil {
				t.Fatal(err)
			}
			r := open(t, memSource(readFile(t, filepath.Join(dir, "sample.parquet"))))
			got := formatSample{Rows: r.NumRows(), MerkleRoot: r.MerkleRoot(), Columns: map[string][]string{}}
			for _, f := range r.Schema().Fields() {
				got.Columns[f.Name] = readAll(t, r, 0, Column{Path: []string{f.Name}})[0]
			}
			if err := r.CheckPages(context.Background()); err != nil {
				t.Error(err)
			}
			p, err := OpenFingerprints(memSource(readFile(t, filepath.Join(dir, "sample.fingerprints"))))
			if err != nil {
				t.Fatal(err)
			}
			if got.Hits, err = p.Find([]uint64{5, 7, 8}); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// writeSample takes the expected values from the records, not from reading.
func writeSample(t *testing.T, dir string) {
	t.Helper()
	rec := newFiller(11).record(memory.DefaultAllocator, everyType, 12)
	defer rec.Release()
	layout := everyLayout
	layout.SortColumns, layout.RowGroupRows = nil, 7
	src, sum := write(t, layout, rec)
	sample := formatSample{Rows: 12, MerkleRoot: sum.MerkleRoot, Columns: map[string][]string{}, Hits: []Hit{{5, 3}, {8, 0}, {8, 9}}}
	for i, f := range everyType.Fields() {
		sample.Columns[f.Name] = values(rec.Column(i))
	}
	raw, err := json.MarshalIndent(sample, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	var prints strings.Builder
	if err := WriteFingerprints(&prints, []Fingerprint{{8, 9}, {5, 3}, {8, 0}}); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"sample.json": raw, "sample.parquet": src, "sample.fingerprints": []byte(prints.String())} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
