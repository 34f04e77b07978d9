package types

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// typed is what the arrays of one Go value type have in common.
type typed[T any] interface{ Value(int) T }

// sink is what the builders of one Go value type have in common.
type sink[T any] interface{ Append(T) }

// Take returns the elements arr[indices[0]], arr[indices[1]], …; an index below
// zero gives NULL. Dictionary arrays come out decoded. The caller releases the result.
func Take(mem memory.Allocator, arr arrow.Array, indices []int32) arrow.Array {
	b := array.NewBuilder(mem, decodedType(arr.DataType()))
	defer b.Release()
	b.Reserve(len(indices))
	if !takeFast(b, arr, indices) {
		for _, i := range indices {
			if i < 0 {
				b.AppendNull()
			} else {
				AppendFrom(b, arr, int(i))
			}
		}
	}
	return b.NewArray()
}

// Decode returns arr itself, retained, or its plain form when it is a dictionary.
func Decode(mem memory.Allocator, arr arrow.Array) arrow.Array {
	d, ok := arr.(*array.Dictionary)
	if !ok {
		arr.Retain()
		return arr
	}
	return Take(mem, d.Dictionary(), Codes(d))
}

// Codes returns the index of each element of d into its dictionary, -1 for NULL.
func Codes(d *array.Dictionary) []int32 {
	codes := make([]int32, d.Len())
	for i := range codes {
		if d.IsNull(i) {
			codes[i] = -1
		} else {
			codes[i] = int32(d.GetValueIndex(i))
		}
	}
	return codes
}

func decodedType(dt arrow.DataType) arrow.DataType {
	if d, ok := dt.(*arrow.DictionaryType); ok {
		return d.ValueType
	}
	return dt
}

// takeFast covers the layouts that need no recursion.
func takeFast(b array.Builder, arr arrow.Array, indices []int32) bool {
	switch b := b.(type) {
	case *array.StringBuilder:
		return takeTyped[string](b, b, arr, indices)
	case *array.BinaryBuilder:
		return takeTyped[[]byte](b, b, arr, indices)
	case *array.BooleanBuilder:
		return takeTyped[bool](b, b, arr, indices)
	case *array.Int8Builder:
		return takeTyped[int8](b, b, arr, indices)
	case *array.Int16Builder:
		return takeTyped[int16](b, b, arr, indices)
	case *array.Int32Builder:
		return takeTyped[int32](b, b, arr, indices)
	case *array.Int64Builder:
		return takeTyped[int64](b, b, arr, indices)
	case *array.Float32Builder:
		return takeTyped[float32](b, b, arr, indices)
	case *array.Float64Builder:
		return takeTyped[float64](b, b, arr, indices)
	case *array.TimestampBuilder:
		return takeTyped[arrow.Timestamp](b, b, arr, indices)
	case *array.Date32Builder:
		return takeTyped[arrow.Date32](b, b, arr, indices)
	}
	return false
}

func takeTyped[T any](b array.Builder, s sink[T], arr arrow.Array, indices []int32) bool {
	a, ok := arr.(typed[T])
	if !ok {
		return false
	}
	for _, i := range indices {
		if i < 0 || IsNull(arr, int(i)) {
			b.AppendNull()
		} else {
			s.Append(a.Value(int(i)))
		}
	}
	return true
}

// AppendFrom appends element arr[i], NULL included, to a builder of the same
// type. A dictionary element is appended decoded.
func AppendFrom(b array.Builder, arr arrow.Array, i int) {
	if IsNull(arr, i) {
		b.AppendNull()
		return
	}
	if d, ok := arr.(*array.Dictionary); ok {
		AppendFrom(b, d.Dictionary(), d.GetValueIndex(i))
		return
	}
	one := [1]int32{int32(i)}
	if takeFast(b, arr, one[:]) {
		return
	}
	switch b := b.(type) {
	case *array.Decimal128Builder:
		b.Append(arr.(*array.Decimal128).Value(i))
	case *array.Time64Builder:
		b.Append(arr.(*array.Time64).Value(i))
	case *array.DurationBuilder:
		b.Append(arr.(*array.Duration).Value(i))
	case *array.MonthIntervalBuilder:
		b.Append(arr.(*array.MonthInterval).Value(i))
	case *array.FixedSizeBinaryBuilder:
		b.Append(arr.(*array.FixedSizeBinary).Value(i))
	case *array.NullBuilder:
		b.AppendNull()
	case *array.MapBuilder:
		m := arr.(*array.Map)
		b.Append(true)
		start, end := m.ValueOffsets(i)
		for k := start; k < end; k++ {
			AppendFrom(b.KeyBuilder(), m.Keys(), int(k))
			AppendFrom(b.ItemBuilder(), m.Items(), int(k))
		}
	case *array.ListBuilder:
		list := arr.(*array.List)
		b.Append(true)
		start, end := list.ValueOffsets(i)
		for k := start; k < end; k++ {
			AppendFrom(b.ValueBuilder(), list.ListValues(), int(k))
		}
	case *array.StructBuilder:
		s := arr.(*array.Struct)
		b.Append(true)
		for f := range b.NumField() {
			AppendFrom(b.FieldBuilder(f), s.Field(f), i)
		}
	default:
		panic(fmt.Sprintf("types: cannot append %s", arr.DataType()))
	}
}
