package bind

import (
	"strings"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
)

// windowCall is a window function with the window it runs over.
type windowCall struct {
	call        plan.WindowCall
	partitionBy []plan.Expr
	orderBy     []plan.SortKey
	source      *ast.Call // for messages
	spec        *ast.Window
}

// mapExprs returns the call and its window with fn of each expression.
func (w *windowCall) mapExprs(fn func(plan.Expr) plan.Expr) *windowCall {
	out := *w
	out.call = w.call.MapExprs(fn)
	out.partitionBy, out.orderBy = make([]plan.Expr, len(w.partitionBy)), make([]plan.SortKey, len(w.orderBy))
	for i, e := range w.partitionBy {
		out.partitionBy[i] = fn(e)
	}
	for i, k := range w.orderBy {
		k.Expr = fn(k.Expr)
		out.orderBy[i] = k
	}
	return &out
}

// window binds a call with OVER and leaves a finding in its place.
func (x *exprBinder) window(e *ast.Call, name string) (plan.Expr, error) {
	if err := x.windowAllowed(e, name); err != nil {
		return nil, err
	}
	inner := *x
	inner.windows, inner.windowPart = false, "window specification"
	spec, err := inner.windowSpec(e.Window)
	if err != nil {
		return nil, err
	}
	w := &windowCall{source: e, spec: spec, call: plan.WindowCall{Name: name, Frame: plan.DefaultFrame, IgnoreNulls: e.IgnoreNulls}}
	if err := inner.specification(w); err != nil {
		return nil, err
	}
	inner.windowPart = "window function arguments"
	if function.IsAggregate(name) {
		err = inner.windowAggregate(w, name)
	} else {
		err = inner.windowFunction(w, name)
	}
	if err != nil {
		return nil, err
	}
	if e.IgnoreNulls || e.RespectNulls {
		if w.call.Window == nil || !w.call.Window.Nulls {
			return nil, noNullTreatment(e, name)
		}
	}
	return x.found.add(finding{window: w}, name, w.call.Type()), nil
}

func noNullTreatment(e *ast.Call, name string) error {
	return ast.Errorf(ast.NullTreatmentNotAllowed, e.Span(), "Cannot specify null treatment clause for %s function", name)
}

// windowAllowed refuses windows where they may not be, and what may not be in them.
func (x *exprBinder) windowAllowed(e *ast.Call, name string) error {
	if err := x.outsideLambda(e); err != nil {
		return err
	}
	switch {
	case x.within != "":
		return ast.Errorf(ast.NestedWindow, x.withinSpan, "Cannot nest window functions or row pattern measures inside aggregation '%s': [%s]", x.within, ast.Format(e))
	case x.windowPart != "":
		return ast.Errorf(ast.NestedWindow, e.Span(), "Cannot nest window functions or row pattern measures inside %s", x.windowPart)
	case !x.windows && x.aggregates:
		return ast.Errorf(ast.NestedWindow, e.Span(), "%s cannot contain window functions or row pattern measures", x.clause)
	case !x.windows:
		return ast.Errorf(ast.ExpressionNotScalar, x.place(e), "%s cannot contain aggregations, window functions or grouping operations: [%s]", x.clause, ast.Format(e))
	case function.IsAggregate(name):
	case !function.IsWindow(name):
		if function.IsScalar(name) {
			return ast.Errorf(ast.FunctionNotWindow, x.selectSpan, "Not a window function: %s", name)
		}
		return nil
	case len(e.OrderBy) > 0 || len(e.WithinGroup) > 0:
		return ast.Errorf(ast.NotSupported, e.Span(), "Only aggregation window functions with ORDER BY are supported")
	}
	if e.Filter != nil {
		return ast.Errorf(ast.NotSupported, x.selectSpan, "FILTER is not yet supported for window functions")
	}
	return nil
}

// specification binds what stands in OVER (…).
func (x *exprBinder) specification(w *windowCall) error {
	for _, p := range w.spec.PartitionBy {
		e, err := x.expr(p)
		if err != nil {
			return err
		}
		if !hasOrder(e.Type()) {
			return mismatch(p.Span(), "%s is not orderable, and therefore cannot be used in window function PARTITION BY", e.Type())
		}
		w.partitionBy = append(w.partitionBy, e)
	}
	for _, it := range w.spec.OrderBy {
		e, err := x.expr(it.Expr)
		if err != nil {
			return err
		}
		if !hasOrder(e.Type()) {
			return mismatch(it.Expr.Span(), "%s is not orderable, and therefore cannot be used in window function ORDER BY", e.Type())
		}
		w.orderBy = append(w.orderBy, plan.SortKey{Expr: e, Desc: it.Desc, NullsFirst: it.NullsFirst})
	}
	if w.spec.Frame == nil {
		return nil
	}
	var err error
	w.call.Frame, err = x.frame(w)
	return err
}

