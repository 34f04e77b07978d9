package bind

import (
	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
)

// enclosing is the query around a subquery as the subquery sees it. What the
// subquery reads of it becomes a parameter: a plan.Outer within the subquery's
// plan, an expression over the enclosing query's columns outside.
type enclosing struct {
	// look finds a name in the enclosing query and those around it; nil when it
	// means nothing there.
	look   func(parts []ast.Ident, span ast.Span) (plan.Expr, error)
	around *enclosing // of the enclosing query
	params []param
	span   ast.Span   // where the subquery is refused
	refuse *ast.Error // why the subquery cannot be computed, if its parameters are in order
}

// param is something a subquery reads of the query around it.
type param struct {
	expr plan.Expr
	name string // as first typed
	span ast.Span
}

// find looks a name up in the enclosing query; a nil one has no names.
func (o *enclosing) find(parts []ast.Ident, span ast.Span) (plan.Expr, error) {
	if o == nil {
		return nil, nil
	}
	e, err := o.look(parts, span)
	if e == nil || err != nil {
		return nil, err
	}
	return o.param(param{expr: e, name: dotted(parts), span: span}), nil
}

// param numbers what the subquery reads; one that is there already is shared.
func (o *enclosing) param(p param) *plan.Outer {
	for i, known := range o.params {
		if plan.Equal(known.expr, p.expr) {
			return &plan.Outer{Index: i, Name: known.name, Typ: p.expr.Type()}
		}
	}
	o.params = append(o.params, p)
	return &plan.Outer{Index: len(o.params) - 1, Name: p.name, Typ: p.expr.Type()}
}

// carry makes a plan of one of the queries around o, such as a WITH item of
// theirs, readable in the query that o encloses: what the plan reads of still
// outer queries is handed in from level to level.
func (o *enclosing) carry(n plan.Node, home *enclosing, span ast.Span) plan.Node {
	if o == home || !isDependent(n) {
		return n
	}
	n, _ = plan.Transform(n, func(n plan.Node) (plan.Node, error) {
		return plan.MapExprs(n, func(e plan.Expr) plan.Expr {
			return plan.TransformExpr(e, func(e plan.Expr) plan.Expr {
				if outer, ok := e.(*plan.Outer); ok {
					return o.hand(outer, home, span)
				}
				return e
			})
		}), nil
	})
	return n
}

// hand is a parameter of home's subquery as a parameter of o's, which is inside it.
func (o *enclosing) hand(outer *plan.Outer, home *enclosing, span ast.Span) plan.Expr {
	if o == home || o == nil {
		return outer
	}
	return o.param(param{expr: o.around.hand(outer, home, span), name: outer.Name, span: span})
}

// readsOuter reports whether an expression reads the row of an enclosing query.
func readsOuter(e plan.Expr) bool {
	found := false
	plan.WalkExpr(e, func(e plan.Expr) bool {
		if _, ok := e.(*plan.Outer); ok {
			found = true
		}
		return !found
	})
	return found
}

// isDependent reports whether a plan reads the row of an enclosing query.
func isDependent(n plan.Node) bool {
	found := false
	plan.Walk(n, func(n plan.Node) bool {
		for _, e := range plan.Exprs(n) {
			found = found || readsOuter(e)
		}
		return !found
	})
	return found
}
