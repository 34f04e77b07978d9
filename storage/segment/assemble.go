package segment

import (
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// assembler builds Arrow arrays out of levels and values.
type assembler struct {
	mem     memory.Allocator
	batches map[*node]*leafBatch
}

// slots are the places of a node's values among the entries of its leaves.
type slots struct {
	def int // definition level from which on an entry has a slot
	rep int // highest repetition level that starts one
}

// build returns the array data of a node. The caller releases it.
func (a *assembler) build(n *node, s slots) arrow.ArrayData {
	switch n.kind {
	case kindStruct:
		return a.buildStruct(n, s)
	case kindList, kindMap:
		return a.buildList(n, s)
	}
	return a.buildLeaf(n, s)
}

// bitmap collects validity.
type bitmap struct {
	buf   *memory.Buffer
	n     int
	nulls int
}

func (a *assembler) bitmap(slots int) *bitmap {
	b := &bitmap{buf: memory.NewResizableBuffer(a.mem)}
	b.buf.Resize(int(bitutil.BytesForBits(int64(slots))))
	clear(b.buf.Bytes())
	return b
}

func (b *bitmap) add(valid bool) {
	if valid {
		bitutil.SetBit(b.buf.Bytes(), b.n)
	} else {
		b.nulls++
	}
	b.n++
}

// buffer returns the bitmap, or nil when everything is valid.
func (b *bitmap) buffer() *memory.Buffer {
	if b.nulls == 0 {
		if b.buf != nil {
			b.buf.Release()
		}
		return nil
	}
	return b.buf
}

// newData makes array data that owns the buffers and children given.
func newData(typ arrow.DataType, n int, buffers []*memory.Buffer, children []arrow.ArrayData, nulls int) arrow.ArrayData {
	d := array.NewData(typ, n, buffers, children, nulls, 0)
	for _, b := range buffers {
		if b != nil {
			b.Release()
		}
	}
	for _, c := range children {
		c.Release()
	}
	return d
}

func (a *assembler) countSlots(b *leafBatch, s slots) int {
	if b.leaf.maxRep == 0 && s.def == 0 {
		return len(b.def)
	}
	n := 0
	for i, d := range b.def {
		if int(d) >= s.def && (b.leaf.maxRep == 0 || int(b.rep[i]) <= s.rep) {
			n++
		}
	}
	return n
}

func (a *assembler) buildStruct(n *node, s slots) arrow.ArrayData {
	first := a.batches[n.leaves[0]]
	count := a.countSlots(first, s)
	valid := a.bitmap(count)
	for i, d := range first.def {
		if int(d) >= s.def && (first.leaf.maxRep == 0 || int(first.rep[i]) <= s.rep) {
			valid.add(int(d) >= n.def)
		}
	}
	children := make([]arrow.ArrayData, len(n.children))
	for i, c := range n.children {
		children[i] = a.build(c, s)
	}
	return newData(n.typ, count, []*memory.Buffer{valid.buffer()}, children, valid.nulls)
}

func (a *assembler) buildList(n *node, s slots) arrow.ArrayData {
	first := a.batches[n.leaves[0]]
	count := a.countSlots(first, s)
	valid := a.bitmap(count)
	offsets, out := a.int32s(count + 1)
	inner := slots{def: n.def + 1, rep: n.rep + 1}
	elements := int32(0)
	slot := 0
	for i, d := range first.def {
		rep := int(first.rep[i])
		if int(d) >= s.def && rep <= s.rep {
			out[slot] = elements
			slot++
			valid.add(int(d) >= n.def)
		}
		if int(d) >= inner.def && rep <= inner.rep {
			elements++
		}
	}
	out[slot] = elements
	children := make([]arrow.ArrayData, len(n.children))
	for i, c := range n.children {
		children[i] = a.build(c, inner)
	}
	if m, ok := n.typ.(*arrow.MapType); ok {
		entries := newData(m.Elem(), int(elements), []*memory.Buffer{nil}, children, 0)
		children = []arrow.ArrayData{entries}
	}
	return newData(n.typ, count, []*memory.Buffer{valid.buffer(), offsets}, children, valid.nulls)
}

// int32s allocates a buffer of n integers.
func (a *assembler) int32s(n int) (*memory.Buffer, []int32) {
	buf := memory.NewResizableBuffer(a.mem)
	buf.Resize(4 * n)
	return buf, unsafe.Slice((*int32)(unsafe.Pointer(unsafe.SliceData(buf.Bytes()))), n)
}

// fixed allocates a buffer of n values of a size.
func (a *assembler) fixed(n, size int) *memory.Buffer {
	buf := memory.NewResizableBuffer(a.mem)
	buf.Resize(n * size)
	return buf
}

func (a *assembler) buildLeaf(n *node, s slots) arrow.ArrayData {
	b := a.batches[n]
	count := a.countSlots(b, s)
	valid := a.leafBitmap(b, s, count)
	switch {
	case b.asCodes:
		buf := a.fixed(count, 4)
		spread(buf.Bytes(), b.codes, valid)
		return newData(arrow.PrimitiveTypes.Int32, count, []*memory.Buffer{valid.buffer(), buf}, nil, valid.nulls)
	case n.kind.isBytes():
		offsets, out := a.int32s(count + 1)
		spreadEnds(out, b.ends, valid)
		data := b.data
		b.data = nil
		return newData(n.typ, count, []*memory.Buffer{valid.buffer(), offsets, data}, nil, valid.nulls)
	case n.kind == kindBool:
		buf := memory.NewResizableBuffer(a.mem)
		buf.Resize(int(bitutil.BytesForBits(int64(count))))
		clear(buf.Bytes())
		next := 0
		for i := range count {
			if valid.isSet(i) {
				if b.bools[next] {
					bitutil.SetBit(buf.Bytes(), i)
				}
				next++
			}
		}
		return newData(n.typ, count, []*memory.Buffer{valid.buffer(), buf}, nil, valid.nulls)
	case n.kind == kindInt32:
		buf := a.fixed(count, 4)
		narrow := make([]int32, len(b.ints))
		for i, v := range b.ints {
			narrow[i] = int32(v)
		}
		spread(buf.Bytes(), narrow, valid)
		return newData(n.typ, count, []*memory.Buffer{valid.buffer(), buf}, nil, valid.nulls)
	case n.kind == kindFloat64:
		buf := a.fixed(count, 8)
		spread(buf.Bytes(), b.floats, valid)
		return newData(n.typ, count, []*memory.Buffer{valid.buffer(), buf}, nil, valid.nulls)
	}
	buf := a.fixed(count, 8)
	spread(buf.Bytes(), b.ints, valid)
	return newData(n.typ, count, []*memory.Buffer{valid.buffer(), buf}, nil, valid.nulls)
}

// leafBitmap is the validity of a leaf. Its buffer is nil when all is valid.
func (a *assembler) leafBitmap(b *leafBatch, s slots, count int) *bitmap {
	if len(b.codes)+len(b.ends)+len(b.ints)+len(b.floats)+len(b.bools) == count {
		return &bitmap{n: count}
	}
	valid := a.bitmap(count)
	for _, d := range b.def {
		if int(d) >= s.def {
			valid.add(int(d) == b.leaf.maxDef)
		}
	}
	return valid
}

func (b *bitmap) isSet(i int) bool { return b.nulls == 0 || bitutil.BitIsSet(b.buf.Bytes(), i) }

// spread puts values at the valid slots and zeros at the others.
func spread[T any](dst []byte, values []T, valid *bitmap) {
	if valid.nulls == 0 {
		copyInto(dst, values)
		return
	}
	clear(dst)
	out := unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(dst))), valid.n)
	next := 0
	bits := valid.buf.Bytes()
	for i := range out {
		if bitutil.BitIsSet(bits, i) {
			out[i] = values[next]
			next++
		}
	}
}

// spreadEnds turns the ends of the values into the offsets of the slots.
func spreadEnds(out []int32, ends []int32, valid *bitmap) {
	out[0] = 0
	if valid.nulls == 0 {
		copy(out[1:], ends)
		return
	}
	next, end := 0, int32(0)
	bits := valid.buf.Bytes()
	for i := range valid.n {
		if bitutil.BitIsSet(bits, i) {
			end = ends[next]
			next++
		}
		out[i+1] = end
	}
}
