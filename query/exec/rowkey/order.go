package rowkey

import (
	"encoding/binary"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/types"
)

// Order appends to dst bytes that compare as the rows order. Keys of several
// columns may be appended one after another.
type Order func(dst []byte, row int) ([]byte, error)

// NewOrder returns the encoder of an array that holds values of type t.
func NewOrder(t types.Type, arr arrow.Array, desc, nullsFirst bool) Order {
	value := orderValue(t, arr)
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

// orderValue encodes rows that are not NULL, in rising order. No encoding is a
// prefix of another one, so that inverting the bytes inverts the order.
func orderValue(t types.Type, arr arrow.Array) Order {
	switch a := arr.(type) {
	case *array.Null:
		return func(dst []byte, _ int) ([]byte, error) { return dst, nil }
	case *array.Dictionary:
		inner := orderValue(t, a.Dictionary())
		return func(dst []byte, row int) ([]byte, error) { return inner(dst, a.GetValueIndex(row)) }
	case *array.List:
		return orderList(t, a)
	case *array.Struct:
		return orderStruct(t, a)
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

// orderList puts a NULL element behind all others: ORDER BY takes any values.
func orderList(t types.Type, a *array.List) Order {
	elems := a.ListValues()
	elem := orderValue(*t.Elem, elems)
	return func(dst []byte, row int) ([]byte, error) {
		start, end := a.ValueOffsets(row)
		var err error
		for i := start; i < end; i++ {
			if types.IsNull(elems, int(i)) {
				dst = append(dst, 2)
				continue
			}
			if dst, err = elem(append(dst, 1), int(i)); err != nil {
				return dst, err
			}
		}
		return append(dst, 0), nil
	}
}

func orderStruct(t types.Type, a *array.Struct) Order {
	if t.Kind == types.TimestampTZ {
		return orderValue(types.TimestampType, a.Field(0))
	}
	fields := make([]Order, a.NumField())
	for i := range fields {
		fields[i] = orderValue(t.Fields[i].Type, a.Field(i))
	}
	return func(dst []byte, row int) ([]byte, error) {
		var err error
		for i, f := range fields {
			if types.IsNull(a.Field(i), row) {
				dst = append(dst, 1)
				continue
			}
			if dst, err = f(append(dst, 0), row); err != nil {
				return dst, err
			}
		}
		return dst, nil
	}
}
