package slttest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/traillake/traillake/query"
	"github.com/traillake/traillake/query/memtable"
	"github.com/traillake/traillake/query/optimize"
)

const dir = "../../testdata/slt"

// engines must all give the same answers: tables whole and cut up, plain and
// dictionary-encoded, asked for texts and for conditions on them, and each optimizer rule left out. A short run has those whose
// streams run side by side.
func engines() []Engine {
	small := memtable.Options{Partitions: 3, BatchRows: 2}
	dict := memtable.Options{Partitions: 1, Dictionary: true}
	both := memtable.Options{Partitions: 2, BatchRows: 3, Dictionary: true, Search: true}
	spill := Memory("spill", both, query.Options{})
	spill.Spill = true
	out := []Engine{Memory("partitions", small, query.Options{}), spill}
	if testing.Short() {
		return out
	}
	out = append(out,
		Memory("plain", memtable.Options{}, query.Options{}),
		Memory("dictionary", dict, query.Options{}),
		Memory("partitions-dictionary", both, query.Options{}),
		Memory("no-rules", both, query.Options{DisableRules: optimize.Rules()}),
	)
	for _, rule := range optimize.Rules() {
		out = append(out, Memory("without-"+rule, both, query.Options{DisableRules: []string{rule}}))
	}
	return out
}

func files(t *testing.T) []*File {
	t.Helper()
	fsys := os.DirFS(dir)
	var out []*File
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".slt") {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		f, err := Parse(fsys, filepath.ToSlash(rel))
		if err == nil {
			out = append(out, f)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestFiles(t *testing.T) {
	all := files(t)
	records, recorded := 0, 0
	for _, f := range all {
		records += len(f.Records)
		for _, r := range f.Records {
			switch {
			case r.Differs != "":
				t.Logf("differs from Trino: %s:%d: %s", f.Name, r.Line, r.Differs)
			case f.Trino != "":
				recorded++
			}
		}
	}
	es := engines()
	for _, e := range es {
		t.Run(e.Name, func(t *testing.T) {
			for _, f := range all {
				e.Run(t, f)
			}
		})
	}
	t.Logf("%d records in %d files on %d engines; %d hold the answers of Trino", records, len(all), len(es), recorded)
	if records < 300 {
		t.Errorf("%d records; the files cannot be all there", records)
	}
}

// TestCheck holds the runner itself to telling right answers from wrong ones.
func TestCheck(t *testing.T) {
	query := Record{Query: true, Types: "IT", Rows: []string{"1\ta", "2\tb"}}
	sorted := query
	sorted.RowSort = true
	tests := []struct {
		name   string
		record Record
		got    Result
		ok     bool
	}{
		{"equal", query, Result{"IT", []string{"1\ta", "2\tb"}}, true},
		{"order counts", query, Result{"IT", []string{"2\tb", "1\ta"}}, false},
		{"rowsort", sorted, Result{"IT", []string{"2\tb", "1\ta"}}, true},
		{"missing row", sorted, Result{"IT", []string{"1\ta"}}, false},
		{"other type", query, Result{"TT", []string{"1\ta", "2\tb"}}, false},
		{"no error", Record{Error: "x"}, Result{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if problem := tt.record.check(&tt.got, nil); (problem == "") != tt.ok {
				t.Errorf("check = %q, want ok %v", problem, tt.ok)
			}
		})
	}
}
