package segment

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"slices"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow/memory"
)

// leafBatch is what a cursor has collected of a leaf: levels of all entries, and
// the values of those that have one.
type leafBatch struct {
	leaf     *node
	asCodes  bool // keep dictionary codes instead of values
	def, rep []uint8
	codes    []int32
	ints     []int64
	floats   []float64
	bools    []bool
	data     *memory.Buffer // concatenated bytes values
	ends     []int32        // end of each of them in data
	expected int            // bytes that the batch's values are likely to have
}

func newLeafBatch(leaf *node, asCodes bool, mem memory.Allocator) *leafBatch {
	b := leafBatches.Get().(*leafBatch)
	b.leaf, b.asCodes, b.expected = leaf, asCodes, 0
	b.reset(mem)
	return b
}

// reset empties the batch. The data buffer has gone into an array, or is released here.
func (b *leafBatch) reset(mem memory.Allocator) {
	b.release()
	b.def, b.rep, b.codes, b.ints = b.def[:0], b.rep[:0], b.codes[:0], b.ints[:0]
	b.floats, b.bools, b.ends = b.floats[:0], b.bools[:0], b.ends[:0]
	if b.leaf.kind.isBytes() && !b.asCodes {
		b.data = memory.NewResizableBuffer(mem)
	}
}

func (b *leafBatch) release() {
	if b.data != nil {
		b.data.Release()
		b.data = nil
	}
}

// grow makes room for n more bytes of values.
func (b *leafBatch) grow(n int) error {
	need := b.data.Len() + n
	if need > math.MaxInt32 {
		return corrupt("column %s: more than 2 GiB of values in one batch", b.leaf.path)
	}
	if need > b.data.Cap() {
		b.data.Reserve(min(math.MaxInt32, max(need, 2*b.data.Cap(), b.expected)))
	}
	return nil
}

// addCoded adds the values of codes.
func (b *leafBatch) addCoded(codes []int32, dict []string) error {
	size := 0
	for _, code := range codes {
		size += len(dict[code])
	}
	if err := b.grow(size); err != nil {
		return err
	}
	end := b.data.Len()
	b.data.ResizeNoShrink(end + size)
	out := b.data.Bytes()
	for _, code := range codes {
		end += copy(out[end:], dict[code])
		b.ends = append(b.ends, int32(end))
	}
	return nil
}

// addTexts adds the values of few codes.
func (b *leafBatch) addTexts(codes []int32, dict *lazyDictionary) error {
	for _, code := range codes {
		v, err := dict.value(code)
		if err != nil {
			return err
		}
		if err := b.grow(len(v)); err != nil {
			return err
		}
		end := b.data.Len()
		b.data.ResizeNoShrink(end + len(v))
		b.ends = append(b.ends, int32(end+copy(b.data.Bytes()[end:], v)))
	}
	return nil
}

// expect says how many rows the batch is going to have, so that its memory is
// had at once: values that are stored one by one take as much as they are long.
func (b *leafBatch) expect(rows int, c *chunkReader) {
	if b.data != nil && !hasDictionary(c.meta) {
		b.expected = int(min(math.MaxInt32, c.meta.TotalUncompressedSize*int64(rows)/c.rows))
	}
}

// cursor walks the rows of a column chunk.
type cursor struct {
	chunk *chunkReader
	row   int64 // rows consumed or skipped
	// position in the page at hand
	left   int    // rows
	entry  int    // entries
	value  int    // values, of codes and fixed-size values
	data   []byte // bytes values that are left
	toSkip int64  // rows to skip before the next take
}

func (r *Reader) cursor(rowGroup int, leaf *node, read *int64) *cursor {
	return &cursor{chunk: r.chunk(rowGroup, leaf, read)}
}

// skip passes n rows without a value being looked at before it must.
func (c *cursor) skip(n int64) { c.toSkip += n }

// load makes sure that a page with rows is at hand.
func (c *cursor) load() error {
	for c.left == 0 {
		if err := c.chunk.nextPage(); err != nil {
			if err == io.EOF {
				return corrupt("column %s: the chunk ends after %d rows, want %d", c.chunk.leaf.path, c.row, c.chunk.rows)
			}
			return err
		}
		p := c.chunk.page
		c.left, c.entry, c.value, c.data = p.rows, 0, 0, p.data
	}
	return nil
}

// settle carries out the pending skip.
func (c *cursor) settle() error {
	for c.toSkip > 0 {
		if c.toSkip >= int64(c.left) {
			c.toSkip -= int64(c.left)
			c.row += int64(c.left)
			c.left = 0
			if c.toSkip > 0 {
				first, err := c.chunk.seekPage(c.row+c.toSkip, c.row)
				if err != nil {
					return err
				}
				c.toSkip -= first - c.row
				c.row = first
				if err := c.load(); err != nil {
					return err
				}
			}
			continue
		}
		n := int(c.toSkip)
		c.toSkip = 0
		if err := c.pass(n, nil); err != nil {
			return err
		}
	}
	return nil
}

// take adds the next n rows to the batch.
func (c *cursor) take(n int, b *leafBatch) error {
	if err := c.settle(); err != nil {
		return err
	}
	for n > 0 {
		if err := c.load(); err != nil {
			return err
		}
		k := min(n, c.left)
		if err := c.pass(k, b); err != nil {
			return err
		}
		n -= k
	}
	return nil
}

