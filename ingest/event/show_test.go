package event

import (
	"fmt"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// show writes an array's value so that NULL, empty and absent differ.
func show(a arrow.Array, i int) string {
	if a.IsNull(i) {
		return "NULL"
	}
	switch a := a.(type) {
	case *array.String:
		return fmt.Sprintf("%q", a.Value(i))
	case *array.Binary:
		return fmt.Sprintf("%q", a.Value(i))
	case *array.Boolean:
		return fmt.Sprint(a.Value(i))
	case *array.Int64:
		return fmt.Sprint(a.Value(i))
	case *array.Int32:
		return fmt.Sprint(a.Value(i))
	case *array.Float64:
		return fmt.Sprint(a.Value(i))
	case *array.Timestamp:
		return time.UnixMicro(int64(a.Value(i))).UTC().Format("2006-01-02 15:04:05.000000")
	case *array.Map:
		from, to := a.ValueOffsets(i)
		var parts []string
		for j := int(from); j < int(to); j++ {
			parts = append(parts, show(a.Keys(), j)+": "+show(a.Items(), j))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case *array.List:
		from, to := a.ValueOffsets(i)
		var parts []string
		for j := int(from); j < int(to); j++ {
			parts = append(parts, show(a.ListValues(), j))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case *array.Struct:
		var parts []string
		for j, f := range a.DataType().(*arrow.StructType).Fields() {
			if s := show(a.Field(j), i); s != "NULL" {
				parts = append(parts, f.Name+"="+s)
			}
		}
		return "(" + strings.Join(parts, ", ") + ")"
	}
	return fmt.Sprintf("%T", a)
}

// column returns the value of a top-level column of row i.
func columnText(rec arrow.Record, name string, i int) string {
	return show(rec.Column(rec.Schema().FieldIndices(name)[0]), i)
}
