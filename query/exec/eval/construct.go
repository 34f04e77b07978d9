package eval

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/types"
)

// makeRow is ROW(…).
type makeRow struct {
	ctx  *function.Context
	args nodes
	typ  types.Type
}

func (n *makeRow) eval(f *Frame) (function.Value, error) {
	dt := n.typ.Arrow().(*arrow.StructType)
	children := make([]arrow.ArrayData, 0, len(n.args))
	for i, a := range n.args {
		v, err := a.eval(f)
		if err != nil {
			return v, err
		}
		if v, err = conform(v, n.typ.Fields[i].Type); err != nil {
			return v, err
		}
		child := plain(n.ctx, v, f.rows)
		defer child.Release()
		children = append(children, child.Data())
	}
	data := array.NewData(dt, f.rows, []*memory.Buffer{nil}, children, 0, 0)
	defer data.Release()
	return function.Value{Array: array.MakeFromData(data)}, nil
}

func (n *makeRow) close() { n.args.close() }

// makeArray is ARRAY[…].
type makeArray struct {
	ctx  *function.Context
	args nodes
	typ  types.Type
}

func (n *makeArray) eval(f *Frame) (function.Value, error) {
	dt := n.typ.Arrow().(*arrow.ListType)
	parts := make([]vector.Piece, 0, len(n.args))
	width := len(n.args)
	for i, a := range n.args {
		v, err := a.eval(f)
		if err != nil {
			return v, err
		}
		defer v.Array.Release()
		rows := make([]int32, f.rows)
		for r := range rows {
			rows[r] = int32(r*width + i)
		}
		parts = append(parts, vector.Piece{Array: v.Array, Const: v.Const, Rows: rows})
	}
	scattered, err := vector.Scatter(n.ctx.Mem, dt.Elem(), parts, f.rows*width)
	if err != nil {
		return function.Value{}, err
	}
	defer scattered.Release()
	elems := vector.Decode(n.ctx.Mem, scattered)
	defer elems.Release()
	offsets := memory.NewResizableBuffer(n.ctx.Mem)
	defer offsets.Release()
	offsets.Resize((f.rows + 1) * 4)
	for r, out := 0, arrow.Int32Traits.CastFromBytes(offsets.Bytes()); r < len(out); r++ {
		out[r] = int32(r * width)
	}
	data := array.NewData(dt, f.rows, []*memory.Buffer{nil, offsets}, []arrow.ArrayData{elems.Data()}, 0, 0)
	defer data.Release()
	return function.Value{Array: array.MakeFromData(data)}, nil
}

func (n *makeArray) close() { n.args.close() }
