// Package vector holds the column kernels that expressions and operators share:
// gathering rows, joining arrays end to end, taking dictionaries apart.
//
// A row list is a []int32 of positions in an array; -1 stands for a row that is
// not there and becomes NULL. Every function allocates its result from the
// allocator it is given, keeps nothing of its arguments, and leaves the result
// to the caller to release.
package vector

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// MaxBytes is the most value bytes one varchar or varbinary array may hold: its
// offsets are 32 bits wide.
const MaxBytes = 1<<31 - 1

// Nulls returns n NULLs of a type. array.MakeArrayOfNull would panic at a type
// with the type of NULL inside, as ROW(1, NULL) has.
func Nulls(mem memory.Allocator, dt arrow.DataType, n int) arrow.Array {
	b := array.NewBuilder(mem, dt)
	defer b.Release()
	b.AppendNulls(n)
	return b.NewArray()
}

// Empty returns an array of a type without rows.
func Empty(mem memory.Allocator, dt arrow.DataType) arrow.Array { return Nulls(mem, dt, 0) }

// IsDictionary reports whether arr is dictionary-encoded.
func IsDictionary(arr arrow.Array) bool { return arr.DataType().ID() == arrow.DICTIONARY }

// Codes returns the codes of a dictionary<int32, …> array; those of NULL rows mean nothing.
func Codes(arr *array.Dictionary) []int32 {
	return arr.Indices().(*array.Int32).Int32Values()
}

// Decode returns arr with a dictionary at its top replaced by the values, or arr itself, retained.
func Decode(mem memory.Allocator, arr arrow.Array) arrow.Array {
	d, ok := arr.(*array.Dictionary)
	if !ok {
		arr.Retain()
		return arr
	}
	return Take(mem, d.Dictionary(), codeRows(d))
}

// codeRows is the row list of a dictionary array in its dictionary.
func codeRows(d *array.Dictionary) []int32 {
	codes, ok := d.Indices().(*array.Int32)
	if ok && d.NullN() == 0 {
		return codes.Int32Values()
	}
	rows := make([]int32, d.Len())
	for i := range rows {
		if d.IsNull(i) {
			rows[i] = -1
		} else {
			rows[i] = int32(d.GetValueIndex(i))
		}
	}
	return rows
}

// Bytes is the size of the buffers of arr, without a dictionary.
func Bytes(arr arrow.Array) int64 { return dataBytes(arr.Data()) }

func dataBytes(data arrow.ArrayData) (n int64) {
	for _, b := range data.Buffers() {
		if b != nil {
			n += int64(b.Len())
		}
	}
	for _, c := range data.Children() {
		n += dataBytes(c)
	}
	return n
}

// Repeat returns n copies of row 0 of arr.
func Repeat(mem memory.Allocator, arr arrow.Array, n int) arrow.Array {
	if arr.IsNull(0) {
		return Nulls(mem, valueType(arr.DataType()), n)
	}
	return Take(mem, arr, make([]int32, n))
}

func valueType(dt arrow.DataType) arrow.DataType {
	if d, ok := dt.(*arrow.DictionaryType); ok {
		return d.ValueType
	}
	return dt
}

// Bools makes a boolean array from one state per row: 0 false, 1 true, 2 NULL.
func Bools(mem memory.Allocator, states []int8) arrow.Array {
	n := len(states)
	values := newBuffer(mem, int(bitutil.BytesForBits(int64(n))))
	bits, nulls := values.Bytes(), 0
	clear(bits)
	for i, s := range states {
		switch s {
		case 1:
			bitutil.SetBit(bits, i)
		case 2:
			nulls++
		}
	}
	var valid *memory.Buffer
	if nulls > 0 {
		valid = newBuffer(mem, len(bits))
		clear(valid.Bytes())
		for i, s := range states {
			if s != 2 {
				bitutil.SetBit(valid.Bytes(), i)
			}
		}
	}
	return makeArray(arrow.FixedWidthTypes.Boolean, n, nulls, []*memory.Buffer{valid, values}, nil)
}

// newBuffer allocates a buffer of exactly size bytes, with anything in it.
func newBuffer(mem memory.Allocator, size int) *memory.Buffer {
	b := memory.NewResizableBuffer(mem)
	b.Resize(size)
	return b
}

// makeData owns buffers and children from here on.
func makeData(dt arrow.DataType, n, nulls int, buffers []*memory.Buffer, children []arrow.ArrayData) *array.Data {
	data := array.NewData(dt, n, buffers, children, nulls, 0)
	for _, b := range buffers {
		if b != nil {
			b.Release()
		}
	}
	for _, c := range children {
		c.Release()
	}
	return data
}

