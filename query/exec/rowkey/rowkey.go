// Package rowkey turns values of any SQL type into bytes: Equal so that equal
// values are equal bytes, Order so that comparing bytes orders the values. On
// top of Equal lie the hash tables of grouping, DISTINCT and joins.
//
// The rules are Trino's: grouping takes NULL and NULL, NaN and NaN, -0.0 and 0.0
// as one; NaN orders above every number; a timestamp with time zone is its
// instant; a map is the set of its entries.
package rowkey

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/types"
)

// Equal appends the equality key of one row to dst. matchable is false when the
// value is or holds a NULL or a NaN, so that "=" is not true of it and itself.
type Equal func(dst []byte, row int) (key []byte, matchable bool)

// NewEqual returns the encoder of an array that holds values of type t.
func NewEqual(t types.Type, arr arrow.Array) Equal {
	value := equalValue(t, arr)
	if arr.NullN() == 0 {
		return func(dst []byte, row int) ([]byte, bool) { return value(append(dst, 1), row) }
	}
	return func(dst []byte, row int) ([]byte, bool) {
		if types.IsNull(arr, row) {
			return append(dst, 0), false
		}
		return value(append(dst, 1), row)
	}
}

// equalValue encodes rows that are not NULL.
func equalValue(t types.Type, arr arrow.Array) Equal {
	switch a := arr.(type) {
	case *array.Null:
		return func(dst []byte, _ int) ([]byte, bool) { return dst, false }
	case *array.Dictionary:
		inner := equalValue(t, a.Dictionary())
		return func(dst []byte, row int) ([]byte, bool) { return inner(dst, a.GetValueIndex(row)) }
	case *array.Float32:
		return func(dst []byte, row int) ([]byte, bool) { return equalFloat(dst, float64(a.Value(row))) }
	case *array.Float64:
		return func(dst []byte, row int) ([]byte, bool) { return equalFloat(dst, a.Value(row)) }
	case *array.Map:
		return equalMap(t, a)
	case *array.List:
		return equalList(t, a)
	case *array.Struct:
		return equalStruct(t, a)
	}
	if b := byteValues(arr); b != nil {
		return func(dst []byte, row int) ([]byte, bool) {
			v := b(row)
			return append(binary.AppendUvarint(dst, uint64(len(v))), v...), true
		}
	}
	if w := words(arr); w != nil {
		return func(dst []byte, row int) ([]byte, bool) { return binary.LittleEndian.AppendUint64(dst, w(row)), true }
	}
	a := arr.(*array.Decimal128)
	return func(dst []byte, row int) ([]byte, bool) {
		v := a.Value(row)
		dst = binary.LittleEndian.AppendUint64(dst, v.LowBits())
		return binary.LittleEndian.AppendUint64(dst, uint64(v.HighBits())), true
	}
}

func equalFloat(dst []byte, v float64) ([]byte, bool) {
	return binary.LittleEndian.AppendUint64(dst, floatWord(v)), v == v
}

// floatWord maps a float to a word that orders as Trino orders floats: NaN is one
// value above +Infinity, both zeros are one.
func floatWord(v float64) uint64 {
	switch {
	case v != v:
		return math.MaxUint64
	case v == 0:
		return 1 << 63
	}
	b := math.Float64bits(v)
	if b>>63 != 0 {
		return ^b
	}
	return b | 1<<63
}

