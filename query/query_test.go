package query

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/memtable"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

func catalog(t *testing.T) memtable.Catalog {
	t.Helper()
	table, err := memtable.FromJSON("t", []plan.TableColumn{
		{Name: "id", Type: types.BigIntType}, {Name: "name", Type: types.VarcharType},
	}, []json.RawMessage{json.RawMessage(`[1,"a"]`), json.RawMessage(`[2,"b"]`), json.RawMessage(`[0,"a"]`)})
	if err != nil {
		t.Fatal(err)
	}
	return memtable.Catalog{table.With(memtable.Options{BatchRows: 2})}
}

// one runs a statement and returns the text of its first cell.
func one(t *testing.T, sql string) (string, Stats, error) {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	ctx := context.Background()
	q, err := Compile(ctx, sql, catalog(t), Options{})
	if err != nil {
		return "", Stats{}, err
	}
	run, err := q.Run(ctx, RunOptions{Mem: mem})
	if err != nil {
		return "", Stats{}, err
	}
	defer func() {
		if err := run.Close(); err != nil {
			t.Error(err)
		}
	}()
	first := ""
	for {
		rec, err := run.Next(ctx)
		if errors.Is(err, io.EOF) {
			return first, run.Stats(), nil
		}
		if err != nil {
			return "", run.Stats(), err
		}
		if s, ok := rec.Column(0).(*array.String); ok && first == "" {
			first = strings.Clone(s.Value(0))
		}
		rec.Release()
	}
}

func TestExplain(t *testing.T) {
	got, stats, err := one(t, "EXPLAIN SELECT name, count(*) FROM t WHERE id > 0 GROUP BY 1")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Aggregate by [name", "Filter (id", "Scan t [id, name] hints [(id", "segments 0 of 2 pruned, row groups 0 of 2 pruned"} {
		if !strings.Contains(got, want) {
			t.Errorf("plan lacks %q:\n%s", want, got)
		}
	}
	if stats.RowsScanned != 0 {
		t.Errorf("EXPLAIN read %d rows", stats.RowsScanned)
	}
}

func TestExplainAnalyze(t *testing.T) {
	got, stats, err := one(t, "EXPLAIN ANALYZE SELECT name, count(*) FROM t WHERE id > 0 GROUP BY 1")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`Aggregate by .*\n\s+rows 2, batches 1, \d+B, time `, `Filter .*\n\s+rows 2, batches 1, `,
		`Scan t .*\n\s+rows 2, batches 1, .*\n\s+segments 0 of 2 pruned, row groups 0 of 2 pruned\n\s+rows read 3, `, `peak memory \S+B\n$`,
	} {
		if !regexp.MustCompile(want).MatchString(got) {
			t.Errorf("plan does not match %q:\n%s", want, got)
		}
	}
	if stats.RowsScanned != 3 || stats.RowsReturned != 1 || stats.Segments != 2 {
		t.Errorf("stats %+v", stats)
	}
}

func TestStats(t *testing.T) {
	_, stats, err := one(t, "SELECT name FROM t WHERE id > 0")
	if err != nil {
		t.Fatal(err)
	}
	if stats.RowsScanned != 3 || stats.RowsReturned != 2 || stats.BytesScanned == 0 || stats.PeakMemory == 0 {
		t.Errorf("stats %+v", stats)
	}
}

// TestErrorsShowTheirPlace: faults found at any step point into the user's text.
func TestErrorsShowTheirPlace(t *testing.T) {
	for _, tt := range []struct{ name, sql, want, caret string }{
		{"parse", "SELECT 1\nFROM t WHERE", "line 2:", ""},
		{"bind", "SELECT id,\n  nosuch FROM t", "line 2:3: Column 'nosuch' cannot be resolved", "  nosuch FROM t\n  ^"},
		{"run", "SELECT 1 / id FROM t", "Division by zero", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := one(t, tt.sql)
			var e *ast.Error
			if !errors.As(err, &e) || !strings.HasPrefix(e.Error(), tt.want) {
				t.Fatalf("error %v, want %s…", err, tt.want)
			}
			if e.Text != tt.sql || tt.caret != "" && e.Caret() != tt.caret {
				t.Errorf("text %q, caret\n%s", e.Text, e.Caret())
			}
		})
	}
}

func TestUnknownTablePassesThrough(t *testing.T) {
	_, _, err := one(t, "SELECT 1 FROM other")
	if err == nil || !strings.Contains(err.Error(), "other") {
		t.Errorf("error %v", err)
	}
}

// TestLargeConstants are not made while planning: the run has a limit.
func TestLargeConstants(t *testing.T) {
	ctx := context.Background()
	for _, sql := range []string{
		"SELECT cardinality(repeat(lpad('x', 100000, 'x'), 2000))",
		"SELECT cardinality(repeat(lpad(current_user, 100000, 'x'), 2000)) FROM t",
	} {
		q, err := Compile(ctx, sql, catalog(t), Options{})
		if err != nil {
			t.Fatal(err)
		}
		run, err := q.Run(ctx, RunOptions{MemoryLimit: 1 << 20, User: "tester"})
		if err != nil {
			t.Fatal(err)
		}
		_, err = run.Next(ctx)
		var fault *ast.Error
		if !errors.As(err, &fault) || fault.Code != ast.ExceededMemoryLimit {
			t.Errorf("%s: %v", sql, err)
		}
		if err := run.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestLoopsStop: a lambda that makes ever more work ends with its query.
func TestLoopsStop(t *testing.T) {
	const sql = "SELECT TRY(length(reduce(sequence(1, 10000), lpad('', id, 'x'), (s, x) -> s || s, s -> s))) FROM t WHERE id = 1"
	q, err := Compile(context.Background(), sql, catalog(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for name, want := range map[string]func(error) bool{
		"over the limit": func(err error) bool {
			var fault *ast.Error
			return errors.As(err, &fault) && fault.Code == ast.ExceededMemoryLimit
		},
		"cancelled": func(err error) bool { return errors.Is(err, context.Canceled) },
	} {
		runCtx := context.Background()
		if name == "cancelled" {
			cancel()
			runCtx = ctx
		}
		run, err := q.Run(runCtx, RunOptions{MemoryLimit: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = run.Next(context.Background()); !want(err) {
			t.Errorf("%s: %v", name, err)
		}
		if err := run.Close(); err != nil {
			t.Error(err)
		}
	}
}
