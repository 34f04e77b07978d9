package difftest

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/traillake/traillake/query/memtable"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// Table is a random table. The values of Columns[0], id, are distinct.
type Table struct {
	Name    string
	Columns []TableColumn
	Rows    [][]any
}

// TableColumn is a column of a Table.
type TableColumn struct {
	Name string
	typ  typ
}

// shapes are the tables of a block: how many rows at most, and the columns
// behind id, k and v, the keys that tables share. The types are those that all
// engines can store.
var shapes = []struct {
	name    string
	rows    int
	columns string
}{
	{"ta", 150, "bo boolean; sm small; bi bigint; db double; dc decimal; va varchar; da date; ts timestamp; ai array(small); mv map(varchar,small)"},
	{"tb", 40, "it integer; db double; vb varchar; vc varchar; ts timestamp; av array(varchar); rw row"},
	{"tc", 9, "bo boolean; sm small; dc decimal; da date; bi bigint; mi map(small,varchar)"},
	{"td", 2, "va varchar; db double; ar array(row); ad array(date)"},
}

// Tables makes the tables of a block from a seed; portable ones have only
// values that DuckDB treats alike.
func Tables(seed uint64, block int, portable bool) []*Table {
	t := newTape(nil, rand.New(rand.NewPCG(seed, 1<<40+uint64(block))))
	var out []*Table
	for _, shape := range shapes {
		table := &Table{Name: shape.name, Columns: []TableColumn{{"id", mustType("small")}, {"k", mustType("small")}, {"v", mustType("varchar")}}}
		for _, c := range strings.Split(shape.columns, "; ") {
			name, of, _ := strings.Cut(c, " ")
			table.Columns = append(table.Columns, TableColumn{name, mustType(of)})
		}
		n := t.between(shape.rows/2, shape.rows)
		if t.chance(5) {
			n = 0
		}
		nulls := one(t, 5, 20, 50)
		for id := range n {
			table.Rows = append(table.Rows, randomRow(t, table, id+1, nulls, portable))
		}
		out = append(out, table)
	}
	return out
}

func randomRow(t *tape, table *Table, id, nulls int, portable bool) []any {
	row := []any{int64(id), nil, nil}
	if !t.chance(10) {
		// Half of the keys are one value.
		row[1] = int64(t.pick(12) * t.pick(2))
	}
	if !t.chance(10) {
		row[2] = one(t, keys...)
	}
	for _, c := range table.Columns[3:] {
		row = append(row, orNull(t, c.typ, nulls, portable))
	}
	return row
}

// Memtable is the table for our engine.
func (t *Table) Memtable() (*memtable.Table, error) {
	var columns []plan.TableColumn
	for _, c := range t.Columns {
		of, err := types.Parse(c.typ.sql())
		if err != nil {
			return nil, err
		}
		columns = append(columns, plan.TableColumn{Name: c.Name, Type: of})
	}
	var rows []json.RawMessage
	for _, row := range t.Rows {
		cells := make([]any, len(row))
		for i, v := range row {
			cells[i] = cell(v)
		}
		raw, err := json.Marshal(cells)
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", t.Name, err)
		}
		rows = append(rows, raw)
	}
	return memtable.FromJSON(t.Name, columns, rows)
}

// cell is a value in the JSON that memtable.FromJSON reads.
func cell(v any) any {
	switch v := v.(type) {
	case float64:
		switch {
		case v != v:
			return "NaN"
		case math.IsInf(v, 1):
			return "+Inf"
		case math.IsInf(v, -1):
			return "-Inf"
		}
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = cell(e)
		}
		return out
	case entries:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = []any{cell(e[0]), cell(e[1])}
		}
		return out
	}
	return v
}

// Script are the statements that make and fill the table, in a dialect.
func (t *Table) Script(d Dialect) []string {
	columns := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		of := c.typ.sql()
		if d == DuckSQL {
			of = c.typ.duck()
		}
		columns[i] = c.Name + " " + of
	}
	out := []string{"CREATE TABLE " + t.Name + " (" + strings.Join(columns, ", ") + ")"}
	switch {
	case len(t.Rows) == 0:
		return out
	case d == TrinoSQL:
		return append(out, t.trinoInsert())
	}
	rows := make([]string, len(t.Rows))
	for i, row := range t.Rows {
		cells := make([]string, len(row))
		for j, v := range row {
			if cells[j] = "NULL"; v != nil {
				cells[j] = render(d, t.Columns[j].typ, v)
			}
		}
		rows[i] = "(" + strings.Join(cells, ", ") + ")"
	}
	return append(out, "INSERT INTO "+t.Name+" VALUES "+strings.Join(rows, ", "))
}

// trinoInsert fills the table from one JSON text: Trino takes seconds to plan
// some thousand constants.
func (t *Table) trinoInsert() string {
	var items, fields []string
	for _, c := range t.Columns {
		of := c.typ.sql()
		// JSON has no dates.
		text := strings.NewReplacer("timestamp(3)", "varchar", "date", "varchar").Replace(of)
		items = append(items, "CAST("+c.Name+" AS "+of+")")
		fields = append(fields, c.Name+" "+text)
	}
	rows := make([][]any, len(t.Rows))
	for i, row := range t.Rows {
		for _, v := range row {
			rows[i] = append(rows[i], jsonForTrino(v))
		}
	}
	raw, err := json.Marshal(rows)
	if err != nil {
		panic(err)
	}
	text := strings.ReplaceAll(string(raw), "'", "''")
	return fmt.Sprintf("INSERT INTO %s SELECT %s FROM UNNEST(CAST(JSON '%s' AS array(row(%s))))",
		t.Name, strings.Join(items, ", "), text, strings.Join(fields, ", "))
}

// jsonForTrino is a value in the JSON that Trino casts to its type.
func jsonForTrino(v any) any {
	switch v := v.(type) {
	case float64:
		if v != v || math.IsInf(v, 0) {
			return strings.Replace(fmt.Sprint(v), "Inf", "Infinity", 1)
		}
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = jsonForTrino(e)
		}
		return out
	case entries:
		out := map[string]any{}
		for _, e := range v {
			out[fmt.Sprint(e[0])] = jsonForTrino(e[1])
		}
		return out
	}
	return v
}
