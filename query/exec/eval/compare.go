package eval

import (
	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/exec/rowkey"
	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// between is low <= value AND value <= high, the value evaluated once.
type between struct {
	ctx  *function.Context
	args nodes // value, low, high
	le   *function.Scalar
}

func (n *between) eval(f *Frame) (function.Value, error) {
	in := make([]function.Value, 3)
	defer releaseAll(in)
	for i, a := range n.args {
		v, err := a.eval(f)
		if err != nil {
			return v, err
		}
		in[i] = v
	}
	states := make([]int8, f.rows)
	for i := range states {
		states[i] = isTrue
	}
	for _, pair := range [][]function.Value{{in[1], in[0]}, {in[0], in[2]}} {
		v, err := apply(n.ctx, n.le, pair, f.rows, false)
		if err != nil {
			return v, err
		}
		eachState(v, f.rows, func(row int, s int8) {
			if s == isFalse || s == isUnknown && states[row] == isTrue {
				states[row] = s
			}
		})
		v.Array.Release()
	}
	return function.Value{Array: vector.Bools(n.ctx.Mem, states)}, nil
}

func (n *between) close() { n.args.close() }

// nullIf is its first operand, or NULL where that equals the second. The operands
// are compared in a common type and the first is returned as it is.
type nullIf struct {
	ctx   *function.Context
	value node
	equal node // over a frame of column 0, the value, and column 1, the compared
	other node
	typ   types.Type
}

func (c *compiler) compileNullIf(e *plan.Special) (node, error) {
	n := &nullIf{ctx: c.ctx, typ: e.Typ}
	var err error
	if n.value, err = c.compile(e.Args[0]); err != nil {
		return nil, err
	}
	if n.other, err = c.compile(e.Args[1]); err != nil {
		n.value.close()
		return nil, err
	}
	eq := &call{ctx: c.ctx, fn: e.Eq, lams: make([]*lambda, 2)}
	for i, a := range e.Args {
		conv, err := c.conversion(&column{index: i}, a.Type(), e.Eq.Args[i])
		if err != nil {
			n.value.close()
			n.other.close()
			return nil, err
		}
		eq.args = append(eq.args, conv)
	}
	n.equal = eq
	return n, nil
}

func (n *nullIf) eval(f *Frame) (function.Value, error) {
	cols := make([]arrow.Array, 2)
	for i, a := range []node{n.value, n.other} {
		v, err := a.eval(f)
		if err != nil {
			return v, err
		}
		cols[i] = full(n.ctx, v, f.rows)
		defer cols[i].Release()
	}
	eq, err := n.equal.eval(NewFrame(n.ctx.Mem, cols, f.rows))
	if err != nil {
		return eq, err
	}
	defer eq.Array.Release()
	rows := allRows(f.rows)
	eachState(eq, f.rows, func(row int, s int8) {
		if s == isTrue {
			rows[row] = -1
		}
	})
	return function.Value{Array: vector.Take(n.ctx.Mem, cols[0], rows)}, nil
}

func (n *nullIf) close() {
	n.value.close()
	n.other.close()
	n.equal.close()
}

// in is value IN (list). Constants of the list form a hash set, made at first
// use; what is left of the list is compared one by one on the rows still open.
type in struct {
	ctx    *function.Context
	value  node
	consts nodes // looked up in the set
	list   nodes // compared with eq
	eq     *function.Scalar
	typ    types.Type // of value
	set    *rowkey.Table
	null   bool // a constant of the list is NULL
}

func (c *compiler) compileIn(e *plan.Special) (node, error) {
	value, err := c.compile(e.Args[0])
	if err != nil {
		return nil, err
	}
	n := &in{ctx: c.ctx, value: value, eq: e.Eq, typ: e.Args[0].Type()}
	for _, a := range e.Args[1:] {
		item, err := c.compile(a)
		if err != nil {
			n.close()
			return nil, err
		}
		if plan.IsConstant(a) && hashable(n.typ) {
			n.consts = append(n.consts, item)
		} else {
			n.list = append(n.list, item)
		}
	}
	return n, nil
}

// hashable reports whether "=" of two values of t is equality of their keys.
// Nested values may be neither equal nor different, JSON compares by meaning.
func hashable(t types.Type) bool {
	switch t.Kind {
	case types.JSON, types.Array, types.Map, types.Row, types.Unknown:
		return false
	}
	return true
}

// fill makes the set.
func (n *in) fill() error {
	set := &rowkey.Table{}
	one := NewFrame(n.ctx.Mem, nil, 1)
	for _, c := range n.consts {
		v, err := c.eval(one)
		if err != nil {
			return err
		}
		if types.IsNull(v.Array, 0) {
			n.null = true
		} else if key, ok := rowkey.NewEqual(n.typ, v.Array)(nil, 0); ok {
			set.Insert(key)
		}
		v.Array.Release()
	}
	n.set = set
	return nil
}

func (n *in) eval(f *Frame) (function.Value, error) {
	if n.set == nil {
		if err := n.fill(); err != nil {
			return function.Value{}, err
		}
	}
	v, err := n.value.eval(f)
	if err != nil {
		return v, err
	}
	defer v.Array.Release()
	states := make([]int8, v.Array.Len())
	n.lookUp(v.Array, states)
	if len(n.list) == 0 {
		return function.Value{Array: vector.Bools(n.ctx.Mem, states), Const: v.Const}, nil
	}
	if v.Const {
		first := states[0]
		states = make([]int8, f.rows)
		for i := range states {
			states[i] = first
		}
	}
	return n.compareList(f, v, states)
}

// lookUp sets the states of rows by the constants of the list.
func (n *in) lookUp(arr arrow.Array, states []int8) {
	absent := isFalse
	if n.null {
		absent = isUnknown
	}
	encode := rowkey.NewEqual(n.typ, arr)
	var key []byte
	for i := range states {
		if types.IsNull(arr, i) {
			states[i] = isUnknown
			continue
		}
		states[i] = absent
		if n.set.Len() == 0 {
			continue
		}
		var ok bool
		if key, ok = encode(key[:0], i); ok && n.set.Lookup(key) >= 0 {
			states[i] = isTrue
		}
	}
}

// compareList compares the rows that are not yet true with the list's other items.
func (n *in) compareList(f *Frame, v function.Value, states []int8) (function.Value, error) {
	for _, item := range n.list {
		var open []int32
		for row, s := range states {
			if s != isTrue {
				open = append(open, int32(row))
			}
		}
		if len(open) == 0 {
			break
		}
		p, err := onRows(item, f, open)
		if err != nil {
			return p.value, err
		}
		left := v
		if !v.Const {
			left.Array = vector.Take(n.ctx.Mem, v.Array, open)
		} else {
			left.Array.Retain()
		}
		eq, err := apply(n.ctx, n.eq, []function.Value{left, p.value}, len(open), false)
		left.Array.Release()
		p.value.Array.Release()
		if err != nil {
			return eq, err
		}
		eachState(eq, len(open), func(k int, s int8) {
			if s != isFalse {
				states[open[k]] = s
			}
		})
		eq.Array.Release()
	}
	return function.Value{Array: vector.Bools(n.ctx.Mem, states)}, nil
}

func (n *in) close() {
	n.value.close()
	n.consts.close()
	n.list.close()
}
