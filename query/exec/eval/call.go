package eval

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// call applies a scalar function.
type call struct {
	ctx  *function.Context
	fn   *function.Scalar
	args nodes // a nil element is the lambda of the same index
	lams []*lambda
}

func (c *compiler) compileCall(e *plan.Call) (node, error) {
	n := &call{ctx: c.ctx, fn: e.Function, lams: make([]*lambda, len(e.Args))}
	for i, a := range e.Args {
		l, ok := a.(*plan.Lambda)
		if !ok {
			arg, err := c.compile(a)
			if err != nil {
				n.close()
				return nil, err
			}
			n.args = append(n.args, arg)
			continue
		}
		// A lambda body runs over elements, of which there can be many per row.
		body, err := (&compiler{ctx: c.ctx}).compile(l.Body)
		if err != nil {
			n.close()
			return nil, err
		}
		n.args = append(n.args, nil)
		n.lams[i] = &lambda{ctx: c.ctx, id: l.ID, body: body, typ: l.Body.Type()}
	}
	return n, nil
}

func (n *call) eval(f *Frame) (function.Value, error) {
	args := make([]function.Value, len(n.args))
	defer releaseAll(args)
	hasLambda := false
	for i, a := range n.args {
		if a == nil {
			args[i].Lambda = n.lams[i].bind(f)
			hasLambda = true
			continue
		}
		v, err := a.eval(f)
		if err != nil {
			return v, err
		}
		args[i] = v
	}
	return apply(n.ctx, n.fn, args, f.rows, hasLambda)
}

func (n *call) close() {
	for i, a := range n.args {
		if a != nil {
			a.close()
		} else {
			n.lams[i].body.close()
		}
	}
}

func releaseAll(vs []function.Value) {
	for _, v := range vs {
		if v.Array != nil {
			v.Array.Release()
		}
	}
}

// apply runs a kernel: dictionaries it does not take are decoded, and over
// constants only it runs once. The arguments stay the caller's.
func apply(ctx *function.Context, fn *function.Scalar, args []function.Value, rows int, hasLambda bool) (function.Value, error) {
	allConst := !fn.Volatile && !hasLambda
	in := make([]function.Value, len(args))
	defer releaseAll(in)
	for i, a := range args {
		in[i] = a
		if a.Array == nil {
			continue
		}
		allConst = allConst && a.Const
		if fn.TakesDictionary {
			a.Array.Retain()
		} else {
			in[i].Array = vector.Decode(ctx.Mem, a.Array)
		}
	}
	if allConst {
		rows = 1
	}
	arr, err := fn.Kernel(ctx, in, rows)
	if err != nil {
		return function.Value{}, err
	}
	if arr.Len() != rows {
		arr.Release()
		return function.Value{}, fmt.Errorf("function %s made %d values for %d rows", fn.Name, arr.Len(), rows)
	}
	return function.Value{Array: arr, Const: allConst}, nil
}

// lambda is a function-valued argument.
type lambda struct {
	ctx  *function.Context
	id   int
	body node
	typ  types.Type
}

// bind makes the lambda callable for the rows of f.
func (l *lambda) bind(f *Frame) function.Lambda {
	return func(params []arrow.Array, rows []int32) (arrow.Array, error) {
		if l.ctx.Stop != nil {
			if err := l.ctx.Stop(); err != nil {
				return nil, err
			}
		}
		if len(rows) == 0 {
			return vector.Empty(l.ctx.Mem, l.typ.Arrow()), nil
		}
		inner := f.Sub(rows)
		inner.lambda, inner.params = l.id, params
		defer inner.Release()
		v, err := l.body.eval(inner)
		if err != nil {
			return nil, err
		}
		if v, err = conform(v, l.typ); err != nil {
			return nil, err
		}
		return plain(l.ctx, v, len(rows)), nil
	}
}