// windowAggregate binds the arguments of an aggregate.
func (x *exprBinder) windowAggregate(w *windowCall, name string) error {
	call, err := x.aggCall(w.source, name)
	if err != nil {
		return err
	}
	w.call.Function, w.call.Args, w.call.Distinct, w.call.OrderBy = call.Function, call.Args, call.Distinct, call.OrderBy
	if len(call.Args) == 0 {
		w.call.Distinct = false
	}
	return nil
}

// windowFunction binds the arguments of a function of windows only.
func (x *exprBinder) windowFunction(w *windowCall, name string) error {
	e := w.source
	if e.Star {
		return ast.Errorf(ast.FunctionNotFound, e.Span(), "Unexpected parameters (*) for function %s", name)
	}
	bound, known, err := x.firstPass(e.Args)
	if err != nil {
		return err
	}
	f, err := function.ResolveWindow(name, known)
	if err != nil {
		return at(err, e.Span())
	}
	switch {
	case e.Distinct:
		return ast.Errorf(ast.NotSupported, x.selectSpan, "Only aggregation window functions with DISTINCT are supported: %s", ast.Format(e))
	case f.Ordered && len(w.orderBy) == 0:
		return ast.Errorf(ast.MissingOrderBy, e.Window.Span(), "%s function requires an ORDER BY window clause", name)
	case !f.Framed && w.spec.Frame != nil:
		return ast.Errorf(ast.InvalidWindowFrame, w.spec.Frame.Span(), "Cannot specify window frame for %s function", name)
	}
	w.call.Window = f
	w.call.Args, err = x.secondPass(e.Args, bound, f.Args)
	return err
}

// windowSpec finds what a window that names another one inherits. A window
// sees those of the WINDOW clause, and they those before them.
func (x *exprBinder) windowSpec(w *ast.Window) (*ast.Window, error) {
	return windowSpec(w, x.windowDefs, x.text)
}

func windowSpec(w *ast.Window, defs []ast.WindowDef, text string) (*ast.Window, error) {
	if w.Base == nil {
		return w, nil
	}
	for i := len(defs) - 1; i >= 0; i-- {
		if !strings.EqualFold(defs[i].Name.Name, w.Base.Name) {
			continue
		}
		base, err := windowSpec(&defs[i].Window, defs[:i], text)
		if err != nil {
			return nil, err
		}
		return inherit(w, base, text)
	}
	return nil, ast.Errorf(ast.InvalidWindowReference, w.Base.Span(), "Cannot resolve WINDOW name %s", w.Base.Name)
}

// inherit adds to a window what the one it names has.
func inherit(w, base *ast.Window, text string) (*ast.Window, error) {
	if !w.Bracketed {
		return base, nil
	}
	switch {
	case len(w.PartitionBy) > 0:
		return nil, ast.Errorf(ast.InvalidPartitionBy, w.PartitionBy[0].Span(), "WINDOW specification with named WINDOW reference cannot specify PARTITION BY")
	case len(w.OrderBy) > 0 && len(base.OrderBy) > 0:
		return nil, ast.Errorf(ast.InvalidOrderBy, orderClause(w, text), "Cannot specify ORDER BY if referenced named WINDOW specifies ORDER BY")
	case base.Frame != nil:
		return nil, ast.Errorf(ast.InvalidWindowReference, w.Base.Span(), "Cannot reference named WINDOW containing frame specification")
	}
	merged := *w
	merged.Base, merged.PartitionBy = nil, base.PartitionBy
	if len(w.OrderBy) == 0 {
		merged.OrderBy = base.OrderBy
	}
	return &merged, nil
}

// orderClause is the place of the words ORDER BY, which follow the name of the window.
func orderClause(w *ast.Window, text string) ast.Span {
	first := w.OrderBy[0].Span()
	if first.End > len(text) {
		return first
	}
	if i := strings.LastIndex(strings.ToUpper(text[:first.Start]), "ORDER"); i >= w.Base.Span().End {
		return ast.Span{Start: i, End: first.End}
	}
	return first
}

// bindWindows checks the WINDOW clause, also what no call uses of it.
func (q *selection) bindWindows() error {
	for i, def := range q.s.Windows {
		for _, before := range q.s.Windows[:i] {
			if strings.EqualFold(before.Name.Name, def.Name.Name) {
				return ast.Errorf(ast.DuplicateWindowName, def.Name.Span(), "WINDOW name '%s' specified more than once", def.Name.Name)
			}
		}
		x := q.exprBinder("WINDOW clause")
		x.aggregates, x.windowPart = true, "window specification"
		x.found = &findings{} // what an unused window holds is not computed
		spec, err := windowSpec(&def.Window, q.s.Windows[:i], q.text)
		if err != nil {
			return err
		}
		if err := x.specification(&windowCall{spec: spec}); err != nil {
			return err
		}
	}
	return nil
}