// span returns how many entries the next n rows of the page have.
func (c *cursor) span(n int) int {
	p := c.chunk.page
	if c.chunk.leaf.maxRep == 0 {
		return n
	}
	if n == c.left {
		return len(p.def) - c.entry
	}
	i := c.entry
	for ; n > 0; n-- {
		for i++; i < len(p.rep) && p.rep[i] != 0; i++ {
		}
	}
	return i - c.entry
}

// pass moves over n rows of the page, adding them to b unless it is nil.
func (c *cursor) pass(n int, b *leafBatch) error {
	p := c.chunk.page
	entries := c.span(n)
	def := p.def[c.entry : c.entry+entries]
	values := bytes.Count(def, []byte{byte(c.chunk.leaf.maxDef)})
	if b != nil {
		b.def = append(b.def, def...)
		if c.chunk.leaf.maxRep > 0 {
			b.rep = append(b.rep, p.rep[c.entry:c.entry+entries]...)
		}
	}
	if err := c.values(values, b); err != nil {
		return err
	}
	c.entry += entries
	c.left -= n
	c.row += int64(n)
	return nil
}

// values moves over n values of the page.
func (c *cursor) values(n int, b *leafBatch) error {
	p, kind := c.chunk.page, c.chunk.leaf.kind
	from := c.value
	c.value += n
	switch {
	case hasDictionary(c.chunk.meta):
		if b == nil || n == 0 {
			return nil
		}
		codes := p.codes[from:c.value]
		if c.chunk.delayed {
			if err := c.chunk.codesIn(codes); err != nil {
				return err
			}
			if c.chunk.texts != nil {
				return b.addTexts(codes, c.chunk.texts)
			}
		}
		if b.asCodes {
			b.codes = append(b.codes, codes...)
			return nil
		}
		if kind.isInt() {
			for _, code := range codes {
				b.ints = append(b.ints, c.chunk.ints[code])
			}
			return nil
		}
		return b.addCoded(codes, c.chunk.dict)
	case p.apart:
		return c.textsApart(p.lengths[from:c.value], b)
	case kind.isBytes():
		return c.bytesValues(n, b)
	case b == nil:
	case kind == kindBool:
		for i := from; i < c.value; i++ {
			b.bools = append(b.bools, p.data[i/8]>>(i%8)&1 == 1)
		}
	case kind == kindFloat64:
		for i := from; i < c.value; i++ {
			b.floats = append(b.floats, math.Float64frombits(binary.LittleEndian.Uint64(p.data[8*i:])))
		}
	case p.packed:
		b.ints = append(b.ints, p.ints[from:c.value]...)
	case kind == kindInt32:
		b.ints = appendStored(b.ints, kind, p.data[4*from:4*c.value])
	default:
		b.ints = appendStored(b.ints, kind, p.data[8*from:8*c.value])
	}
	return nil
}

// appendStored adds integers as Parquet stores them, lowest byte first.
func appendStored(dst []int64, k kind, data []byte) []int64 {
	if k == kindInt32 {
		for ; len(data) >= 4; data = data[4:] {
			dst = append(dst, int64(int32(binary.LittleEndian.Uint32(data))))
		}
		return dst
	}
	n := len(dst)
	dst = slices.Grow(dst, len(data)/8)[:n+len(data)/8]
	for i := range dst[n:] {
		dst[n+i] = int64(binary.LittleEndian.Uint64(data[8*i:]))
	}
	return dst
}

// bytesValues moves over n length-prefixed values.
func (c *cursor) bytesValues(n int, b *leafBatch) error {
	data := c.data
	if b == nil {
		for range n {
			_, rest, ok := nextBytes(data)
			if !ok {
				return corrupt("column %s: a page ends inside a value", c.chunk.leaf.path)
			}
			data = rest
		}
		c.data = data
		return nil
	}
	// First the borders, so that the output grows once.
	size, walk := 0, data
	for range n {
		v, rest, ok := nextBytes(walk)
		if !ok {
			return corrupt("column %s: a page ends inside a value", c.chunk.leaf.path)
		}
		size, walk = size+len(v), rest
	}
	if err := b.grow(size); err != nil {
		return err
	}
	end := b.data.Len()
	b.data.ResizeNoShrink(end + size)
	out := b.data.Bytes()
	for range n {
		length := int(binary.LittleEndian.Uint32(data))
		copy(out[end:], data[4:4+length])
		end, data = end+length, data[4+length:]
		b.ends = append(b.ends, int32(end))
	}
	c.data = walk
	return nil
}

// textsApart moves over texts that stand behind each other without their lengths.
func (c *cursor) textsApart(lengths []int32, b *leafBatch) error {
	size := 0
	for _, n := range lengths {
		size += int(n)
	}
	texts := c.data[:size]
	c.data = c.data[size:]
	if b == nil {
		return nil
	}
	if err := b.grow(size); err != nil {
		return err
	}
	end := b.data.Len()
	b.data.ResizeNoShrink(end + size)
	copy(b.data.Bytes()[end:], texts)
	for _, n := range lengths {
		end += int(n)
		b.ends = append(b.ends, int32(end))
	}
	return nil
}

// copyInto copies fixed-size values into the bytes of an Arrow buffer.
func copyInto[T any](dst []byte, src []T) {
	if len(src) == 0 {
		return
	}
	copy(unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(dst))), len(src)), src)
}
