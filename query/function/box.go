package function

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"

	"github.com/traillake/traillake/query/types"
)

// box copies one element out of an array into Go values that outlive it: nil
// for NULL, bool, int64 (everything that lies as an integer), float64, string
// (also bytes), decimal128.Num, zoned, []any (arrays and rows), boxedMap.
func box(arr arrow.Array, i int) any {
	if types.IsNull(arr, i) {
		return nil
	}
	switch a := arr.(type) {
	case *array.Boolean:
		return a.Value(i)
	case *array.Float32:
		return float64(a.Value(i))
	case *array.Float64:
		return a.Value(i)
	case *array.Decimal128:
		return a.Value(i)
	case *array.String:
		return strings.Clone(a.Value(i))
	case *array.Binary:
		return string(a.Value(i))
	case *array.FixedSizeBinary:
		return string(a.Value(i))
	case *array.Dictionary:
		return box(a.Dictionary(), a.GetValueIndex(i))
	case *array.Map:
		start, end := a.ValueOffsets(i)
		return boxedMap{boxRange(a.Keys(), start, end), boxRange(a.Items(), start, end)}
	case *array.List:
		start, end := a.ValueOffsets(i)
		return boxRange(a.ListValues(), start, end)
	case *array.Struct:
		fields := make([]any, a.NumField())
		for f := range fields {
			fields[f] = box(a.Field(f), i)
		}
		return fields
	}
	return types.Int64At(arr, i)
}

type boxedMap struct{ keys, values []any }

func boxRange(arr arrow.Array, start, end int64) []any {
	out := make([]any, 0, end-start)
	for i := start; i < end; i++ {
		out = append(out, box(arr, int(i)))
	}
	return out
}

// boxSize estimates the bytes that a boxed value holds.
func boxSize(v any) int64 {
	switch v := v.(type) {
	case string:
		return 32 + int64(len(v))
	case []any:
		total := int64(24)
		for _, e := range v {
			total += boxSize(e)
		}
		return total
	case boxedMap:
		return boxSize(v.keys) + boxSize(v.values)
	}
	return 24
}

// unbox appends a boxed value to a builder.
func unbox(b array.Builder, v any) {
	if v == nil {
		b.AppendNull()
		return
	}
	switch b := b.(type) {
	case *array.BooleanBuilder:
		b.Append(v.(bool))
	case *array.Float32Builder:
		b.Append(float32(v.(float64)))
	case *array.Float64Builder:
		b.Append(v.(float64))
	case *array.Decimal128Builder:
		b.Append(v.(decimal128.Num))
	case *array.StringBuilder:
		b.Append(v.(string))
	case *array.BinaryBuilder:
		b.AppendString(v.(string))
	case *array.FixedSizeBinaryBuilder:
		b.Append([]byte(v.(string)))
	case *array.MapBuilder:
		m := v.(boxedMap)
		b.Append(true)
		for i := range m.keys {
			unbox(b.KeyBuilder(), m.keys[i])
			unbox(b.ItemBuilder(), m.values[i])
		}
	case *array.ListBuilder:
		b.Append(true)
		for _, e := range v.([]any) {
			unbox(b.ValueBuilder(), e)
		}
	case *array.StructBuilder:
		b.Append(true)
		for f, e := range v.([]any) {
			unbox(b.FieldBuilder(f), e)
		}
	default:
		appendInt64(b, v.(int64))
	}
}

// appendInt64 appends to any builder of a type that lies as an integer.
func appendInt64(b array.Builder, v int64) {
	switch b := b.(type) {
	case *array.Int64Builder:
		b.Append(v)
	case *array.Int32Builder:
		b.Append(int32(v))
	case *array.Int16Builder:
		b.Append(int16(v))
	case *array.Int8Builder:
		b.Append(int8(v))
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(v))
	case *array.Date32Builder:
		b.Append(arrow.Date32(v))
	case *array.Time64Builder:
		b.Append(arrow.Time64(v))
	case *array.DurationBuilder:
		b.Append(arrow.Duration(v))
	case *array.MonthIntervalBuilder:
		b.Append(arrow.MonthInterval(v))
	default:
		panic(fmt.Sprintf("function: %s does not lie as an integer", b.Type()))
	}
}

// compareBoxed orders two non-NULL boxed values of one orderable type as
// ORDER BY does: a NaN, and a NULL inside, are above all others; with lowest
// they are below, so that neither a minimum nor a maximum chooses them.
func compareBoxed(a, b any, lowest bool) int {
	switch x := a.(type) {
	case bool:
		y := b.(bool)
		switch {
		case x == y:
			return 0
		case y:
			return -1
		}
		return 1
	case int64:
		return cmp.Compare(x, b.(int64))
	case float64:
		if lowest {
			return cmp.Compare(x, b.(float64)) // which has NaN below all others
		}
		return types.CompareFloats(x, b.(float64))
	case string:
		return strings.Compare(x, b.(string))
	case decimal128.Num:
		return x.Cmp(b.(decimal128.Num))
	case []any:
		y := b.([]any)
		for i := range min(len(x), len(y)) {
			if c := compareInside(x[i], y[i], lowest); c != 0 {
				return c
			}
		}
		return cmp.Compare(len(x), len(y))
	}
	panic(fmt.Sprintf("function: %T is not orderable", a))
}

// compareInside orders elements, which may be NULL.
func compareInside(a, b any, lowest bool) int {
	switch c := cmp.Compare(nullRank(a), nullRank(b)); {
	case a == nil || b == nil:
		if lowest {
			return -c
		}
		return c
	}
	return compareBoxed(a, b, lowest)
}

// nullRank puts NULL after every value.
func nullRank(v any) int {
	if v == nil {
		return 1
	}
	return 0
}
