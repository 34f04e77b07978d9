package bind

import (
	"slices"

	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// member computes "value IN (subquery)" with SQL's three values: a left join
// finds the match, and counts tell an empty result and one with NULLs apart.
func (a *attachment) member(s *subquery, value plan.Expr, params []plan.Expr) (plan.Expr, error) {
	d, err := a.unnest(s, params, false)
	if err != nil {
		return nil, err
	}
	if err := a.binder.grow(count(d.node), s.span); err != nil {
		return nil, err
	}
	match := d.with(value)
	a.node = match.join(plan.Mark, a.node, match.node)
	found := &plan.Column{Index: len(a.node.Outputs()) - 1, Name: "$mark", Typ: types.BooleanType}

	copied := *d
	copied.node = duplicate(d.node)
	counts, err := a.aggregated(s, &copied, "count")
	if err != nil {
		return nil, err
	}
	all, some := counts[0], counts[1]
	empty, err := operator("=", all, zero, s.span)
	if err != nil {
		return nil, err
	}
	nulls, err := operator("<", some, all, s.span)
	if err != nil {
		return nil, err
	}
	return &plan.Special{Form: plan.Case, Typ: types.BooleanType, Args: []plan.Expr{
		found, boolean(true),
		either(isNull(all), empty), boolean(false),
		either(isNull(value), nulls), &plan.Literal{Typ: types.BooleanType},
		boolean(false),
	}}, nil
}

func either(conds ...plan.Expr) plan.Expr {
	return &plan.Special{Form: plan.Or, Args: conds, Typ: types.BooleanType}
}

// with adds to the keys the subquery's one column, which a value must be. A value
// that holds NULL or NaN is like itself, as in grouping and as Trino has it; NULL
// is in no set, which takes a set without NULL where values compare like that.
func (d *dependent) with(value plan.Expr) *dependent {
	out := *d
	out.outer = append(slices.Clip(d.outer), value)
	safe := holdsOthers(value.Type())
	out.safe = append(slices.Clip(d.safe), safe)
	if safe {
		out.node = &plan.Filter{Input: d.node, Cond: not(isNull(plan.ColumnRefs(d.node)[len(d.outer)]))}
	}
	return &out
}

// holdsOthers reports whether values of a type can be, or hold, what is not equal
// to itself.
func holdsOthers(t types.Type) bool {
	return t.Kind == types.Double || t.Kind == types.Real || t.Kind >= types.Array
}

// aggregated puts aggregates of a subquery's one column beside every row of the
// node: the number of its rows, then the named ones. Where there are no rows, the
// number is 0 or NULL.
func (a *attachment) aggregated(s *subquery, d *dependent, names ...string) ([]plan.Expr, error) {
	k, refs := len(d.outer), plan.ColumnRefs(d.node)
	agg := &plan.Aggregate{Input: d.node, Keys: refs[:k], Names: keyNames(k)}
	rows, err := aggregateCall("count", "$count")
	if err != nil {
		return nil, at(err, s.span)
	}
	agg.Aggs = append(agg.Aggs, rows)
	for _, name := range names {
		call, err := aggregateCall(name, "$"+name+"s", refs[k])
		if err != nil {
			return nil, at(err, s.span)
		}
		agg.Aggs = append(agg.Aggs, call)
	}
	base := len(a.node.Outputs()) + k
	if k == 0 {
		a.node = &plan.Join{Kind: plan.Inner, Left: a.node, Right: agg}
	} else {
		a.leftJoin(d, agg)
	}
	return plan.ColumnRefs(a.node)[base:], nil
}

// comparison computes "value op ALL|ANY (subquery)" with SQL's three values. The
// comparison with all values is that with the least or the greatest of them.
func (a *attachment) comparison(s *subquery, value plan.Expr, params []plan.Expr) (plan.Expr, error) {
	d, err := a.unnest(s, params, false)
	if err != nil {
		return nil, err
	}
	found, err := a.aggregated(s, d, "count", "min", "max")
	if err != nil {
		return nil, err
	}
	all, some, least, greatest := found[0], found[1], found[2], found[3]
	var bounds []plan.Expr
	switch upwards := s.op == "<" || s.op == "<="; {
	case s.op == "=" || s.op == "<>":
		bounds = []plan.Expr{least, greatest}
	case upwards == s.all:
		bounds = []plan.Expr{least}
	default:
		bounds = []plan.Expr{greatest}
	}
	var holds []plan.Expr
	for _, b := range bounds {
		c, err := operator(s.op, value, b, s.span)
		if err != nil {
			return nil, err
		}
		holds = append(holds, c)
	}
	result := plan.Conjoin(holds)
	if !s.all && len(holds) > 1 {
		result = either(holds...)
	}
	empty, err := operator("=", all, zero, s.span)
	if err != nil {
		return nil, err
	}
	nulls, err := operator("<", some, all, s.span)
	if err != nil {
		return nil, err
	}
	// What one value settles, false for ALL and true for ANY, no NULL unsettles.
	settled := result
	if s.all {
		settled = not(result)
	}
	return &plan.Special{Form: plan.Case, Typ: types.BooleanType, Args: []plan.Expr{
		either(isNull(all), empty), boolean(s.all),
		settled, boolean(!s.all),
		nulls, &plan.Literal{Typ: types.BooleanType},
		result,
	}}, nil
}
