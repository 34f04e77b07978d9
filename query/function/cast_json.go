package function

import (
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/types"
)

// toJSONMaker casts any type that has a JSON form.
func toJSONMaker(from types.Type) (maker, bool) {
	if !hasJSONForm(from) {
		return nil, false
	}
	return func(c *call) Kernel {
		return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
			var buf []byte
			return each(ctx, c, rows, func(i int) (string, error) {
				arr, row := args[0].Array, args[0].Row(i)
				if types.IsNull(arr, row) {
					return "", errNull
				}
				var err error
				buf, err = appendJSON(buf[:0], from, arr, row)
				return string(buf), err
			})
		}
	}, true
}

func hasJSONForm(t types.Type) bool {
	switch t.Kind {
	case types.Unknown, types.Boolean, types.TinyInt, types.SmallInt, types.Integer, types.BigInt, types.Real, types.Double,
		types.Decimal, types.Varchar, types.JSON, types.Date, types.Timestamp:
		return true
	case types.Array:
		return hasJSONForm(*t.Elem)
	case types.Map:
		return isJSONKey(*t.Key) && hasJSONForm(*t.Elem)
	case types.Row:
		return !slices.ContainsFunc(t.Fields, func(f types.Field) bool { return !hasJSONForm(f.Type) })
	}
	return false
}

// isJSONKey tells the types of map keys that can be the names of members.
func isJSONKey(t types.Type) bool {
	return t.Kind >= types.Boolean && t.Kind <= types.Varchar || t.Kind == types.Unknown
}

// appendJSON appends the JSON form of an element; NULL is null.
func appendJSON(dst []byte, t types.Type, arr arrow.Array, row int) ([]byte, error) {
	if types.IsNull(arr, row) {
		return append(dst, "null"...), nil
	}
	switch t.Kind {
	case types.JSON:
		return types.AppendText(dst, t, arr, row), nil
	case types.Varchar, types.Date, types.Timestamp:
		return appendJSONString(dst, string(types.AppendText(nil, t, arr, row))), nil
	case types.Real, types.Double:
		text := types.AppendText(nil, t, arr, row)
		if c := text[len(text)-1]; c > '9' { // NaN and the infinities
			return appendJSONString(dst, string(text)), nil
		}
		return append(dst, text...), nil
	case types.Array:
		list := arr.(*array.List)
		start, end := list.ValueOffsets(row)
		dst = append(dst, '[')
		for i := start; i < end; i++ {
			if i > start {
				dst = append(dst, ',')
			}
			var err error
			if dst, err = appendJSON(dst, *t.Elem, list.ListValues(), int(i)); err != nil {
				return nil, err
			}
		}
		return append(dst, ']'), nil
	case types.Row:
		dst = append(dst, '{')
		for i, f := range t.Fields {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendJSONString(dst, f.Name), ':')
			var err error
			if dst, err = appendJSON(dst, f.Type, arr.(*array.Struct).Field(i), row); err != nil {
				return nil, err
			}
		}
		return append(dst, '}'), nil
	case types.Map:
		return appendJSONMap(dst, t, arr.(*array.Map), row)
	}
	return types.AppendText(dst, t, arr, row), nil
}

// appendJSONMap sorts the members by name.
func appendJSONMap(dst []byte, t types.Type, m *array.Map, row int) ([]byte, error) {
	type member struct {
		name string
		at   int
	}
	start, end := m.ValueOffsets(row)
	members := make([]member, 0, end-start)
	for i := start; i < end; i++ {
		members = append(members, member{string(types.AppendText(nil, *t.Key, m.Keys(), int(i))), int(i)})
	}
	slices.SortFunc(members, func(a, b member) int { return strings.Compare(a.name, b.name) })
	dst = append(dst, '{')
	for i, e := range members {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendJSONString(dst, e.name), ':')
		var err error
		if dst, err = appendJSON(dst, *t.Elem, m.Items(), e.at); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}
