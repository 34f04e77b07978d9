package engine

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/traillake/traillake/query"
	"github.com/traillake/traillake/query/memtable"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/slttest"
)

// auditDir holds the shapes of audit queries: stores of events, statements over
// them, and answers that come from elsewhere (see truth.py and plain.py there).
const auditDir = "../testdata/audit"

// auditLake is a lake with the stores of auditDir, at the time of the tests.
func auditLake(t *testing.T) *testLake {
	t.Helper()
	l := openLake(t, nil)
	l.setNow(slttest.Now)
	paths, err := filepath.Glob(filepath.Join(auditDir, "stores", "*.json.gz"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("stores: %v, %v", paths, err)
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(path), ".json.gz")
		l.writeRaw(name+"/AWSLogs/111122223333/CloudTrail/us-east-1/2024/05/06/"+filepath.Base(path), raw)
		if i := l.wait(l.startImport(l.create(name, 366), name+"/").ID); i.Status != ImportCompleted || i.Statistics.FailedEntries > 0 {
			t.Fatalf("import of %s is %s: %s, %+v", name, i.Status, i.Error, i.Statistics)
		}
	}
	return l
}

func auditFiles(t *testing.T) []*slttest.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(auditDir, "*.slt"))
	if err != nil || len(names) == 0 {
		t.Fatalf("files: %v, %v", names, err)
	}
	var out []*slttest.File
	for _, name := range names {
		f, err := slttest.Parse(os.DirFS(auditDir), filepath.Base(name))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, f)
	}
	return out
}

// TestAudit runs the audit queries over stored events: as queries run, in several
// partitions that spill, and through StartQuery, whose results are text. A short
// run has some of the last, which is all of the engine.
func TestAudit(t *testing.T) {
	l := auditLake(t)
	files := auditFiles(t)
	direct := []slttest.Engine{{Name: "plain"}, {Name: "spill", Partitions: 3, Spill: true}}
	if testing.Short() {
		direct = nil
	}
	for _, e := range direct {
		c := l.newCatalog(l.clock())
		e.Options = query.Options{Now: l.clock()}
		e.Catalog = func([]*memtable.Table) (plan.Catalog, error) { return c, nil }
		t.Run(e.Name, func(t *testing.T) {
			for _, f := range files {
				e.Run(t, f)
			}
		})
		c.release()
	}
	t.Run("StartQuery", func(t *testing.T) {
		for _, f := range files {
			for i, r := range f.Records {
				if !testing.Short() || i%6 == 0 {
					l.auditText(t, f, r)
				}
			}
		}
	})
}

// auditText holds a record against the text that results show.
func (l *testLake) auditText(t *testing.T, f *slttest.File, r slttest.Record) {
	t.Helper()
	if !r.Query {
		return
	}
	rows, err := l.tryQuery(r.SQL)
	if err != nil {
		t.Errorf("%s:%d: %s\n%v", f.Name, r.Line, r.SQL, err)
		return
	}
	if len(rows) != len(r.Rows) {
		t.Errorf("%s:%d: %s\n%d rows, want %d", f.Name, r.Line, r.SQL, len(rows), len(r.Rows))
		return
	}
	if strings.Contains(r.Types, "N") {
		return // the entries of a map have no order
	}
	want := slices.Clone(r.Rows)
	for i := range rows {
		rows[i] = slttest.Cell(rows[i])
		want[i] = slttest.Cell(strings.NewReplacer("NULL", "∅", "(empty)", "", "\t", "|").Replace(want[i]))
	}
	if r.RowSort {
		slices.Sort(rows)
		slices.Sort(want)
	}
	if !slices.Equal(rows, want) {
		t.Errorf("%s:%d: %s\nrows:\n%s\nwant:\n%s", f.Name, r.Line, r.SQL, strings.Join(rows, "\n"), strings.Join(want, "\n"))
	}
}
