package rowkey

import (
	"encoding/binary"
	"math"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/types"
)

// Order appends to dst bytes that compare as the rows order. Keys of several
// columns may be appended one after another.
type Order func(dst []byte, row int) ([]byte, error)

// NewOrder returns the encoder of an array that holds values of type t. As in
// Trino, with NULLS FIRST values without an order, NaN and NULLs inside of
// values, are the least ones, else the greatest, before DESC turns that round.
func NewOrder(t types.Type, arr arrow.Array, desc, nullsFirst bool) Order {
	value := orderValue(t, arr, nullsFirst)
	null, present := byte(1), byte(0)
	if nullsFirst {
		null, present = 0, 1
	}
	return func(dst []byte, row int) ([]byte, error) {
		if types.IsNull(arr, row) {
			return append(dst, null), nil
		}
		dst = append(dst, present)
		at := len(dst)
		dst, err := value(dst, row)
		if desc {
			for i := at; i < len(dst); i++ {
				dst[i] = ^dst[i]
			}
		}
		return dst, err
	}
}

// NewGroup returns an encoder that gives equal values, and NULLs, equal bytes,
// whether the type has an order or not. Rows holds to the order of these bytes too.
func NewGroup(t types.Type, arr arrow.Array) Order {
	value := groupValue(t, arr)
	return func(dst []byte, row int) ([]byte, error) {
		if types.IsNull(arr, row) {
			return append(dst, 1), nil
		}
		return value(append(dst, 0), row)
	}
}

// groupValue encodes rows that are not NULL; no encoding is a prefix of another one.
func groupValue(t types.Type, arr arrow.Array) Order {
	values := arr
	if d, ok := arr.(*array.Dictionary); ok {
		values = d.Dictionary()
	}
	if words(values) != nil || byteValues(values) != nil {
		return orderValue(t, arr, false)
	}
	equal := equalValue(t, arr)
	return func(dst []byte, row int) ([]byte, error) {
		dst, _ = equal(dst, row)
		return dst, nil
	}
}

// orderValue encodes rows that are not NULL, in rising order. No encoding is a
// prefix of another one, so that inverting the bytes inverts the order. first puts
// NaN and inner NULLs before all other values.
func orderValue(t types.Type, arr arrow.Array, first bool) Order {
	switch a := arr.(type) {
	case *array.Null:
		return func(dst []byte, _ int) ([]byte, error) { return dst, nil }
	case *array.Dictionary:
		inner := orderValue(t, a.Dictionary(), first)
		return func(dst []byte, row int) ([]byte, error) { return inner(dst, a.GetValueIndex(row)) }
	case *array.List:
		return orderList(t, a, first)
	case *array.Struct:
		return orderStruct(t, a, first)
	case *array.Decimal128:
		return func(dst []byte, row int) ([]byte, error) {
			v := a.Value(row)
			dst = binary.BigEndian.AppendUint64(dst, uint64(v.HighBits())^1<<63)
			return binary.BigEndian.AppendUint64(dst, v.LowBits()), nil
		}
	}
	if b := byteValues(arr); b != nil {
		return func(dst []byte, row int) ([]byte, error) { return appendEscaped(dst, b(row)), nil }
	}
	if w := words(arr); w != nil {
		_, isReal := arr.(*array.Float32)
		_, isDouble := arr.(*array.Float64)
		if first && (isReal || isDouble) {
			return func(dst []byte, row int) ([]byte, error) {
				word := w(row)
				if word == math.MaxUint64 {
					word = 0 // NaN; -Infinity is more
				}
				return binary.BigEndian.AppendUint64(dst, word), nil
			}
		}
		return func(dst []byte, row int) ([]byte, error) { return binary.BigEndian.AppendUint64(dst, w(row)), nil }
	}
	return func(dst []byte, _ int) ([]byte, error) {
		return dst, &NotComparableError{Kind: arr.DataType().Name(), Part: "values"}
	}
}

// appendEscaped writes 0 as 0 255 and ends with 0 0, so that a prefix orders first.
func appendEscaped(dst, v []byte) []byte {
	for _, c := range v {
		dst = append(dst, c)
		if c == 0 {
			dst = append(dst, 255)
		}
	}
	return append(dst, 0, 0)
}

// orderList orders a NULL element too: ORDER BY takes any values.
func orderList(t types.Type, a *array.List, first bool) Order {
	elems := a.ListValues()
	elem := orderValue(*t.Elem, elems, first)
	null, present := byte(3), byte(2)
	if first {
		null = 1
	}
	return func(dst []byte, row int) ([]byte, error) {
		start, end := a.ValueOffsets(row)
		var err error
		for i := start; i < end; i++ {
			if types.IsNull(elems, int(i)) {
				dst = append(dst, null)
				continue
			}
			if dst, err = elem(append(dst, present), int(i)); err != nil {
				return dst, err
			}
		}
		return append(dst, 0), nil
	}
}

func orderStruct(t types.Type, a *array.Struct, first bool) Order {
	if t.Kind == types.TimestampTZ {
		return orderValue(types.TimestampType, a.Field(0), first)
	}
	fields := make([]Order, a.NumField())
	for i := range fields {
		fields[i] = orderValue(t.Fields[i].Type, a.Field(i), first)
	}
	null, present := byte(2), byte(1)
	if first {
		null = 0
	}
	return func(dst []byte, row int) ([]byte, error) {
		var err error
		for i, f := range fields {
			if types.IsNull(a.Field(i), row) {
				dst = append(dst, null)
				continue
			}
			if dst, err = f(append(dst, present), row); err != nil {
				return dst, err
			}
		}
		return dst, nil
	}
}
