package optimize

import (
	"slices"

	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
)

// foldRows asks a table for equal rows once, with their number, below an aggregate
// that needs no more of them: where like rows lie beside each other, as in segments,
// what is done for each row is then done for each run of them.
//
//	Aggregate by [name#0] compute [count(*)]    Aggregate by [name#0] compute [count(*)] times $times#1
//	  Scan trail [name]                           Scan trail [name] folded
//
// It passes filters and projections whose expressions depend on nothing but the row.
func foldRows(n plan.Node) (plan.Node, error) {
	return plan.Transform(n, func(n plan.Node) (plan.Node, error) {
		a, ok := n.(*plan.Aggregate)
		if !ok || a.Clustered || slices.ContainsFunc(a.Aggs, needsEach) || slices.ContainsFunc(plan.Exprs(a), plan.IsVolatile) {
			return n, nil
		}
		input, ok := folded(a.Input)
		if !ok {
			return n, nil
		}
		times, _ := plan.Times(input)
		out := *a
		out.Input, out.Times = input, times
		return &out, nil
	})
}

// needsEach reports whether a call has to be given each of several equal rows.
func needsEach(call plan.AggCall) bool {
	return call.Function.Repeats == function.RepeatsMatter && !call.Distinct
}

// folded returns the node over a folded scan, with the scan's last column as its own.
func folded(n plan.Node) (plan.Node, bool) {
	if slices.ContainsFunc(plan.Exprs(n), plan.IsVolatile) {
		return nil, false
	}
	switch n := n.(type) {
	case *plan.Scan:
		table, ok := n.Table.(plan.Folder)
		if !ok || n.Limit > 0 || n.Top != nil || !table.Folds(n.Columns) {
			return nil, false
		}
		out := *n
		out.Folded = true
		return &out, true
	case *plan.Filter:
		input, ok := folded(n.Input)
		if !ok {
			return nil, false
		}
		return n.WithInputs([]plan.Node{input}), true
	case *plan.Project:
		input, ok := folded(n.Input)
		if !ok {
			return nil, false
		}
		times, _ := plan.Times(input)
		return &plan.Project{
			Input: input, Exprs: append(slices.Clip(n.Exprs), times), Names: append(slices.Clip(n.Names), plan.TimesColumn),
		}, true
	}
	return nil, false
}
