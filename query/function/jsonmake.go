package function

import (
	"encoding/json"
	"slices"
	"unicode/utf16"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/function/jsonpath"
	"github.com/traillake/traillake/query/types"
)

// JSONMake is what a call of json_object or json_array says besides its keys and
// values. The functions that evaluate it take it as text.
type JSONMake struct {
	Absent bool   `json:"absent,omitempty"` // ABSENT ON NULL
	Unique bool   `json:"unique,omitempty"` // WITH UNIQUE KEYS
	JSON   []bool `json:"json,omitempty"`   // which values are JSON text
}

// Text is the form that the functions take.
func (m JSONMake) Text() string {
	text, _ := json.Marshal(m) // booleans always have a form
	return string(text)
}

// The constructors take their clauses, then keys and values, or elements.
var jsonMakeFunctions = []entry{
	{sig: "$json_object(varchar, any...) varchar", make: jsonObject},
	{sig: "$json_array(varchar, any...) varchar", make: jsonArray},
}

// jsonMaker writes the values of a constructor's rows.
type jsonMaker struct {
	JSONMake
	values []Value
	types  []types.Type
}

// each calls write for every value of a row with its text, nil for NULL.
func (m *jsonMaker) each(row int, write func(i int, text []byte) error) error {
	texts := make([][]byte, len(m.values))
	for i, v := range m.values {
		text, err := m.text(i, v.Array, v.Row(row))
		if err != nil {
			return err
		}
		texts[i] = text
	}
	for i, text := range texts {
		if err := write(i, text); err != nil {
			return err
		}
	}
	return nil
}

// text is a value as JSON, nil for NULL.
func (m *jsonMaker) text(i int, arr arrow.Array, at int) ([]byte, error) {
	if types.IsNull(arr, at) {
		return nil, nil
	}
	t := m.types[i]
	switch {
	case m.JSON[i]:
		item, err := jsonpath.ParseJSON(string(types.AppendText(nil, t, arr, at)))
		if err != nil {
			return nil, fault(ast.JSONInputConversion, "conversion to JSON failed: %s", err.Error())
		}
		return appendItem(nil, item), nil
	case t.Kind == types.Char:
		return appendJSONString(nil, string(types.AppendText(nil, t, arr, at))), nil
	case t.Kind == types.Decimal:
		return appendBigDecimal(nil, string(types.AppendText(nil, t, arr, at))), nil
	}
	return appendJSON(nil, t, arr, at)
}

func makeOf(args []Value, c *call, cache *compiled[JSONMake]) (JSONMake, error) {
	return cache.get(columnOf[string](args[0]).at(0), func(text string) (JSONMake, error) {
		var m JSONMake
		return m, json.Unmarshal([]byte(text), &m)
	})
}

func jsonArray(c *call) Kernel {
	var cache compiled[JSONMake]
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		clauses, err := makeOf(args, c, &cache)
		if err != nil {
			return nil, err
		}
		m := &jsonMaker{clauses, args[1:], c.args[1:]}
		var buf []byte
		return each(ctx, c, rows, func(row int) (string, error) {
			buf = append(buf[:0], '[')
			err := m.each(row, func(_ int, text []byte) error {
				if text == nil && m.Absent {
					return nil
				}
				if len(buf) > 1 {
					buf = append(buf, ',')
				}
				buf = appendOrNull(buf, text)
				return nil
			})
			return string(append(buf, ']')), err
		})
	}
}

func appendOrNull(dst, text []byte) []byte {
	if text == nil {
		return append(dst, "null"...)
	}
	return append(dst, text...)
}

// jsonMember is a member of an object that is made.
type jsonMember struct {
	key  string
	hash uint32
	text []byte
}

func jsonObject(c *call) Kernel {
	var cache compiled[JSONMake]
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		clauses, err := makeOf(args, c, &cache)
		if err != nil {
			return nil, err
		}
		m := &jsonMaker{JSONMake: clauses}
		var keys []column[string]
		for i := 1; i+1 < len(args); i += 2 {
			keys = append(keys, columnOf[string](args[i]))
			m.values, m.types = append(m.values, args[i+1]), append(m.types, c.args[i+1])
		}
		var members []jsonMember
		return each(ctx, c, rows, func(row int) (string, error) {
			members = members[:0]
			err := m.each(row, func(i int, text []byte) error {
				if keys[i].null(row) {
					return invalidArgument("null value passed for JSON object key to JSON_OBJECT function")
				}
				key := keys[i].at(row)
				switch same := func(o jsonMember) bool { return o.key == key }; {
				case text == nil && m.Absent:
					return nil
				case slices.ContainsFunc(members, same) && m.Unique:
					return invalidArgument("duplicate key passed to JSON_OBJECT function")
				case slices.ContainsFunc(members, same):
					return fault(ast.NotSupported, "cannot construct a JSON object with duplicate key")
				}
				members = append(members, jsonMember{key, javaHash(key), text})
				return nil
			})
			if err != nil {
				return "", err
			}
			return string(appendMembers(nil, members)), nil
		})
	}
}

// appendMembers writes an object. Its members are in the order in which Trino
// shows them: that of the buckets of a java.util.HashMap.
func appendMembers(dst []byte, members []jsonMember) []byte {
	buckets := uint32(16)
	for uint64(len(members))*4 > uint64(buckets)*3 {
		buckets *= 2
	}
	bucket := func(m jsonMember) int {
		return int((m.hash ^ m.hash>>16) & (buckets - 1))
	}
	slices.SortStableFunc(members, func(a, b jsonMember) int { return bucket(a) - bucket(b) })
	dst = append(dst, '{')
	for i, m := range members {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendJSONString(dst, m.key), ':')
		dst = appendOrNull(dst, m.text)
	}
	return append(dst, '}')
}

// javaHash is the hash code of a string in Java: over its UTF-16 units.
func javaHash(s string) (h uint32) {
	for _, unit := range utf16.Encode([]rune(s)) {
		h = 31*h + uint32(unit)
	}
	return h
}
