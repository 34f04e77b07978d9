package event

import (
	"math/bits"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// pool lends a builder its buffers and gets them back when the record was copied:
// growing a column by doubling would otherwise leave several times its size to the
// garbage collector. Not safe for concurrent use, so nothing made of it may leave
// the builder.
type pool struct {
	free [bits.UintSize][][]byte // by the power of two
	held int
}

// heldBytes is how much a builder keeps between records.
const heldBytes = 64 << 20

// Allocate implements memory.Allocator. The bytes are zero.
func (p *pool) Allocate(size int) []byte { return p.take(size, 0) }

// take returns size bytes, of which all but the first few are zero to the end of
// what they have room for.
func (p *pool) take(size, few int) []byte {
	class := bits.Len(uint(max(size, 64) - 1))
	list := p.free[class]
	if len(list) == 0 {
		return make([]byte, 1<<class)[:size]
	}
	b := list[len(list)-1]
	p.free[class] = list[:len(list)-1]
	p.held -= len(b)
	clear(b[few:])
	return b[:size]
}

// Reallocate implements memory.Allocator.
func (p *pool) Reallocate(size int, b []byte) []byte {
	if size <= cap(b) {
		return b[:size]
	}
	next := p.take(size, len(b))
	copy(next, b)
	p.Free(b)
	return next
}

// Free implements memory.Allocator.
func (p *pool) Free(b []byte) {
	n := cap(b)
	if n == 0 || n&(n-1) != 0 || p.held+n > heldBytes {
		return
	}
	class := bits.Len(uint(n - 1))
	p.free[class] = append(p.free[class], b[:n])
	p.held += n
}

// copyRecord copies a record into buffers of mem that are just large enough.
func copyRecord(mem memory.Allocator, rec arrow.Record) arrow.Record {
	columns := make([]arrow.Array, rec.NumCols())
	for i, c := range rec.Columns() {
		d := copyData(mem, c.Data())
		columns[i] = array.MakeFromData(d)
		d.Release()
	}
	out := array.NewRecord(rec.Schema(), columns, rec.NumRows())
	for _, c := range columns {
		c.Release()
	}
	return out
}

// copyData copies an array as a builder made it: without an offset, each buffer but
// the bitmap as long as its content.
func copyData(mem memory.Allocator, d arrow.ArrayData) arrow.ArrayData {
	buffers := make([]*memory.Buffer, len(d.Buffers()))
	for i, b := range d.Buffers() {
		switch {
		case b == nil || i == 0 && d.NullN() == 0:
			continue
		case i == 0:
			buffers[i] = copyBuffer(mem, b.Bytes()[:(d.Len()+7)/8])
		default:
			buffers[i] = copyBuffer(mem, b.Bytes())
		}
	}
	children := make([]arrow.ArrayData, len(d.Children()))
	for i, c := range d.Children() {
		children[i] = copyData(mem, c)
	}
	out := array.NewData(d.DataType(), d.Len(), buffers, children, d.NullN(), 0)
	for _, b := range buffers {
		if b != nil {
			b.Release()
		}
	}
	for _, c := range children {
		c.Release()
	}
	return out
}

func copyBuffer(mem memory.Allocator, b []byte) *memory.Buffer {
	out := memory.NewResizableBuffer(mem)
	out.Resize(len(b))
	copy(out.Bytes(), b)
	return out
}