func makeArray(dt arrow.DataType, n, nulls int, buffers []*memory.Buffer, children []arrow.ArrayData) arrow.Array {
	data := makeData(dt, n, nulls, buffers, children)
	defer data.Release()
	return array.MakeFromData(data)
}

// Conform returns arr as an array of type dt, which must have the same layout
// and may differ in field names and nullability. Dictionaries stay. Nothing is copied.
func Conform(arr arrow.Array, dt arrow.DataType) (arrow.Array, error) {
	if IsDictionary(arr) || arrow.TypeEqual(arr.DataType(), dt) {
		arr.Retain()
		return arr, nil
	}
	data, err := conformData(arr.Data(), dt)
	if err != nil {
		return nil, err
	}
	defer data.Release()
	return array.MakeFromData(data), nil
}

func conformData(data arrow.ArrayData, dt arrow.DataType) (arrow.ArrayData, error) {
	from := data.DataType()
	if arrow.TypeEqual(from, dt) {
		data.Retain()
		return data, nil
	}
	want := childTypes(dt)
	if from.ID() != dt.ID() || len(want) != len(data.Children()) || len(want) == 0 && from.Fingerprint() != dt.Fingerprint() {
		return nil, fmt.Errorf("array of %s where %s was expected", from, dt)
	}
	children := make([]arrow.ArrayData, 0, len(want))
	defer func() {
		for _, c := range children {
			c.Release()
		}
	}()
	for i, c := range data.Children() {
		child, err := conformData(c, want[i])
		if err != nil {
			return nil, err
		}
		children = append(children, child)
	}
	return array.NewData(dt, data.Len(), data.Buffers(), children, data.NullN(), data.Offset()), nil
}

func childTypes(dt arrow.DataType) []arrow.DataType {
	switch t := dt.(type) {
	case *arrow.MapType:
		return []arrow.DataType{t.Elem()}
	case *arrow.ListType:
		return []arrow.DataType{t.Elem()}
	case *arrow.StructType:
		out := make([]arrow.DataType, t.NumFields())
		for i, f := range t.Fields() {
			out[i] = f.Type
		}
		return out
	}
	return nil
}

// DecodeNested returns arr with dictionaries below its top replaced by their
// values, or arr itself, retained, when there are none.
func DecodeNested(mem memory.Allocator, arr arrow.Array) arrow.Array {
	if IsDictionary(arr) || !holdsDictionary(arr.DataType()) {
		arr.Retain()
		return arr
	}
	data := decodeData(mem, arr.Data())
	defer data.Release()
	return array.MakeFromData(data)
}

func holdsDictionary(dt arrow.DataType) bool {
	if dt.ID() == arrow.DICTIONARY {
		return true
	}
	for _, c := range childTypes(dt) {
		if holdsDictionary(c) {
			return true
		}
	}
	return false
}

func decodeData(mem memory.Allocator, data arrow.ArrayData) arrow.ArrayData {
	if !holdsDictionary(data.DataType()) {
		data.Retain()
		return data
	}
	if data.DataType().ID() == arrow.DICTIONARY {
		arr := array.NewDictionaryData(data)
		defer arr.Release()
		plain := Decode(mem, arr)
		defer plain.Release()
		plain.Data().Retain()
		return plain.Data()
	}
	children := make([]arrow.ArrayData, len(data.Children()))
	for i, c := range data.Children() {
		children[i] = decodeData(mem, c)
		defer children[i].Release()
	}
	return array.NewData(plainType(data.DataType()), data.Len(), data.Buffers(), children, data.NullN(), data.Offset())
}

// plainType is dt with every dictionary replaced by its values' type.
func plainType(dt arrow.DataType) arrow.DataType {
	switch t := dt.(type) {
	case *arrow.DictionaryType:
		return t.ValueType
	case *arrow.ListType:
		f := t.ElemField()
		f.Type = plainType(f.Type)
		return arrow.ListOfField(f)
	case *arrow.MapType:
		m := arrow.MapOf(plainType(t.KeyType()), plainType(t.ItemType()))
		m.SetItemNullable(t.ItemField().Nullable)
		return m
	case *arrow.StructType:
		fields := make([]arrow.Field, t.NumFields())
		for i, f := range t.Fields() {
			f.Type = plainType(f.Type)
			fields[i] = f
		}
		return arrow.StructOf(fields...)
	}
	return dt
}
