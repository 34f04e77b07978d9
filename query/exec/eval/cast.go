package eval

import (
	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// compileCast makes a conversion; with Try, what cannot be converted is NULL, but
// an error in computing the operand stays one.
func (c *compiler) compileCast(e *plan.Cast) (node, error) {
	arg, err := c.compile(e.Expr)
	if err != nil {
		return nil, err
	}
	conv, err := c.conversion(arg, e.Expr.Type(), e.Typ)
	if err != nil || !e.Try || conv == arg {
		return conv, err
	}
	only, err := c.conversion(&column{index: 0}, e.Expr.Type(), e.Typ)
	if err != nil {
		conv.close()
		return nil, err
	}
	conv.close()
	if arg, err = c.compile(e.Expr); err != nil {
		return nil, err
	}
	return &tryCast{ctx: c.ctx, arg: arg, conv: &try{ctx: c.ctx, inner: only, typ: e.Typ}}, nil
}

// conversion is arg converted between two types; arg itself when there is nothing to do.
func (c *compiler) conversion(arg node, from, to types.Type) (node, error) {
	if from.Equal(to) {
		return arg, nil
	}
	if from.Kind == types.Unknown {
		arg.close()
		return newLiteral(c.ctx, &plan.Literal{Typ: to})
	}
	kernel, err := function.Cast(from, to)
	if err != nil {
		arg.close()
		return nil, err
	}
	fn := &function.Scalar{Name: "cast", Args: []types.Type{from}, Result: to, Kernel: kernel}
	return &call{ctx: c.ctx, fn: fn, args: nodes{arg}, lams: make([]*lambda, 1)}, nil
}

// tryCast evaluates its operand once and tries the conversion on it.
type tryCast struct {
	ctx  *function.Context
	arg  node
	conv *try
}

func (n *tryCast) eval(f *Frame) (function.Value, error) {
	v, err := n.arg.eval(f)
	if err != nil {
		return v, err
	}
	defer v.Array.Release()
	rows := f.rows
	if v.Const {
		rows = 1
	}
	in := NewFrame(n.ctx.Mem, []arrow.Array{v.Array}, rows)
	out, err := n.conv.eval(in)
	if err != nil {
		return out, err
	}
	if v.Const {
		out.Const = true
	}
	return out, nil
}

func (n *tryCast) close() {
	n.arg.close()
	n.conv.close()
}

// try is NULL where its operand fails on the data. A failing batch is halved
// until the failing rows stand alone.
type try struct {
	ctx   *function.Context
	inner node
	typ   types.Type
}

func (n *try) eval(f *Frame) (function.Value, error) {
	v, err := n.inner.eval(f)
	if err == nil || !IsDataError(err) {
		return v, err
	}
	if f.rows == 1 {
		return function.Value{Array: vector.Nulls(n.ctx.Mem, n.typ.Arrow(), 1)}, nil
	}
	all := allRows(f.rows)
	var ps pieces
	defer func() { ps.release() }()
	for _, half := range [][]int32{all[:f.rows/2], all[f.rows/2:]} {
		p, err := onRows(n, f, half)
		if err != nil {
			return function.Value{}, err
		}
		ps = append(ps, p)
	}
	return ps.scatter(n.ctx, n.typ, f.rows)
}

func (n *try) close() { n.inner.close() }
