package bind

import (
	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// aggregate binds an aggregate call and leaves a finding in its place.
func (x *exprBinder) aggregate(e *ast.Call, name string) (plan.Expr, error) {
	if err := x.aggregateAllowed(e, name); err != nil {
		return nil, err
	}
	inner := *x
	inner.within, inner.withinSpan, inner.windows, inner.windowPart = name, e.Span(), false, ""
	call, err := inner.aggCall(e, name)
	if err != nil {
		return nil, err
	}
	return x.found.addAggregate(*call), nil
}

func (x *exprBinder) aggregateAllowed(e *ast.Call, name string) error {
	if err := x.outsideLambda(e); err != nil {
		return err
	}
	switch {
	case x.within != "":
		return ast.Errorf(ast.NestedAggregation, x.withinSpan, "Cannot nest aggregations inside aggregation '%s': [%s]", x.within, ast.Format(e))
	case !x.aggregates:
		err := ast.Errorf(ast.ExpressionNotScalar, x.place(e), "%s cannot contain aggregations, window functions or grouping operations: [%s]", x.clause, ast.Format(e))
		if x.clause == "WHERE clause" {
			err.Hint = "Conditions on aggregates go into HAVING"
		}
		return err
	case e.IgnoreNulls:
		return noNullTreatment(e, name)
	}
	return nil
}

// place is where Trino says that a call is which its clause cannot hold.
func (x *exprBinder) place(e ast.Expr) ast.Span {
	if x.whole != nil {
		e = x.whole
	}
	return ast.Place(e)
}

// aggCall binds the call itself.
func (x *exprBinder) aggCall(e *ast.Call, name string) (*plan.AggCall, error) {
	f, args, plain, err := x.aggArguments(e, name)
	if err != nil {
		return nil, err
	}
	call := &plan.AggCall{Function: f, Args: args, Distinct: e.Distinct, Name: name}
	if e.Filter != nil {
		cond, err := x.expr(e.Filter)
		if err != nil {
			return nil, err
		}
		if call.Filter, err = filterCondition(cond, e.Filter); err != nil {
			return nil, err
		}
	}
	order := e.OrderBy
	if len(e.WithinGroup) > 0 {
		order = e.WithinGroup
	}
	if call.OrderBy, err = x.sortKeys(order); err != nil {
		return nil, err
	}
	for _, k := range call.OrderBy {
		if !hasOrder(k.Expr.Type()) {
			return nil, mismatch(e.Span(), "ORDER BY can only be applied to orderable types (actual: %s)", k.Expr.Type())
		}
	}
	if e.Distinct && e.Window == nil {
		for i, k := range call.OrderBy {
			if !contains(plain, k.Expr) {
				return nil, ast.Errorf(ast.ExpressionNotInDistinct, order[i].Expr.Span(), "For aggregate function with DISTINCT, ORDER BY expressions must appear in arguments")
			}
		}
	}
	if ofOuterQuery(call) {
		around := x.env.around()
		around.refuse = notSupported(around.span, "Given correlated subquery")
		around.refuse.Hint = "An aggregate of outer columns alone is one of the outer query"
	}
	return call, nil
}

// ofOuterQuery reports whether an aggregate reads columns of enclosing queries and
// none of its own, which in SQL makes it an aggregate of the enclosing query.
func ofOuterQuery(call *plan.AggCall) bool {
	outer, own := false, false
	look := func(e plan.Expr) {
		if e != nil {
			outer, own = outer || readsOuter(e), own || readsColumns(e)
		}
	}
	for _, e := range call.Args {
		look(e)
	}
	look(call.Filter)
	return outer && !own
}

// aggArguments binds the arguments; plain are those before they are cast to what
// the function takes.
func (x *exprBinder) aggArguments(e *ast.Call, name string) (f *function.Aggregate, args, plain []plan.Expr, err error) {
	if e.Star && name != "count" {
		return nil, nil, nil, ast.Errorf(ast.FunctionNotFound, e.Span(), "Unexpected parameters (*) for function %s", name)
	}
	if name == "listagg" {
		return x.listagg(e)
	}
	bound, known, err := x.firstPass(e.Args)
	if err != nil {
		return nil, nil, nil, err
	}
	err = x.texted(bound, func(args []plan.Expr) error {
		var err error
		bound = args
		f, err = function.ResolveAggregate(name, retyped(known, args), x.lambdaTypes(e.Args))
		return err
	})
	if err != nil {
		return nil, nil, nil, at(unwrapped(err), e.Span())
	}
	args, err = x.secondPass(e.Args, bound, f.Args)
	return f, args, bound, err
}

// filterCondition casts what stands in FILTER (WHERE …) to boolean or refuses it.
func filterCondition(e plan.Expr, source ast.Expr) (plan.Expr, error) {
	if !types.CanCoerce(e.Type(), types.BooleanType) {
		return nil, mismatch(ast.Place(source), "Filter expression must evaluate to a boolean (actual: %s)", e.Type())
	}
	return cast(e, types.BooleanType), nil
}

// sortKeys binds the ORDER BY keys of a call.
func (x *exprBinder) sortKeys(items []ast.OrderItem) ([]plan.SortKey, error) {
	var keys []plan.SortKey
	for _, it := range items {
		e, err := x.expr(it.Expr)
		if err != nil {
			return nil, err
		}
		keys = append(keys, plan.SortKey{Expr: e, Desc: it.Desc, NullsFirst: it.NullsFirst})
	}
	return keys, nil
}

// orderable refuses an ORDER BY key without an order; Trino's place is that of the query.
func orderable(t types.Type, query ast.Span, e ast.Expr) error {
	if hasOrder(t) {
		return nil
	}
	return mismatch(query, "Type %s is not orderable, and therefore cannot be used in ORDER BY: %s", t, ast.Format(e))
}

// hasOrder reports whether values of a type have an order.
func hasOrder(t types.Type) bool {
	switch t.Kind {
	case types.Map, types.JSON, types.Function:
		return false
	case types.Array:
		return hasOrder(*t.Elem)
	case types.Row:
		for _, f := range t.Fields {
			if !hasOrder(f.Type) {
				return false
			}
		}
	}
	return true
}

func contains(list []plan.Expr, e plan.Expr) bool {
	for _, l := range list {
		if plan.Equal(l, e) {
			return true
		}
	}
	return false
}
