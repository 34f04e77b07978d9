package bind

import (
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// findings are the parts of a SELECT that are computed by nodes of their own:
// aggregates, window functions, grouping(), subqueries. While expressions are bound, each
// is a column with a negative index; once the node is there, the index becomes
// the node's output.
type findings struct {
	entries []finding
}

// finding is one of them; one field is set.
type finding struct {
	agg      *plan.AggCall
	window   *windowCall
	grouping *groupingCall
	subquery *subquery
}

// add numbers a finding and returns the column that stands for it.
func (f *findings) add(entry finding, name string, t types.Type) *plan.Column {
	f.entries = append(f.entries, entry)
	return &plan.Column{Index: -len(f.entries), Name: name, Typ: t}
}

// of returns the finding a column stands for; nil for a column of the input.
func (f *findings) of(c *plan.Column) *finding {
	if c.Index >= 0 {
		return nil
	}
	return &f.entries[-c.Index-1]
}

// readsCalls reports whether an expression has aggregates or window functions.
func (f *findings) readsCalls(e plan.Expr) bool {
	found := false
	plan.ColumnsOf(e, func(c *plan.Column) {
		if entry := f.of(c); entry != nil && entry.subquery == nil {
			found = true
		}
	})
	return found
}

// addAggregate numbers an aggregate; one that is there already is shared.
func (f *findings) addAggregate(call plan.AggCall) *plan.Column {
	for i, e := range f.entries {
		if e.agg != nil && sameAggregate(e.agg, &call) {
			return &plan.Column{Index: -i - 1, Name: call.Name, Typ: call.Function.Result}
		}
	}
	return f.add(finding{agg: &call}, call.Name, call.Function.Result)
}

func sameAggregate(a, b *plan.AggCall) bool {
	if a.Function.Name != b.Function.Name || a.Distinct != b.Distinct || !a.Function.Result.Equal(b.Function.Result) ||
		len(a.Args) != len(b.Args) || len(a.OrderBy) != len(b.OrderBy) || (a.Filter == nil) != (b.Filter == nil) {
		return false
	}
	for i := range a.Args {
		if !plan.Equal(a.Args[i], b.Args[i]) || plan.IsVolatile(a.Args[i]) {
			return false
		}
	}
	for i, k := range a.OrderBy {
		o := b.OrderBy[i]
		if k.Desc != o.Desc || k.NullsFirst != o.NullsFirst || !plan.Equal(k.Expr, o.Expr) {
			return false
		}
	}
	return a.Filter == nil || plan.Equal(a.Filter, b.Filter)
}

// hasAggregates reports whether an aggregate or grouping() was found.
func (f *findings) hasAggregates() bool {
	for _, e := range f.entries {
		if e.agg != nil || e.grouping != nil {
			return true
		}
	}
	return false
}
