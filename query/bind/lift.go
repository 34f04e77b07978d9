package bind

import (
	"slices"

	"github.com/traillake/traillake/query/plan"
)

// emptyCounts are the aggregates that are 0 over no rows, emptyNulls those known
// to be NULL.
var (
	emptyCounts = []string{"count", "count_if", "approx_distinct"}
	emptyNulls  = []string{
		"sum", "avg", "min", "max", "min_by", "max_by", "arbitrary", "any_value", "array_agg", "map_agg",
		"bool_and", "bool_or", "every", "listagg", "stddev", "variance", "approx_percentile", "histogram",
	}
)

// lift takes the equations between the subquery and the query around it out of a
// plan, up to its top, where they are keys. It answers false for a plan that
// asks anything else of the outer row. The dependent's outer sides are over the
// outer row's columns.
func lift(n plan.Node) (*dependent, bool) {
	if !isDependent(n) {
		return &dependent{node: n}, true
	}
	switch n := n.(type) {
	case *plan.Filter:
		return liftFilter(n)
	case *plan.Join:
		return liftJoin(n)
	case *plan.Project, *plan.Aggregate, *plan.Sort, *plan.Limit, *plan.Unnest, *plan.Window, *plan.Repeat:
	default:
		return nil, false
	}
	for _, e := range plan.Exprs(n) {
		if readsOuter(e) {
			return nil, false
		}
	}
	in, ok := lift(n.Inputs()[0])
	if !ok {
		return nil, false
	}
	out := &dependent{outer: in.outer}
	if p, ok := n.(*plan.Project); ok && in.empty != nil {
		for _, e := range p.Exprs {
			out.empty = append(out.empty, plan.Substitute(e, in.empty))
		}
	} else if in.empty != nil {
		return nil, false
	}
	if agg, ok := n.(*plan.Aggregate); ok && len(agg.Keys) == 0 {
		if out.empty, ok = emptyAggregates(agg); !ok {
			return nil, false
		}
	}
	out.node, ok = over(n, in.node, len(in.outer), 0)
	return out, ok
}

// emptyAggregates are the results of aggregates over no rows.
func emptyAggregates(n *plan.Aggregate) ([]plan.Expr, bool) {
	var out []plan.Expr
	for _, a := range n.Aggs {
		switch name := a.Function.Name; {
		case slices.Contains(emptyCounts, name):
			out = append(out, zero)
		case slices.Contains(emptyNulls, name):
			out = append(out, &plan.Literal{Typ: a.Function.Result})
		default:
			return nil, false
		}
	}
	return out, true
}

// liftFilter takes the conditions out that read the outer row.
func liftFilter(n *plan.Filter) (*dependent, bool) {
	in, ok := lift(n.Input)
	if !ok || in.empty != nil {
		return nil, false
	}
	var stay, keys []plan.Expr
	out := &dependent{outer: slices.Clip(in.outer)}
	for _, c := range plan.Conjuncts(n.Cond) {
		if !readsOuter(c) {
			stay = append(stay, plan.MapColumns(c, func(i int) int { return i + len(in.outer) }))
			continue
		}
		outer, inner, ok := outerEquation(c)
		if !ok {
			return nil, false
		}
		out.outer = append(out.outer, outer)
		keys = append(keys, plan.MapColumns(inner, func(i int) int { return i + len(in.outer) }))
	}
	node := in.node
	if len(stay) > 0 {
		node = &plan.Filter{Input: node, Cond: plan.Conjoin(stay)}
	}
	refs := plan.ColumnRefs(node)
	exprs := append(append(slices.Clip(refs[:len(in.outer)]), keys...), refs[len(in.outer):]...)
	p := &plan.Project{Input: node, Exprs: exprs, Names: keyNames(len(out.outer))}
	for _, o := range n.Outputs() {
		p.Names = append(p.Names, o.Name)
	}
	out.node = p
	return out, true
}

// outerEquation reads "expression of the outer row = expression of columns".
func outerEquation(c plan.Expr) (outer, inner plan.Expr, ok bool) {
	call, isCall := c.(*plan.Call)
	if !isCall || call.Function.Name != "=" || plan.IsVolatile(c) || !call.Args[0].Type().Equal(call.Args[1].Type()) {
		return nil, nil, false
	}
	outer, inner = call.Args[0], call.Args[1]
	if readsOuter(inner) {
		outer, inner = inner, outer
	}
	return outer, inner, !readsOuter(inner) && !readsColumns(outer)
}

func readsColumns(e plan.Expr) bool {
	found := false
	plan.ColumnsOf(e, func(*plan.Column) { found = true })
	return found
}

// liftJoin lifts from both sides of an inner join, and from the left one of others.
func liftJoin(n *plan.Join) (*dependent, bool) {
	for _, e := range plan.Exprs(n) {
		if readsOuter(e) {
			return nil, false
		}
	}
	l, ok := lift(n.Left)
	if !ok || l.empty != nil || n.Kind != plan.Inner && isDependent(n.Right) {
		return nil, false
	}
	r, ok := lift(n.Right)
	if !ok || r.empty != nil {
		return nil, false
	}
	j := widened(n, l.node, r.node, len(l.outer), len(r.outer), nil)
	out := &dependent{outer: append(slices.Clip(l.outer), r.outer...)}
	out.node = keysFirst(n, j, len(l.outer), len(r.outer), false)
	return out, true
}
