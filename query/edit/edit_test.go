package edit_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/traillake/traillake/query"
	"github.com/traillake/traillake/query/edit"
	"github.com/traillake/traillake/query/memtable"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// catalog has one table, audit, of testdata/events.json: columns, then rows.
type catalog struct{ table *memtable.Table }

func (c catalog) Table(_ context.Context, name []string) (plan.Table, error) {
	if !strings.EqualFold(name[len(name)-1], "audit") {
		return nil, &plan.MissingTable{Name: strings.Join(name, ".")}
	}
	return c.table, nil
}

func newCatalog(t testing.TB) catalog {
	t.Helper()
	text, err := os.ReadFile("testdata/events.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Columns [][2]string
		Rows    []json.RawMessage
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	var columns []plan.TableColumn
	for _, c := range file.Columns {
		typ, err := types.Parse(c[1])
		if err != nil {
			t.Fatal(err)
		}
		columns = append(columns, plan.TableColumn{Name: c[0], Type: typ})
	}
	table, err := memtable.FromJSON("audit", columns, file.Rows)
	if err != nil {
		t.Fatal(err)
	}
	return catalog{table}
}

// TestEdits reads testdata/edits. Beside the statement that comes out, each case
// holds the rows it has: those of a column filter must be the rows of the original
// that a plain comparison of cells leaves, in their order; those of a sort the same
// rows in that order. before= is the statement to take them from instead, where the
// edit applies before a LIMIT or to events: written by hand, with the condition in
// the place a person would give it.
func TestEdits(t *testing.T) {
	cat := newCatalog(t)
	for _, file := range []string{"columns", "events"} {
		datadriven.RunTest(t, "testdata/"+file, func(t *testing.T, d *datadriven.TestData) string {
			sql, by, _ := strings.Cut(d.Input, "\nby hand:\n")
			e := parseEdit(t, d)
			out, err := edit.Apply(sql, []edit.Edit{e}, edit.Events{Time: "eventTime", Payload: "eventJson"}, func(sql string) (*query.Checked, error) {
				return query.Check(context.Background(), sql, nil, cat, query.Options{})
			})
			if err != nil {
				return "error: " + err.Error() + "\n"
			}
			names, got := rows(t, cat, out)
			switch {
			case by != "":
				_, want := rows(t, cat, by)
				same(t, d, got, want)
			case e.Column != nil:
				_, all := rows(t, cat, sql)
				same(t, d, got, naive(names, all, e.Column))
			case e.Sort != nil:
				_, all := rows(t, cat, sql)
				sorted(t, d, names, got, e.Sort)
				slices.SortFunc(got, slices.Compare)
				slices.SortFunc(all, slices.Compare)
				same(t, d, got, all)
			default:
				t.Errorf("%s: nothing to compare with: give a statement by hand", d.Pos)
			}
			return out + "\n" + fmt.Sprintf("%d rows\n", len(got))
		})
	}
}

func same(t *testing.T, d *datadriven.TestData, got, want [][]string) {
	t.Helper()
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("%s: rows\n%q\nwant\n%q", d.Pos, got, want)
	}
}

const null = "NULL of SQL"

// naive compares cells as they are shown.
func naive(names []string, all [][]string, f *edit.ColumnFilter) [][]string {
	i := position(names, f.Column)
	want := null
	if f.Value != nil {
		want = *f.Value
	}
	var out [][]string
	for _, row := range all {
		if (row[i] == want) != f.Out {
			out = append(out, row)
		}
	}
	return out
}

// sorted checks the order of a column: numbers by value, other cells as text, NULL last.
func sorted(t *testing.T, d *datadriven.TestData, names []string, got [][]string, by *edit.Sort) {
	i := position(names, by.Column)
	for n := 1; n < len(got); n++ {
		a, b := got[n-1][i], got[n][i]
		if a == null || b == null {
			if a == null && b != null {
				t.Errorf("%s: NULL before %s", d.Pos, b)
			}
			continue
		}
		c := strings.Compare(a, b)
		if x, err := strconv.ParseFloat(a, 64); err == nil {
			y, err := strconv.ParseFloat(b, 64)
			if err != nil {
				t.Fatal(err)
			}
			c = int(x*8) - int(y*8)
		}
		if c > 0 && !by.Desc || c < 0 && by.Desc {
			t.Errorf("%s: %s before %s", d.Pos, a, b)
		}
	}
}

func position(names []string, c edit.Column) int {
	if c.Index != nil {
		return *c.Index
	}
	return slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, c.Name) })
}

// rows runs a statement.
func rows(t *testing.T, cat catalog, sql string) (names []string, out [][]string) {
	t.Helper()
	ctx := context.Background()
	q, err := query.Compile(ctx, sql, cat, query.Options{})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	run, err := q.Run(ctx, query.RunOptions{Now: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	defer run.Close()
	for _, o := range q.Columns() {
		names = append(names, o.Name)
	}
	for {
		rec, err := run.Next(ctx)
		if errors.Is(err, io.EOF) {
			return names, out
		}
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		for i := range int(rec.NumRows()) {
			var line []string
			for c, o := range q.Columns() {
				if types.IsNull(rec.Column(c), i) {
					line = append(line, null)
				} else {
					line = append(line, string(types.AppendText(nil, o.Type, rec.Column(c), i)))
				}
			}
			out = append(out, line)
		}
		rec.Release()
	}
}

// parseEdit reads filter column=… index=… value=… out before-limit, leaf path=(a,b,[0]),
// sort column=… desc, range from=… to=…. An underscore in a value is a space; a value
// not given is NULL.
func parseEdit(t *testing.T, d *datadriven.TestData) edit.Edit {
	t.Helper()
	var c edit.Column
	var value *string
	var path []edit.Step
	var out, before, desc bool
	var r edit.TimeRange
	for _, a := range d.CmdArgs {
		text := strings.ReplaceAll(strings.Join(a.Vals, ","), "_", " ")
		switch a.Key {
		case "column":
			c.Name = a.Vals[0]
		case "index":
			i, err := strconv.Atoi(text)
			if err != nil {
				t.Fatal(err)
			}
			c.Index = &i
		case "value":
			value = &text
		case "path":
			for _, p := range a.Vals {
				step := edit.Step{Key: strings.ReplaceAll(p, "_", " ")}
				if n, err := strconv.Atoi(strings.Trim(p, "[]")); err == nil {
					step = edit.Step{Index: &n}
				}
				path = append(path, step)
			}
		case "out":
			out = true
		case "before-limit":
			before = true
		case "desc":
			desc = true
		case "from", "to":
			at, err := time.Parse(time.RFC3339, text)
			if err != nil {
				t.Fatal(err)
			}
			if a.Key == "from" {
				r.From = &at
			} else {
				r.To = &at
			}
		default:
			t.Fatalf("%s: unknown argument %s", d.Pos, a.Key)
		}
	}
	switch d.Cmd {
	case "filter":
		return edit.Edit{Column: &edit.ColumnFilter{Column: c, Value: value, Out: out, BeforeLimit: before}}
	case "leaf":
		return edit.Edit{Leaf: &edit.LeafFilter{Path: path, Value: value, Out: out}}
	case "sort":
		return edit.Edit{Sort: &edit.Sort{Column: c, Desc: desc, BeforeLimit: before}}
	case "range":
		return edit.Edit{Range: &r}
	}
	t.Fatalf("%s: unknown command %s", d.Pos, d.Cmd)
	return edit.Edit{}
}
