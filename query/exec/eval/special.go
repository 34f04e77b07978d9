package eval

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

func (c *compiler) compileSpecial(e *plan.Special) (node, error) {
	if e.Form == plan.In {
		return c.compileIn(e)
	}
	if e.Form == plan.NullIf {
		return c.compileNullIf(e)
	}
	args, err := c.compileAll(e.Args)
	if err != nil {
		return nil, err
	}
	switch e.Form {
	case plan.And:
		return &logic{ctx: c.ctx, args: args, decides: isFalse}, nil
	case plan.Or:
		return &logic{ctx: c.ctx, args: args, decides: isTrue}, nil
	case plan.Not:
		return &not{ctx: c.ctx, arg: args[0]}, nil
	case plan.IsNull:
		return &isNull{ctx: c.ctx, arg: args[0]}, nil
	case plan.Case:
		return &choose{ctx: c.ctx, args: args, typ: e.Typ}, nil
	case plan.Coalesce:
		return &coalesce{ctx: c.ctx, args: args, typ: e.Typ}, nil
	case plan.Between:
		return &between{ctx: c.ctx, args: args, le: e.Eq}, nil
	case plan.Try:
		return &try{ctx: c.ctx, inner: args[0], typ: e.Typ}, nil
	case plan.MakeRow:
		return &makeRow{ctx: c.ctx, args: args, typ: e.Typ}, nil
	case plan.MakeArray:
		return &makeArray{ctx: c.ctx, args: args, typ: e.Typ}, nil
	}
	args.close()
	return nil, fmt.Errorf("special form %d cannot be evaluated", e.Form)
}

// The states of a three-valued boolean.
const (
	isFalse int8 = iota
	isTrue
	isUnknown
)

// eachState calls fn with the state of every row of a boolean value; a bare NULL is unknown.
func eachState(v function.Value, rows int, fn func(row int, state int8)) {
	b, ok := v.Array.(*array.Boolean)
	state := func(i int) int8 {
		switch {
		case !ok || b.IsNull(i):
			return isUnknown
		case b.Value(i):
			return isTrue
		}
		return isFalse
	}
	if v.Const {
		s := state(0)
		for row := range rows {
			fn(row, s)
		}
		return
	}
	for row := range rows {
		fn(row, state(row))
	}
}

// logic is AND, decided by the first FALSE, or OR, decided by the first TRUE.
// Rows that are decided take no part in what follows.
type logic struct {
	ctx     *function.Context
	args    nodes
	decides int8
}

func (n *logic) eval(f *Frame) (function.Value, error) {
	states := make([]int8, f.rows)
	for i := range states {
		states[i] = isTrue - n.decides
	}
	open := allRows(f.rows)
	for _, a := range n.args {
		if len(open) == 0 {
			break
		}
		p, err := onRows(a, f, open)
		if err != nil {
			return p.value, err
		}
		rest := make([]int32, 0, len(open))
		eachState(p.value, len(open), func(k int, s int8) {
			row := open[k]
			switch s {
			case n.decides:
				states[row] = s
				return
			case isUnknown:
				states[row] = s
			}
			rest = append(rest, row)
		})
		p.value.Array.Release()
		open = rest
	}
	return function.Value{Array: vector.Bools(n.ctx.Mem, states)}, nil
}

func (n *logic) close() { n.args.close() }

type not struct {
	ctx *function.Context
	arg node
}

func (n *not) eval(f *Frame) (function.Value, error) {
	v, err := n.arg.eval(f)
	if err != nil {
		return v, err
	}
	defer v.Array.Release()
	states := make([]int8, v.Array.Len())
	eachState(function.Value{Array: v.Array}, len(states), func(row int, s int8) {
		if s != isUnknown {
			s = isTrue - s
		}
		states[row] = s
	})
	return function.Value{Array: vector.Bools(n.ctx.Mem, states), Const: v.Const}, nil
}

func (n *not) close() { n.arg.close() }

type isNull struct {
	ctx *function.Context
	arg node
}

func (n *isNull) eval(f *Frame) (function.Value, error) {
	v, err := n.arg.eval(f)
	if err != nil {
		return v, err
	}
	defer v.Array.Release()
	states := make([]int8, v.Array.Len())
	if v.Array.NullN() > 0 {
		for i := range states {
			if types.IsNull(v.Array, i) {
				states[i] = isTrue
			}
		}
	}
	return function.Value{Array: vector.Bools(n.ctx.Mem, states), Const: v.Const}, nil
}

func (n *isNull) close() { n.arg.close() }

// choose is CASE: when1, then1, when2, then2, …, else.
type choose struct {
	ctx  *function.Context
	args nodes
	typ  types.Type
}

func (n *choose) eval(f *Frame) (function.Value, error) {
	var ps pieces
	defer func() { ps.release() }()
	open := allRows(f.rows)
	for i := 0; i+1 < len(n.args) && len(open) > 0; i += 2 {
		cond, err := onRows(n.args[i], f, open)
		if err != nil {
			return cond.value, err
		}
		var taken, rest []int32
		eachState(cond.value, len(open), func(k int, s int8) {
			if s == isTrue {
				taken = append(taken, open[k])
			} else {
				rest = append(rest, open[k])
			}
		})
		cond.value.Array.Release()
		if ps, err = addPiece(ps, n.args[i+1], f, taken); err != nil {
			return function.Value{}, err
		}
		open = rest
	}
	ps, err := addPiece(ps, n.args[len(n.args)-1], f, open)
	if err != nil {
		return function.Value{}, err
	}
	return ps.scatter(n.ctx, n.typ, f.rows)
}

func (n *choose) close() { n.args.close() }

func addPiece(ps pieces, n node, f *Frame, rows []int32) (pieces, error) {
	if len(rows) == 0 {
		return ps, nil
	}
	p, err := onRows(n, f, rows)
	if err != nil {
		return ps, err
	}
	return append(ps, p), nil
}

// coalesce takes the first operand that is not NULL.
type coalesce struct {
	ctx  *function.Context
	args nodes
	typ  types.Type
}

func (n *coalesce) eval(f *Frame) (function.Value, error) {
	var ps pieces
	defer func() { ps.release() }()
	open := allRows(f.rows)
	for _, a := range n.args {
		if len(open) == 0 {
			break
		}
		p, err := onRows(a, f, open)
		if err != nil {
			return p.value, err
		}
		var found, rest []int32 // positions in open
		for k, row := range open {
			if types.IsNull(p.value.Array, p.value.Row(k)) {
				rest = append(rest, row)
			} else {
				found = append(found, int32(k))
			}
		}
		if len(rest) > 0 && len(found) > 0 {
			p = p.only(n.ctx, found)
		}
		if len(found) > 0 {
			ps = append(ps, p)
		} else {
			p.value.Array.Release()
		}
		open = rest
	}
	return ps.scatter(n.ctx, n.typ, f.rows)
}

func (n *coalesce) close() { n.args.close() }

// only keeps some rows of a piece, given as positions in it; it takes the piece over.
func (p piece) only(ctx *function.Context, positions []int32) piece {
	rows := make([]int32, len(positions))
	for i, k := range positions {
		rows[i] = p.rows[k]
	}
	out := piece{value: p.value, rows: rows}
	if !p.value.Const {
		out.value.Array = vector.Take(ctx.Mem, p.value.Array, positions)
		p.value.Array.Release()
	}
	return out
}
