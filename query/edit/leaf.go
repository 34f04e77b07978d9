package edit

import (
	"strconv"
	"strings"
	"time"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/parse"
	"github.com/traillake/traillake/query/types"
)

func (s *statement) filterLeaf(f *LeafFilter) (string, error) {
	if len(f.Path) == 0 || f.Path[0].Index != nil {
		return "", refusef("the path must begin with a key of the event")
	}
	if err := s.checkLeaf(f); err != nil {
		return "", err
	}
	ways := []func(string) (string, error){func(q string) (string, error) { return s.columnLeaf(f, q) }}
	if s.events.Payload != "" {
		ways = append(ways, func(q string) (string, error) {
			return condition(jsonLeaf(q+s.events.Payload, f.Path), types.VarcharType, f.Value, f.Out)
		})
	}
	var failed error
	for _, way := range ways {
		if _, err := way(""); err != nil {
			failed = err
			continue
		}
		again := *s
		sql, err := again.reads(func(s *statement, sel *ast.Select, q string) string {
			cond, err := way(q)
			if err != nil {
				return ""
			}
			return s.addWhere(sel, cond)
		})
		if err == nil {
			return sql, nil
		}
		failed = err
	}
	return "", failed
}

// checkLeaf refuses a value for what has a structure.
func (s *statement) checkLeaf(f *LeafFilter) error {
	t, ok := s.schemaType(f.Path[0].Key)
	for _, step := range f.Path[1:] {
		if !ok || t.Kind != types.Row {
			return nil
		}
		t, ok = fieldOf(t, step.Key)
	}
	if ok && f.Value != nil && (t.Kind == types.Row || t.Kind == types.Array || t.Kind == types.Map) {
		return refusef("%s is no leaf but a %s; give a path to a value in it", f.Path[len(f.Path)-1].Key, t)
	}
	return nil
}

// columnLeaf is the condition on a leaf by the columns of the store: a path of row
// fields, a key of a map, JSON in a key's value.
func (s *statement) columnLeaf(f *LeafFilter, qualifier string) (string, error) {
	t, ok := s.schemaType(f.Path[0].Key)
	if !ok {
		return "", refusef("the statement reads no column %s", f.Path[0].Key)
	}
	expr, rest := qualifier+parse.WriteName(f.Path[0].Key), f.Path[1:]
	for ; len(rest) > 0 && t.Kind == types.Row && rest[0].Index == nil; rest = rest[1:] {
		field, ok := fieldOf(t, rest[0].Key)
		if !ok {
			return "", refusef("%s has no field %s", expr, rest[0].Key)
		}
		expr, t = expr+"."+parse.WriteName(rest[0].Key), field
	}
	switch {
	case len(rest) == 0:
		value, err := leafValue(t, f.Value)
		if err != nil {
			return "", err
		}
		return condition(expr, t, value, f.Out)
	case t.Kind == types.Map && rest[0].Index == nil:
		expr = "element_at(" + expr + ", " + ast.QuoteText(rest[0].Key) + ")"
		if len(rest) > 1 {
			expr = jsonLeaf(expr, rest[1:])
		}
		return condition(expr, types.VarcharType, f.Value, f.Out)
	}
	return "", refusef("%s is a %s, which has no member of that name", expr, t)
}

func fieldOf(t types.Type, name string) (types.Type, bool) {
	for _, f := range t.Fields {
		if strings.EqualFold(f.Name, name) {
			return f.Type, true
		}
	}
	return types.Type{}, false
}

// leafValue is a value as JSON has it, as results show values of a column's type.
func leafValue(t types.Type, value *string) (*string, error) {
	switch {
	case value == nil:
		return nil, nil
	case t.Kind != types.Timestamp:
		return value, nil
	}
	at, err := time.Parse(time.RFC3339, *value)
	if err != nil {
		return nil, refusef("%q is no time", *value)
	}
	text := timeText(at)
	return &text, nil
}

// jsonLeaf is the scalar at a path of JSON text.
func jsonLeaf(expr string, path []Step) string {
	var b strings.Builder
	b.WriteString("$")
	for _, step := range path {
		switch {
		case step.Index != nil:
			b.WriteString("[" + strconv.Itoa(*step.Index) + "]")
		case plainKey(step.Key):
			b.WriteString("." + step.Key)
		default:
			b.WriteString(`["` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(step.Key) + `"]`)
		}
	}
	return "json_extract_scalar(" + expr + ", " + ast.QuoteText(b.String()) + ")"
}

// plainKey reports whether a key may follow a point in a JSON path.
func plainKey(key string) bool {
	for i := range len(key) {
		c := key[i]
		if c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || i > 0 && c >= '0' && c <= '9' {
			continue
		}
		return false
	}
	return key != ""
}
