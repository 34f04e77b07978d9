package vector

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Ref is a row of one of several arrays; a Row of -1 is NULL.
type Ref struct{ Batch, Row int32 }

// Gatherer takes rows of several arrays of one type any number of times. Codes of
// one dictionary stay codes, other dictionaries are decoded. It keeps nothing of
// the arrays alive.
type Gatherer struct {
	cols  []arrow.Array
	kind  gatherKind
	width int
	parts []gatherPart
	nulls bool
}

type gatherKind uint8

const (
	gatherAny gatherKind = iota
	gatherFixed
	gatherBytes
	gatherCodes
)

// gatherPart is what a Gatherer reads of an array.
type gatherPart struct {
	valid   []byte   // nil: all are
	offset  int      // of row 0 in valid
	fixed   []byte   // values from row 0 on
	words   []uint64 // the same, of 8 bytes each
	codes   []int32
	offsets []int32 // of the array's values from row 0 on, or of the dictionary's
	bytes   []byte
}

// NewGatherer returns a Gatherer of arrays that hold values of one type.
func NewGatherer(cols []arrow.Array) *Gatherer {
	g := &Gatherer{cols: cols, kind: kindOf(cols)}
	if g.kind == gatherAny {
		return g
	}
	g.parts = make([]gatherPart, len(cols))
	for i, c := range cols {
		p, data := &g.parts[i], c.Data()
		if data.NullN() != 0 && data.Buffers()[0] != nil {
			p.valid, p.offset, g.nulls = data.Buffers()[0].Bytes(), data.Offset(), true
		}
		if g.kind == gatherFixed {
			g.width = data.DataType().(arrow.FixedWidthDataType).Bytes()
			if b := bufferBytes(data, 1); b != nil {
				p.fixed = b[data.Offset()*g.width:]
				if g.width == 8 {
					p.words = arrow.Uint64Traits.CastFromBytes(p.fixed)
				}
			}
			continue
		}
		if d, ok := c.(*array.Dictionary); ok {
			p.codes, data = Codes(d), d.Dictionary().Data()
		}
		p.offsets, p.bytes = sourceOffsets(data), bufferBytes(data, 2)
	}
	return g
}

// kindOf tells how rows of the arrays can be taken.
func kindOf(cols []arrow.Array) gatherKind {
	if len(cols) == 0 {
		return gatherAny
	}
	if SameDictionary(cols) && hasInt32Codes(cols[0]) {
		return gatherCodes
	}
	kind := gatherFixed
	for i, c := range cols {
		switch dt := c.DataType().(type) {
		case *arrow.StringType, *arrow.BinaryType:
			kind = gatherBytes
		case *arrow.DictionaryType:
			if id := dt.ValueType.ID(); id != arrow.STRING && id != arrow.BINARY || !hasInt32Codes(c) || c.(*array.Dictionary).Dictionary().NullN() > 0 {
				return gatherAny
			}
			kind = gatherBytes
		case *arrow.BooleanType, *arrow.NullType:
			return gatherAny
		case arrow.FixedWidthDataType:
			if dt.ID() == arrow.STRUCT || i > 0 && kind != gatherFixed {
				return gatherAny
			}
		default:
			return gatherAny
		}
	}
	return kind
}

func hasInt32Codes(arr arrow.Array) bool {
	return arr.DataType().(*arrow.DictionaryType).IndexType.ID() == arrow.INT32
}

// Take returns the rows of refs.
func (g *Gatherer) Take(mem memory.Allocator, refs []Ref) (arrow.Array, error) {
	if g.kind == gatherAny {
		return interleave(mem, g.cols, refs)
	}
	valid, nulls := g.valid(mem, refs)
	switch g.kind {
	case gatherFixed:
		return makeArray(g.cols[0].DataType(), len(refs), nulls, []*memory.Buffer{valid, g.fixed(mem, refs)}, nil), nil
	case gatherCodes:
		codes := g.codes(mem, refs)
		dt, dict := g.cols[0].DataType(), g.cols[0].Data().Dictionary().(*array.Data)
		data := array.NewDataWithDictionary(dt, len(refs), []*memory.Buffer{valid, codes}, nulls, 0, dict)
		defer data.Release()
		if valid != nil {
			valid.Release()
		}
		codes.Release()
		return array.MakeFromData(data), nil
	}
	return g.bytes(mem, refs, valid, nulls)
}

