package optimize_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query"
	"github.com/traillake/traillake/query/memtable"
	"github.com/traillake/traillake/query/optimize"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// TestRulesKeepRows runs every statement of testdata that has an answer of its
// own: with all rules, with each rule off, and with none. The rows must be the
// same. Statements with LIMIT are compared by their number of rows, those that
// call random() not at all.
func TestRulesKeepRows(t *testing.T) {
	cat := memtable.Catalog{
		rows(t, "t", `a bigint, b varchar, c double, ts timestamp(3), r row(x bigint, y varchar, z row(p varchar, q varchar)), m map(varchar, varchar), l array(bigint)`,
			`[1, "x", 1.5, "2026-01-09 00:00:00.000", [1, "x", ["p1", "v"]], {"k": "v", "targetKeyId": "t1", "aliasName": "n1"}, [1, 2, 3]]`,
			`[1, "x", 2.5, "2026-01-10 11:00:00.000", [2, "x", ["p2", "w"]], {"k": "w", "j": "x"}, []]`,
			`[2, "kms.amazonaws.com", null, "2026-01-01 10:00:00.000", null, {"targetKeyId": "t1", "aliasName": "n2"}, null]`,
			`[null, "z", 9.0, null, [null, null, null], null, [2]]`,
			`[7, "yes", 1.0, "2025-12-31 23:00:00.000", [7, "q", [null, "v"]], {}, [7]]`,
			`[8, null, 3.0, "2026-01-10 12:00:00.000", null, {"k": null}, [8, 9]]`),
		rows(t, "u", `a bigint, e varchar, v map(varchar, varchar)`,
			`[1, "y", {"k": "u1"}]`, `[7, "x", null]`, `[7, "x", {}]`, `[9, null, {"k": null}]`),
		rows(t, "s", `a bigint, b varchar, r row(x bigint, y varchar), m map(varchar, varchar), l array(varchar), o array(row(x bigint, y varchar)), u varchar`,
			`[1, "w", [1, "aa%"], {"w": "w", "k": "x"}, ["w1", "x"], [[1, "w"]], "w"]`,
			`[2, "xw", [2, "xa%x"], {"k": "aw", "w2": null}, ["x", null], [null, [2, "xw"]], "x"]`,
			`[3, null, null, null, null, null, null]`,
			`[-1, "", [4, null], {}, [], [], ""]`,
			`[-2, "x", [5, ""], {"wx": null}, ["x"], [[3, null]], "w"]`,
			`[4, "x", [6, "xw"], {"k": "b"}, [""], [[3, "b"]], null]`).With(memtable.Options{Search: true}),
		rows(t, "a", `x bigint, p varchar`, `[1, "k"]`, `[2, "x1"]`, `[2, "a"]`, `[null, "k"]`, `[3, null]`),
		rows(t, "b", `y bigint, q varchar`, `[1, "k"]`, `[5, "x1"]`, `[6, "x1"]`, `[null, "k"]`, `[2, null]`),
		rows(t, "c", `x bigint, y bigint`, `[1, 1]`, `[2, 5]`, `[2, 6]`, `[3, 5]`, `[null, 1]`, `[2, null]`, `[7, 2]`),
		rows(t, "f", `name varchar, source varchar, n bigint`,
			`["a", "s1", 1]`, `["a", "s1", 2]`, `["a", "s3a", 2]`, `["b", "s3a", 3]`, `["b", "s3a", 3]`, `["b", null, 3]`, `[null, "s3a", 4]`, `[null, "s3a", 4]`, `["a", "s1", 5]`),
		rows(t, "d", `z bigint, p varchar`, `[1, "k"]`, `[2, "a"]`, `[2, null]`, `[6, "x1"]`, `[null, "b"]`),
	}
	for _, sql := range statements(t) {
		if strings.Contains(sql, "random()") {
			continue
		}
		want, err := answer(sql, cat, optimize.Rules())
		if err != nil {
			t.Errorf("%s\nwithout rules: %v", sql, err)
			continue
		}
		for _, off := range append([]string{""}, optimize.Rules()...) {
			var disable []string
			if off != "" {
				disable = []string{off}
			}
			got, err := answer(sql, cat, disable)
			switch {
			case err != nil:
				t.Errorf("%s\nwithout %q: %v", sql, off, err)
			case strings.Contains(sql, "LIMIT") && len(got) == len(want):
			case !slices.Equal(got, want):
				t.Errorf("%s\nwithout %q:\n%s\nwithout any rule:\n%s", sql, off, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
	}
}

func rows(t *testing.T, name, columns string, lines ...string) *memtable.Table {
	t.Helper()
	row, err := types.Parse("row(" + columns + ")")
	if err != nil {
		t.Fatal(err)
	}
	var cols []plan.TableColumn
	for _, f := range row.Fields {
		cols = append(cols, plan.TableColumn{Name: f.Name, Type: f.Type})
	}
	var raw []json.RawMessage
	for _, l := range lines {
		raw = append(raw, json.RawMessage(l))
	}
	table, err := memtable.FromJSON(name, cols, raw)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// statements are those of testdata that do not show a failure.
func statements(t *testing.T) []string {
	files, err := filepath.Glob("testdata/*")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(text), "\n")
		for i, l := range lines {
			if strings.HasPrefix(l, "optimize") && !strings.Contains(lines[i+1], "1 / 0,") && !strings.Contains(lines[i+1], "no time") {
				out = append(out, lines[i+1])
			}
		}
	}
	if len(out) < 50 {
		t.Fatalf("only %d statements in testdata", len(out))
	}
	return out
}

// answer is the sorted rows of a statement as text.
func answer(sql string, cat plan.Catalog, disable []string) ([]string, error) {
	ctx := context.Background()
	q, err := query.Compile(ctx, sql, cat, query.Options{DisableRules: disable})
	if err != nil {
		return nil, err
	}
	run, err := q.Run(ctx, query.RunOptions{Mem: memory.DefaultAllocator, Now: time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC)})
	if err != nil {
		return nil, err
	}
	defer run.Close()
	out := []string{}
	for {
		rec, err := run.Next(ctx)
		if errors.Is(err, io.EOF) {
			slices.Sort(out)
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		for i := range int(rec.NumRows()) {
			var line []byte
			for c, o := range q.Columns() {
				line = append(line, " | "...)
				if rec.Column(c).IsValid(i) {
					line = types.AppendText(line, o.Type, rec.Column(c), i)
				} else {
					line = append(line, "NULL"...)
				}
			}
			out = append(out, string(line))
		}
		rec.Release()
	}
}
