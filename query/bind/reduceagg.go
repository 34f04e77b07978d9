package bind

import (
	"errors"
	"strings"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// reduceAgg binds reduce_agg(x, start, step, combine): the values that are not
// NULL are collected and then reduced, so combine is only looked at. Without a
// value it is NULL.
//
//	reduce(array_agg(x) FILTER (WHERE x IS NOT NULL), arbitrary(start), step, s -> s)
//
// Over a window, where no FILTER is, the NULLs are taken out of the array.
func (x *exprBinder) reduceAgg(e *ast.Call) (plan.Expr, error) {
	if err := x.reduceAggForm(e); err != nil {
		return nil, err
	}
	if e.Window == nil {
		if err := x.aggregateAllowed(e, "reduce_agg"); err != nil {
			return nil, err
		}
	}
	made := &maker{e.At}
	collect := *e
	collect.Name, collect.Args = made.ident("array_agg"), e.Args[:1]
	start := e.Args[1]
	_, fixed := start.(*ast.Literal)
	var values ast.Expr = &collect
	if e.Window == nil {
		cond := made.notNull(e.Args[0])
		if e.Filter != nil {
			cond = &ast.Binary{At: e.At, Op: "AND", Left: e.Filter, Right: cond}
		}
		collect.Filter = cond
		if !fixed {
			start = made.call("arbitrary", start)
		}
	} else {
		v := made.ident("v")
		values = made.call("filter", values, &ast.Lambda{At: e.At, Params: []ast.Ident{v}, Body: made.notNull(made.name(v))})
	}
	s := made.ident("s")
	same := &ast.Lambda{At: e.At, Params: []ast.Ident{s}, Body: made.name(s)}
	reduced := made.call("reduce", values, start, e.Args[2], same)
	if e.Window != nil {
		reduced = made.call("if", made.call("any_match", values, made.always()), reduced)
	}
	out, err := x.expr(reduced)
	var wrong *ast.Error
	if errors.As(err, &wrong) && wrong.Code == ast.FunctionNotFound && strings.Contains(wrong.Msg, "for function reduce.") {
		return nil, x.reduceAggParameters(e)
	}
	if err != nil {
		return nil, err
	}
	state := out.Type()
	combine, err := x.lambda(e.Args[3].(*ast.Lambda), []types.Type{state, state})
	if err != nil {
		return nil, err
	}
	if !types.CanCoerce(combine.Body.Type(), state) {
		return nil, x.reduceAggParameters(e)
	}
	return out, nil
}

// reduceAggForm refuses calls of another shape.
func (x *exprBinder) reduceAggForm(e *ast.Call) error {
	lambdas := 0
	for i, a := range e.Args {
		if _, ok := a.(*ast.Lambda); ok == (i < 2) {
			return x.reduceAggParameters(e)
		} else if ok {
			lambdas++
		}
	}
	switch {
	case lambdas != 2 || len(e.Args) != 4:
		return x.reduceAggParameters(e)
	case e.Distinct:
		return mismatch(e.Span(), "DISTINCT can only be applied to comparable types (actual: function)")
	}
	if _, fixed := e.Args[1].(*ast.Literal); e.Window != nil && !fixed {
		return notSupported(e.Args[1].Span(), "A start of reduce_agg over a window that is not a literal")
	}
	return nil
}

func (x *exprBinder) reduceAggParameters(e *ast.Call) error {
	texts := make([]string, len(e.Args))
	for i, a := range e.Args {
		texts[i] = "<function>"
		if _, ok := a.(*ast.Lambda); ok {
			continue
		}
		bound, err := x.expr(a)
		if err != nil {
			return err
		}
		texts[i] = function.TypeText(bound.Type())
	}
	return ast.Errorf(ast.FunctionNotFound, e.Span(),
		"Unexpected parameters (%s) for function reduce_agg. Expected: reduce_agg(T, S, function(S,T,S), function(S,S,S)) S, T", strings.Join(texts, ", "))
}

// maker makes syntax that stands where a call of the user stood.
type maker struct{ at ast.At }

func (m *maker) ident(name string) ast.Ident { return ast.Ident{At: m.at, Name: name} }

func (m *maker) name(i ast.Ident) ast.Expr { return &ast.Name{At: m.at, Parts: []ast.Ident{i}} }

func (m *maker) notNull(e ast.Expr) ast.Expr { return &ast.IsNull{At: m.at, Expr: e, Not: true} }

func (m *maker) call(name string, args ...ast.Expr) *ast.Call {
	return &ast.Call{At: m.at, Name: m.ident(name), Args: args}
}

// always is a lambda of one parameter that is true.
func (m *maker) always() ast.Expr {
	return &ast.Lambda{At: m.at, Params: []ast.Ident{m.ident("v")}, Body: &ast.Literal{At: m.at, Kind: ast.BooleanLiteral, Text: "true"}}
}