// valid is the validity of the rows, nil when all are valid.
func (g *Gatherer) valid(mem memory.Allocator, refs []Ref) (*memory.Buffer, int) {
	absent := g.nulls
	for _, r := range refs {
		absent = absent || r.Row < 0
	}
	if !absent {
		return nil, 0
	}
	valid := newBuffer(mem, int(bitutil.BytesForBits(int64(len(refs)))))
	out, nulls := valid.Bytes(), 0
	clear(out)
	for i, r := range refs {
		if g.isNull(r) {
			nulls++
		} else {
			out[i/8] |= 1 << (i % 8)
		}
	}
	if nulls == 0 {
		valid.Release()
		return nil, 0
	}
	return valid, nulls
}

func (g *Gatherer) isNull(r Ref) bool {
	if r.Row < 0 {
		return true
	}
	p := &g.parts[r.Batch]
	return p.valid != nil && bitutil.BitIsNotSet(p.valid, p.offset+int(r.Row))
}

func (g *Gatherer) fixed(mem memory.Allocator, refs []Ref) *memory.Buffer {
	values := newBuffer(mem, len(refs)*g.width)
	out := values.Bytes()
	if g.width == 8 {
		words := arrow.Uint64Traits.CastFromBytes(out)
		for i, r := range refs {
			words[i] = 0
			if r.Row >= 0 && g.parts[r.Batch].words != nil {
				words[i] = g.parts[r.Batch].words[r.Row]
			}
		}
		return values
	}
	for i, r := range refs {
		dst := out[i*g.width : (i+1)*g.width]
		if r.Row < 0 || g.parts[r.Batch].fixed == nil {
			clear(dst)
			continue
		}
		copy(dst, g.parts[r.Batch].fixed[int(r.Row)*g.width:])
	}
	return values
}

func (g *Gatherer) codes(mem memory.Allocator, refs []Ref) *memory.Buffer {
	values := newBuffer(mem, len(refs)*4)
	out := arrow.Int32Traits.CastFromBytes(values.Bytes())
	for i, r := range refs {
		if r.Row < 0 {
			out[i] = 0
			continue
		}
		out[i] = g.parts[r.Batch].codes[r.Row]
	}
	return values
}

// bytes takes over valid.
func (g *Gatherer) bytes(mem memory.Allocator, refs []Ref, valid *memory.Buffer, nulls int) (arrow.Array, error) {
	offsets := newBuffer(mem, (len(refs)+1)*4)
	ends, size := arrow.Int32Traits.CastFromBytes(offsets.Bytes()), int64(0)
	for i, r := range refs {
		ends[i] = int32(size)
		from, to := g.span(r)
		if size += int64(to - from); size > MaxBytes {
			offsets.Release()
			if valid != nil {
				valid.Release()
			}
			return nil, ErrTooLarge
		}
	}
	ends[len(refs)] = int32(size)
	values := newBuffer(mem, int(size))
	out := values.Bytes()
	for i, r := range refs {
		if from, to := g.span(r); from < to {
			copy(out[ends[i]:], g.parts[r.Batch].bytes[from:to])
		}
	}
	return makeArray(valueType(g.cols[0].DataType()), len(refs), nulls, []*memory.Buffer{valid, offsets, values}, nil), nil
}

// span is where the bytes of a row are; those of NULLs are none.
func (g *Gatherer) span(r Ref) (from, to int32) {
	if r.Row < 0 {
		return 0, 0
	}
	p := &g.parts[r.Batch]
	if p.offsets == nil || g.nulls && g.isNull(r) {
		return 0, 0
	}
	at := r.Row
	if p.codes != nil {
		at = p.codes[r.Row]
	}
	return p.offsets[at], p.offsets[at+1]
}
