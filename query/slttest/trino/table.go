package trino

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// CreateTable makes a table of the client's catalog and schema and fills it with
// rows as memtable.FromJSON takes them.
func (c *Client) CreateTable(ctx context.Context, name string, columns []plan.TableColumn, rows []json.RawMessage) error {
	defs := make([]string, len(columns))
	for i, col := range columns {
		defs[i] = quote(col.Name) + " " + col.Type.String()
	}
	if _, err := c.Run(ctx, "CREATE TABLE "+quote(name)+" ("+strings.Join(defs, ", ")+")"); err != nil {
		return fmt.Errorf("create table %s: %w", name, err)
	}
	if len(rows) == 0 {
		return nil
	}
	lines := make([]string, len(rows))
	for n, raw := range rows {
		var values []any
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.UseNumber()
		if err := dec.Decode(&values); err != nil {
			return fmt.Errorf("table %s row %d: %w", name, n+1, err)
		}
		cells := make([]string, len(values))
		for i, v := range values {
			cells[i] = Literal(columns[i].Type, v)
		}
		lines[n] = "(" + strings.Join(cells, ", ") + ")"
	}
	if _, err := c.Run(ctx, "INSERT INTO "+quote(name)+" VALUES "+strings.Join(lines, ",\n")); err != nil {
		return fmt.Errorf("fill table %s: %w", name, err)
	}
	return nil
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func text(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// Literal is the SQL of a decoded JSON value of a type, as memtable.FromJSON reads it.
func Literal(t types.Type, v any) string {
	typed := func(sql string) string { return "CAST(" + sql + " AS " + t.String() + ")" }
	switch v := v.(type) {
	case nil:
		return typed("NULL")
	case bool:
		return fmt.Sprint(v)
	case json.Number:
		return typed(text(v.String()))
	case string:
		switch {
		case t.Kind == types.Varbinary:
			return "from_base64(" + text(v) + ")"
		case t.Kind == types.JSON:
			return "json_parse(" + text(v) + ")"
		case t.Kind == types.Double || t.Kind == types.Real:
			v = strings.Replace(strings.TrimPrefix(v, "+"), "Inf", "Infinity", 1)
		case t.Kind == types.Timestamp:
			v = strings.Replace(v, "T", " ", 1)
		}
		return typed(text(v))
	case []any:
		return typed(list(t, v))
	case map[string]any:
		var keys, values []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			keys, values = append(keys, Literal(*t.Key, k)), append(values, Literal(*t.Elem, v[k]))
		}
		return typed("MAP(ARRAY[" + strings.Join(keys, ", ") + "], ARRAY[" + strings.Join(values, ", ") + "])")
	}
	return fmt.Sprint(v)
}

// list is the SQL of a JSON array: an array, a row, or the entries of a map.
func list(t types.Type, v []any) string {
	var out, second []string
	for i, e := range v {
		switch t.Kind {
		case types.Map:
			entry := e.([]any)
			out, second = append(out, Literal(*t.Key, entry[0])), append(second, Literal(*t.Elem, entry[1]))
		case types.Row:
			out = append(out, Literal(t.Fields[i].Type, e))
		default:
			out = append(out, Literal(*t.Elem, e))
		}
	}
	switch t.Kind {
	case types.Map:
		return "MAP(ARRAY[" + strings.Join(out, ", ") + "], ARRAY[" + strings.Join(second, ", ") + "])"
	case types.Row:
		return "ROW(" + strings.Join(out, ", ") + ")"
	}
	return "ARRAY[" + strings.Join(out, ", ") + "]"
}
