package slttest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/types"
)

// valueText is types.AppendText with the entries of maps in the order of their
// text: SQL gives them none, and engines differ.
func valueText(t types.Type, arr arrow.Array, row int) string {
	if types.IsNull(arr, row) {
		return "null"
	}
	var parts []string
	switch t.Kind {
	case types.Array:
		list := arr.(*array.List)
		start, end := list.ValueOffsets(row)
		for i := start; i < end; i++ {
			parts = append(parts, valueText(*t.Elem, list.ListValues(), int(i)))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case types.Map:
		m := arr.(*array.Map)
		start, end := m.ValueOffsets(row)
		for i := start; i < end; i++ {
			parts = append(parts, valueText(*t.Key, m.Keys(), int(i))+"="+valueText(*t.Elem, m.Items(), int(i)))
		}
		slices.Sort(parts)
		return "{" + strings.Join(parts, ", ") + "}"
	case types.Row:
		s := arr.(*array.Struct)
		for i, f := range t.Fields {
			name := f.Name
			if name == "" {
				name = fmt.Sprintf("field%d", i)
			}
			parts = append(parts, name+"="+valueText(f.Type, s.Field(i), row))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return string(types.AppendText(nil, t, arr, row))
}
