package vector

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Field returns field i of rows; that of a NULL row is NULL. Values are shared.
func Field(mem memory.Allocator, s *array.Struct, i int) arrow.Array {
	child := s.Field(i)
	if s.NullN() == 0 || child.NullN() == child.Len() {
		child.Retain()
		return child
	}
	data := child.Data()
	off := data.Offset()
	valid := memory.NewResizableBuffer(mem)
	valid.Resize(int(bitutil.BytesForBits(int64(off + child.Len()))))
	defer valid.Release()
	clear(valid.Bytes())
	nulls := 0
	for r := range child.Len() {
		if s.IsValid(r) && child.IsValid(r) {
			bitutil.SetBit(valid.Bytes(), off+r)
		} else {
			nulls++
		}
	}
	buffers := append([]*memory.Buffer{valid}, data.Buffers()[1:]...)
	var out *array.Data
	if dict, ok := data.Dictionary().(*array.Data); ok && dict != nil {
		out = array.NewDataWithDictionary(data.DataType(), child.Len(), buffers, nulls, off, dict)
	} else {
		out = array.NewData(data.DataType(), child.Len(), buffers, data.Children(), nulls, off)
	}
	defer out.Release()
	return array.MakeFromData(out)
}
