package function

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/types"
)

// lists is an array or map argument taken apart: its elements end to end, as
// lambdas and element casts want them.
type lists struct {
	rows     int
	offsets  []int32        // of each row in elements; rows+1
	isNull   func(int) bool // whether the row itself is NULL
	elements []arrow.Array  // one for arrays; keys, values for maps
}

// listRange views arrays and maps alike.
type listRange interface {
	arrow.Array
	ValueOffsets(i int) (start, end int64)
}

// children returns the element arrays of a list or map array.
func children(arr arrow.Array) []arrow.Array {
	switch a := arr.(type) {
	case *array.Map:
		return []arrow.Array{a.Keys(), a.Items()}
	case *array.List:
		return []arrow.Array{a.ListValues()}
	}
	return []arrow.Array{arr, arr} // unknown type: no elements
}

// flatten takes an argument apart. Elements under NULL rows are left out.
func flatten(ctx *Context, v Value, rows int) (*lists, error) {
	l := &lists{rows: rows, offsets: make([]int32, rows+1), isNull: func(i int) bool { return types.IsNull(v.Array, v.Row(i)) }}
	var idx []int32
	if lr, ok := v.Array.(listRange); ok {
		for i := range rows {
			if r := v.Row(i); !types.IsNull(v.Array, r) {
				start, end := lr.ValueOffsets(r)
				for k := start; k < end; k++ {
					idx = append(idx, int32(k))
				}
			}
			l.offsets[i+1] = int32(len(idx))
		}
	}
	for _, child := range children(v.Array) {
		l.elements = append(l.elements, takeOrSlice(ctx.Mem, child, idx))
	}
	return l, nil
}

// takeOrSlice is Take without a copy when the indices are consecutive.
func takeOrSlice(mem memory.Allocator, arr arrow.Array, idx []int32) arrow.Array {
	for k := 1; k < len(idx); k++ {
		if idx[k] != idx[0]+int32(k) {
			return types.Take(mem, arr, idx)
		}
	}
	if len(idx) == 0 {
		return array.NewSlice(arr, 0, 0)
	}
	return array.NewSlice(arr, int64(idx[0]), int64(idx[0])+int64(len(idx)))
}

func (l *lists) release() { releaseAll(l.elements) }

// rowOf says to which row each element belongs.
func (l *lists) rowOf() []int32 {
	out := make([]int32, 0, l.offsets[l.rows])
	for i := range l.rows {
		for k := l.offsets[i]; k < l.offsets[i+1]; k++ {
			out = append(out, int32(i))
		}
	}
	return out
}

// build makes an array or map of type t with the same rows over other elements.
func (l *lists) build(mem memory.Allocator, t types.Type, elements ...arrow.Array) arrow.Array {
	return buildLists(mem, t, l.offsets, l.isNull, elements...)
}

// buildLists makes an array(…) or map(…) array from offsets and elements.
func buildLists(mem memory.Allocator, t types.Type, offsets []int32, isNull func(int) bool, elements ...arrow.Array) arrow.Array {
	rows := len(offsets) - 1
	valid, nulls := validity(mem, rows, isNull)
	off := memory.NewResizableBuffer(mem)
	off.Resize(arrow.Int32Traits.BytesRequired(rows + 1))
	copy(arrow.Int32Traits.CastFromBytes(off.Bytes()), offsets)
	defer off.Release()
	if valid != nil {
		defer valid.Release()
	}
	dt := t.Arrow()
	child := elements[0].Data()
	if m, ok := dt.(*arrow.MapType); ok {
		child = array.NewData(m.Elem(), elements[0].Len(), []*memory.Buffer{nil},
			[]arrow.ArrayData{elements[0].Data(), elements[1].Data()}, 0, 0)
		defer child.Release()
	}
	data := array.NewData(dt, rows, []*memory.Buffer{valid, off}, []arrow.ArrayData{child}, nulls, 0)
	defer data.Release()
	if t.Kind == types.Map {
		return array.NewMapData(data)
	}
	return array.NewListData(data)
}

