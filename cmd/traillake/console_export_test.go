package main

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/storage/segment"
)

// exported is a million rows, the first of which a spreadsheet would take for a
// formula.
const exported = "SELECT i * 1000 + j AS n, IF(i = 0 AND j = 1, '=HYPERLINK(\"x\")', 'w') AS word FROM UNNEST(sequence(0, 999)) AS a(i) CROSS JOIN UNNEST(sequence(1, 1000)) AS b(j) ORDER BY n"

// consoleExport: the whole of a million rows arrives as a file, in every form.
func consoleExport(b *browser, _ *process) {
	dir := b.t.TempDir()
	b.allow(dir)
	b.runStatement(exported)
	b.shows("1,000,000")
	for form, check := range map[string]func(*testing.T, string){"CSV": exportedCSV, "JSON lines": exportedJSON, "Parquet": exportedParquet} {
		path := b.download(dir, func() { b.pick(`//button[normalize-space()="Export"]`, form) })
		check(b.t, path)
		if err := os.Remove(path); err != nil {
			b.t.Fatal(err)
		}
	}
}

// linesOf gives a file's first two lines, its last, and how many there are.
func linesOf(t *testing.T, path string) (first [2]string, last string, count int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for ; lines.Scan(); count++ {
		if count < len(first) {
			first[count] = lines.Text()
		}
		last = lines.Text()
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return first, last, count
}

func exportedCSV(t *testing.T, path string) {
	first, last, count := linesOf(t, path)
	if want := [2]string{"n,word", `1,"'=HYPERLINK(""x"")"`}; first != want || last != "1000000,w" || count != 1_000_001 {
		t.Errorf("CSV: %d lines from %q to %q", count, first, last)
	}
}

func exportedJSON(t *testing.T, path string) {
	first, last, count := linesOf(t, path)
	type row struct {
		N    json.Number
		Word string
	}
	var one, end row
	if err := json.Unmarshal([]byte(first[0]), &one); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(last), &end); err != nil {
		t.Fatal(err)
	}
	// A formula is one in a spreadsheet only.
	if (one != row{"1", `=HYPERLINK("x")`}) || (end != row{"1000000", "w"}) || count != 1_000_000 {
		t.Errorf("JSON: %d lines from %v to %v", count, one, end)
	}
}

// sized is a file that tells its size.
type sized struct{ *os.File }

func (f sized) Size() int64 {
	info, err := f.Stat()
	if err != nil {
		return 0
	}
	return info.Size()
}

func exportedParquet(t *testing.T, path string) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	back, err := segment.OpenBack(sized{f}) // the independent reader
	if err != nil {
		t.Fatal(err)
	}
	r, err := segment.Open(sized{f})
	if err != nil {
		t.Fatal(err)
	}
	rec, err := r.ReadRows(t.Context(), nil, []segment.Column{{Path: []string{"n"}}, {Path: []string{"word"}}}, []int64{0, 999_999})
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Release()
	n, word := rec.Column(0).(*array.Int64), rec.Column(1).(*array.String)
	if back.NumRows() != 1_000_000 || n.Value(0) != 1 || n.Value(1) != 1_000_000 || word.Value(0) != `=HYPERLINK("x")` || word.Value(1) != "w" {
		t.Errorf("Parquet: %d rows from %v to %v", back.NumRows(), n, word)
	}
}
