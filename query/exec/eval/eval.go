// Package eval evaluates plan expressions over Arrow arrays, a column at a time.
//
// What SQL promises not to evaluate is not evaluated: the arms of CASE, the later
// operands of AND, OR and COALESCE run on the rows that need them, gathered into
// a smaller frame, and their results are scattered back. So
// "x <> 0 AND 1 / x > 1" never divides by zero.
//
// What need not be evaluated per row is not: constants are evaluated once a
// query, and an expression over one dictionary-encoded column once per
// dictionary value (see dictionary).
package eval

import (
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// Expr is a compiled expression. It keeps constants and what it knows of the
// last dictionary between batches, so each goroutine compiles its own.
type Expr struct {
	ctx  *function.Context
	root node
	typ  types.Type
}

// node is one compiled operation. eval is never called for a frame without rows.
type node interface {
	eval(f *Frame) (function.Value, error)
	close()
}

// Compile prepares e for evaluation in frames whose columns are those e refers to.
func Compile(ctx *function.Context, e plan.Expr) (*Expr, error) {
	root, err := (&compiler{ctx: ctx}).compile(e)
	if err != nil {
		return nil, err
	}
	return &Expr{ctx: ctx, root: root, typ: e.Type()}, nil
}

// CompileAll compiles a list.
func CompileAll(ctx *function.Context, exprs []plan.Expr) ([]*Expr, error) {
	out := make([]*Expr, 0, len(exprs))
	for _, e := range exprs {
		c, err := Compile(ctx, e)
		if err != nil {
			CloseAll(out)
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// CloseAll closes a list.
func CloseAll(exprs []*Expr) {
	for _, e := range exprs {
		e.Close()
	}
}

// Type is the type of the result.
func (e *Expr) Type() types.Type { return e.typ }

// Close gives back what the expression kept.
func (e *Expr) Close() { e.root.close() }

// Value evaluates e for every row of f. The result may be Const, and a varchar
// result may be a dictionary. The caller releases its Array.
func (e *Expr) Value(f *Frame) (function.Value, error) {
	if f.rows == 0 {
		return function.Value{Array: vector.Empty(e.ctx.Mem, e.typ.Arrow())}, nil
	}
	v, err := e.root.eval(f)
	if err != nil {
		return v, err
	}
	return conform(v, e.typ)
}

// Array is Value with one element per row.
func (e *Expr) Array(f *Frame) (arrow.Array, error) {
	v, err := e.Value(f)
	if err != nil {
		return nil, err
	}
	return full(e.ctx, v, f.rows), nil
}

// conform gives the array the very Arrow type of t: kernels may name list items differently.
func conform(v function.Value, t types.Type) (function.Value, error) {
	arr, err := vector.Conform(v.Array, t.Arrow())
	v.Array.Release()
	v.Array = arr
	return v, err
}

// full owns v and returns its array with one element per row.
func full(ctx *function.Context, v function.Value, rows int) arrow.Array {
	if !v.Const {
		return v.Array
	}
	defer v.Array.Release()
	return vector.Repeat(ctx.Mem, v.Array, rows)
}

// plain owns v and returns its array with one element per row and no dictionary.
func plain(ctx *function.Context, v function.Value, rows int) arrow.Array {
	arr := full(ctx, v, rows)
	if !vector.IsDictionary(arr) {
		return arr
	}
	defer arr.Release()
	return vector.Decode(ctx.Mem, arr)
}

// IsDataError reports whether err is one that TRY turns into NULL.
func IsDataError(err error) bool {
	var e *ast.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case ast.DivisionByZero, ast.InvalidCastArgument, ast.InvalidFunctionArgument, ast.NumericValueOutOfRange,
		ast.JSONInputConversion, ast.JSONOutputConversion, ast.JSONValueResult, ast.PathEvaluation:
		return true
	}
	return false
}

// compiler carries what compilation needs to know of the surroundings.
type compiler struct {
	ctx *function.Context
	// within is true below a dictionary or a constant node, where another one would gain nothing.
	within bool
}

// compile wraps constants and expressions over one varchar column, then goes on below.
func (c *compiler) compile(e plan.Expr) (node, error) {
	switch e := e.(type) {
	case *plan.Column:
		return &column{index: e.Index}, nil
	case *plan.LambdaParam:
		return &param{id: e.ID, index: e.Index}, nil
	case *plan.Literal:
		return newLiteral(c.ctx, e)
	}
	if c.within {
		return c.compileForm(e)
	}
	if plan.IsConstant(e) {
		inner, err := (&compiler{ctx: c.ctx, within: true}).compileForm(e)
		if err != nil {
			return nil, err
		}
		return &constant{ctx: c.ctx, inner: inner}, nil
	}
	if index, ok := onlyColumn(e); ok {
		inner, err := (&compiler{ctx: c.ctx, within: true}).compileForm(e)
		if err != nil {
			return nil, err
		}
		return &dictionary{ctx: c.ctx, index: index, inner: inner}, nil
	}
	return c.compileForm(e)
}

func (c *compiler) compileForm(e plan.Expr) (node, error) {
	switch e := e.(type) {
	case *plan.Call:
		return c.compileCall(e)
	case *plan.Cast:
		return c.compileCast(e)
	case *plan.Field:
		return c.compileField(e)
	case *plan.Special:
		return c.compileSpecial(e)
	}
	return nil, fmt.Errorf("expression %T cannot be evaluated", e)
}

func (c *compiler) compileAll(exprs []plan.Expr) (nodes, error) {
	out := make(nodes, 0, len(exprs))
	for _, e := range exprs {
		n, err := c.compile(e)
		if err != nil {
			out.close()
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

type nodes []node

func (ns nodes) close() {
	for _, n := range ns {
		n.close()
	}
}
