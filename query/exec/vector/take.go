package vector

import (
	"encoding/binary"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Take returns the listed rows of arr, in list order. A dictionary array keeps
// its dictionary.
func Take(mem memory.Allocator, arr arrow.Array, rows []int32) arrow.Array {
	data := takeData(mem, arr.Data(), rows)
	defer data.Release()
	return array.MakeFromData(data)
}

// TakeSorted is Take for a rising row list without -1; a list without gaps
// shares arr's memory.
func TakeSorted(mem memory.Allocator, arr arrow.Array, rows []int32) arrow.Array {
	n := len(rows)
	if n > 0 && int(rows[n-1]-rows[0]) == n-1 {
		if n == arr.Len() {
			arr.Retain()
			return arr
		}
		// A slice keeps the whole array alive, so only a large part is worth sharing.
		if n*2 >= arr.Len() {
			return array.NewSlice(arr, int64(rows[0]), int64(rows[n-1])+1)
		}
	}
	return Take(mem, arr, rows)
}

// takeData works on array data: the children of a sliced list or struct are not sliced.
func takeData(mem memory.Allocator, data arrow.ArrayData, rows []int32) *array.Data {
	switch dt := data.DataType().(type) {
	case *arrow.NullType:
		return array.NewData(dt, len(rows), []*memory.Buffer{nil}, nil, len(rows), 0)
	case *arrow.BooleanType:
		return takeBool(mem, data, rows)
	case *arrow.StringType, *arrow.BinaryType:
		return takeBytes(mem, data, rows)
	case *arrow.ListType, *arrow.MapType:
		return takeList(mem, data, rows)
	case *arrow.StructType:
		return takeStruct(mem, data, rows)
	case *arrow.DictionaryType:
		return takeDictionary(mem, data, dt, rows)
	case arrow.FixedWidthDataType:
		valid, nulls := takeValid(mem, data, rows)
		values := takeFixed(mem, data, dt.Bytes(), rows)
		return makeData(dt, len(rows), nulls, []*memory.Buffer{valid, values}, nil)
	default:
		panic(fmt.Sprintf("vector: take of %s", dt))
	}
}

// takeValid returns the validity of the listed rows, nil when all are valid.
func takeValid(mem memory.Allocator, data arrow.ArrayData, rows []int32) (*memory.Buffer, int) {
	var bits []byte
	if data.NullN() != 0 && data.Buffers()[0] != nil {
		bits = data.Buffers()[0].Bytes()
	}
	if bits == nil && !hasAbsent(rows) {
		return nil, 0
	}
	valid := newBuffer(mem, int(bitutil.BytesForBits(int64(len(rows)))))
	out, off, nulls := valid.Bytes(), data.Offset(), 0
	clear(out)
	for i, r := range rows {
		if r >= 0 && (bits == nil || bitutil.BitIsSet(bits, off+int(r))) {
			bitutil.SetBit(out, i)
		} else {
			nulls++
		}
	}
	if nulls == 0 {
		valid.Release()
		return nil, 0
	}
	return valid, nulls
}

func hasAbsent(rows []int32) bool {
	for _, r := range rows {
		if r < 0 {
			return true
		}
	}
	return false
}

func takeBool(mem memory.Allocator, data arrow.ArrayData, rows []int32) *array.Data {
	valid, nulls := takeValid(mem, data, rows)
	values := newBuffer(mem, int(bitutil.BytesForBits(int64(len(rows)))))
	out, off := values.Bytes(), data.Offset()
	clear(out)
	if src := bufferBytes(data, 1); src != nil {
		for i, r := range rows {
			if r >= 0 && bitutil.BitIsSet(src, off+int(r)) {
				bitutil.SetBit(out, i)
			}
		}
	}
	return makeData(data.DataType(), len(rows), nulls, []*memory.Buffer{valid, values}, nil)
}

// takeFixed gathers values of width bytes each; absent rows become zero.
func takeFixed(mem memory.Allocator, data arrow.ArrayData, width int, rows []int32) *memory.Buffer {
	values := newBuffer(mem, len(rows)*width)
	out, src := values.Bytes(), bufferBytes(data, 1)
	if src == nil {
		clear(out)
		return values
	}
	src = src[data.Offset()*width:]
	switch width {
	case 4:
		o, s := arrow.Int32Traits.CastFromBytes(out), arrow.Int32Traits.CastFromBytes(src)
		takeWords(o, s, rows)
	case 8:
		o, s := arrow.Int64Traits.CastFromBytes(out), arrow.Int64Traits.CastFromBytes(src)
		takeWords(o, s, rows)
	default:
		for i, r := range rows {
			dst := out[i*width : (i+1)*width]
			if r < 0 {
				clear(dst)
			} else {
				copy(dst, src[int(r)*width:])
			}
		}
	}
	return values
}

func takeWords[T int32 | int64](out, src []T, rows []int32) {
	for i, r := range rows {
		if r < 0 {
			out[i] = 0
		} else {
			out[i] = src[r]
		}
	}
}

func takeBytes(mem memory.Allocator, data arrow.ArrayData, rows []int32) *array.Data {
	valid, nulls := takeValid(mem, data, rows)
	offsets := newBuffer(mem, (len(rows)+1)*4)
	out := arrow.Int32Traits.CastFromBytes(offsets.Bytes())
	src := sourceOffsets(data)
	var size int64
	for i, r := range rows {
		out[i] = int32(size)
		if r >= 0 && src != nil {
			size += int64(src[r+1] - src[r])
		}
		if size > MaxBytes {
			panic(tooLarge{})
		}
	}
	out[len(rows)] = int32(size)
	values := newBuffer(mem, int(size))
	if dst, from := values.Bytes(), bufferBytes(data, 2); size > 0 {
		for i, r := range rows {
			if r >= 0 {
				copy(dst[out[i]:out[i+1]], from[src[r]:src[r+1]])
			}
		}
	}
	return makeData(data.DataType(), len(rows), nulls, []*memory.Buffer{valid, offsets, values}, nil)
}

func takeList(mem memory.Allocator, data arrow.ArrayData, rows []int32) *array.Data {
	valid, nulls := takeValid(mem, data, rows)
	offsets := newBuffer(mem, (len(rows)+1)*4)
	out := arrow.Int32Traits.CastFromBytes(offsets.Bytes())
	src, bits := sourceOffsets(data), []byte(nil)
	if nulls > 0 {
		bits = valid.Bytes()
	}
	total := 0
	for i, r := range rows {
		out[i] = int32(total)
		if r >= 0 && src != nil && (bits == nil || bitutil.BitIsSet(bits, i)) {
			total += int(src[r+1] - src[r])
		}
		if total > MaxBytes {
			panic(tooLarge{})
		}
	}
	out[len(rows)] = int32(total)
	elems := make([]int32, 0, total)
	for i, r := range rows {
		for k := range out[i+1] - out[i] {
			elems = append(elems, src[r]+k)
		}
	}
	child := takeData(mem, data.Children()[0], elems)
	return makeData(data.DataType(), len(rows), nulls, []*memory.Buffer{valid, offsets}, []arrow.ArrayData{child})
}

func takeStruct(mem memory.Allocator, data arrow.ArrayData, rows []int32) *array.Data {
	valid, nulls := takeValid(mem, data, rows)
	childRows := rows
	if off := int32(data.Offset()); off != 0 {
		childRows = make([]int32, len(rows))
		for i, r := range rows {
			childRows[i] = r
			if r >= 0 {
				childRows[i] = r + off
			}
		}
	}
	children := make([]arrow.ArrayData, len(data.Children()))
	for i, c := range data.Children() {
		children[i] = takeData(mem, c, childRows)
	}
	return makeData(data.DataType(), len(rows), nulls, []*memory.Buffer{valid}, children)
}

func takeDictionary(mem memory.Allocator, data arrow.ArrayData, dt *arrow.DictionaryType, rows []int32) *array.Data {
	valid, nulls := takeValid(mem, data, rows)
	codes := takeFixed(mem, data, dt.IndexType.(arrow.FixedWidthDataType).Bytes(), rows)
	out := array.NewDataWithDictionary(dt, len(rows), []*memory.Buffer{valid, codes}, nulls, 0, data.Dictionary().(*array.Data))
	if valid != nil {
		valid.Release()
	}
	codes.Release()
	return out
}

func bufferBytes(data arrow.ArrayData, i int) []byte {
	if b := data.Buffers()[i]; b != nil {
		return b.Bytes()
	}
	return nil
}

// sourceOffsets are the offsets of a variable-length array from its first row on.
func sourceOffsets(data arrow.ArrayData) []int32 {
	b := bufferBytes(data, 1)
	if len(b) < 4 {
		return nil
	}
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		panic("vector: big-endian machines are not supported")
	}
	return arrow.Int32Traits.CastFromBytes(b)[data.Offset():]
}