// validity makes a bitmap, nil when no row is NULL.
func validity(mem memory.Allocator, rows int, isNull func(int) bool) (*memory.Buffer, int) {
	nulls := 0
	for i := range rows {
		if isNull(i) {
			nulls++
		}
	}
	if nulls == 0 {
		return nil, 0
	}
	buf := memory.NewResizableBuffer(mem)
	buf.Resize(int(bitutil.BytesForBits(int64(rows))))
	bits := buf.Bytes()
	for i := range rows {
		bitutil.SetBitTo(bits, i, !isNull(i))
	}
	return buf, nulls
}

// uniqueKeys checks that no row has a key twice.
func (l *lists) uniqueKeys(key types.Type, keys arrow.Array) error {
	var buf []byte
	for i := range l.rows {
		start, end := l.offsets[i], l.offsets[i+1]
		if end-start < 2 {
			continue
		}
		seen := make(map[string]bool, end-start)
		for k := start; k < end; k++ {
			buf = types.AppendKey(buf[:0], key, keys, int(k))
			if seen[string(buf)] {
				return invalidArgument("Duplicate map keys (%s) are not allowed", types.AppendText(nil, key, keys, int(k)))
			}
			seen[string(buf)] = true
		}
	}
	return nil
}

// listColumn reads an array or map argument by batch row.
type listColumn struct {
	v        Value
	ranges   listRange
	elements arrow.Array // of arrays
	keys     arrow.Array // of maps
	items    arrow.Array
}

func listColumnOf(v Value) listColumn {
	c := listColumn{v: v}
	c.ranges, _ = v.Array.(listRange)
	parts := children(v.Array)
	if len(parts) == 2 {
		c.keys, c.items = parts[0], parts[1]
	}
	c.elements = parts[0]
	return c
}

// at returns where the row's elements lie; ok is false for NULL.
func (c listColumn) at(row int) (start, end int, ok bool) {
	row = c.v.Row(row)
	if c.ranges == nil || types.IsNull(c.v.Array, row) {
		return 0, 0, false
	}
	s, e := c.ranges.ValueOffsets(row)
	return int(s), int(e), true
}

// generic makes a kernel whose rows append to a builder of any type.
func generic(body func(c *call, args []Value) func(b array.Builder, row int) error) maker {
	return func(c *call) Kernel {
		return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
			b := array.NewBuilder(ctx.Mem, c.result.Arrow())
			defer b.Release()
			b.Reserve(rows)
			f := body(c, args)
			for i := range rows {
				if err := f(b, i); err != nil {
					return nil, err
				}
			}
			return b.NewArray(), nil
		}
	}
}

// picking makes a kernel over one array whose result arrays hold some of its
// elements: pick returns them by their place, -1 for NULL, or NULL for no array.
func picking(body func(c *call, args []Value) func(l listColumn, row, start, end int, pick []int32) ([]int32, error)) maker {
	return func(c *call) Kernel {
		return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
			l := listColumnOf(args[0])
			f := body(c, args)
			offsets := make([]int32, 1, rows+1)
			null := make([]bool, rows)
			var idx []int32
			for i := range rows {
				start, end, ok := l.at(i)
				for _, a := range args[1:] {
					ok = ok && (a.Array == nil || !types.IsNull(a.Array, a.Row(i)))
				}
				if ok {
					next, err := f(l, i, start, end, idx)
					if err != nil {
						return nil, err
					}
					idx = next
				}
				null[i] = !ok
				offsets = append(offsets, int32(len(idx)))
			}
			elements := takeOrSlice(ctx.Mem, l.elements, idx)
			defer elements.Release()
			return buildLists(ctx.Mem, c.result, offsets, func(i int) bool { return null[i] }, elements), nil
		}
	}
}