// words returns the values of a fixed-width array of at most 8 bytes as words
// that order as the values do, or nil for other arrays.
func words(arr arrow.Array) func(row int) uint64 {
	const sign = signBit
	switch a := arr.(type) {
	case *array.Boolean:
		return func(row int) uint64 {
			if a.Value(row) {
				return 1
			}
			return 0
		}
	case *array.Int8:
		return func(row int) uint64 { return uint64(int64(a.Value(row))) ^ sign }
	case *array.Int16:
		return func(row int) uint64 { return uint64(int64(a.Value(row))) ^ sign }
	case *array.Int32:
		return func(row int) uint64 { return uint64(int64(a.Value(row))) ^ sign }
	case *array.Int64:
		return func(row int) uint64 { return uint64(a.Value(row)) ^ sign }
	case *array.Float32:
		return func(row int) uint64 { return floatWord(float64(a.Value(row))) }
	case *array.Float64:
		return func(row int) uint64 { return floatWord(a.Value(row)) }
	case *array.Date32:
		return func(row int) uint64 { return uint64(int64(a.Value(row))) ^ sign }
	case *array.Time64:
		return func(row int) uint64 { return uint64(a.Value(row)) ^ sign }
	case *array.Timestamp:
		return func(row int) uint64 { return uint64(a.Value(row)) ^ sign }
	case *array.Duration:
		return func(row int) uint64 { return uint64(a.Value(row)) ^ sign }
	case *array.MonthInterval:
		return func(row int) uint64 { return uint64(int64(a.Value(row))) ^ sign }
	}
	return nil
}

// signBit turns the order of signed numbers into that of unsigned ones.
const signBit = 1 << 63

// longs are the values of an array of 64-bit integers or timestamps, as they lie; nil
// of another.
func longs(arr arrow.Array) []int64 {
	switch a := arr.(type) {
	case *array.Int64:
		return a.Int64Values()
	case *array.Timestamp:
		values := a.TimestampValues()
		return unsafe.Slice((*int64)(unsafe.SliceData(values)), len(values)) // a Timestamp is an int64
	}
	return nil
}

// byteValues returns the values of a string-like array, or nil for other arrays.
func byteValues(arr arrow.Array) func(row int) []byte {
	switch a := arr.(type) {
	case *array.String:
		offsets, data := a.ValueOffsets(), a.ValueBytes()
		if a.Len() == 0 {
			return func(int) []byte { return nil }
		}
		base := offsets[0]
		return func(row int) []byte { return data[offsets[row]-base : offsets[row+1]-base] }
	case *array.Binary:
		return a.Value
	case *array.FixedSizeBinary:
		return a.Value
	}
	return nil
}

func equalList(t types.Type, a *array.List) Equal {
	elem := NewEqual(*t.Elem, a.ListValues())
	return func(dst []byte, row int) ([]byte, bool) {
		start, end := a.ValueOffsets(row)
		dst = binary.AppendUvarint(dst, uint64(end-start))
		all := true
		for i := start; i < end; i++ {
			var ok bool
			dst, ok = elem(dst, int(i))
			all = all && ok
		}
		return dst, all
	}
}

func equalMap(t types.Type, a *array.Map) Equal {
	key, item := NewEqual(*t.Key, a.Keys()), NewEqual(*t.Elem, a.Items())
	return func(dst []byte, row int) ([]byte, bool) {
		start, end := a.ValueOffsets(row)
		dst = binary.AppendUvarint(dst, uint64(end-start))
		entries, all := make([][]byte, 0, end-start), true
		for i := start; i < end; i++ {
			e, ok := key(nil, int(i))
			all = all && ok
			e, ok = item(e, int(i))
			all = all && ok
			entries = append(entries, e)
		}
		slices.SortFunc(entries, bytes.Compare)
		for _, e := range entries {
			dst = append(dst, e...)
		}
		return dst, all
	}
}

func equalStruct(t types.Type, a *array.Struct) Equal {
	if t.Kind == types.TimestampTZ {
		return equalValue(types.TimestampType, a.Field(0))
	}
	fields := make([]Equal, a.NumField())
	for i := range fields {
		fields[i] = NewEqual(t.Fields[i].Type, a.Field(i))
	}
	return func(dst []byte, row int) ([]byte, bool) {
		all := true
		for _, f := range fields {
			var ok bool
			dst, ok = f(dst, row)
			all = all && ok
		}
		return dst, all
	}
}

// NotComparableError says that a value cannot be ordered because it holds a NULL.
type NotComparableError struct{ Kind, Part string }

// Error is in Trino's words.
func (e *NotComparableError) Error() string {
	return fmt.Sprintf("%s comparison not supported for %s with null elements", e.Kind, e.Part)
}
