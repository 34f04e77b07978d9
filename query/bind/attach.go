package bind

import (
	"slices"

	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// attachment joins the subqueries of expressions to the node they are
// computed over. Columns of the node keep their places.
type attachment struct {
	binder *binder
	found  *findings
	node   plan.Node
	done   map[int]plan.Expr // by the finding's index: the value over node
}

// attach returns the expression with its subqueries replaced by columns of the
// node, which gains them.
func (a *attachment) attach(e plan.Expr) (plan.Expr, error) {
	var failed error
	out := plan.TransformExpr(e, func(e plan.Expr) plan.Expr {
		s, call := a.found.standInOf(e)
		if s == nil || failed != nil {
			return e
		}
		var value plan.Expr
		if value, failed = a.once(s, call); failed != nil {
			return e
		}
		return value
	})
	return out, failed
}

func (a *attachment) once(s *subquery, call *plan.Call) (plan.Expr, error) {
	index := call.Args[len(call.Args)-1].(*plan.Column).Index
	if e, ok := a.done[index]; ok {
		return e, nil
	}
	e, err := a.value(s, call.Args[:len(s.values)], call.Args[len(s.values):len(call.Args)-1])
	if err != nil {
		return nil, err
	}
	if a.done == nil {
		a.done = map[int]plan.Expr{}
	}
	a.done[index] = e
	return e, nil
}

// value computes what is asked of a subquery, for every row of the node.
func (a *attachment) value(s *subquery, values, params []plan.Expr) (plan.Expr, error) {
	switch s.kind {
	case scalarValue:
		if len(params) == 0 {
			return a.oneRow(s), nil
		}
		return a.oneRowEach(s, params)
	case hasRows:
		if len(params) == 0 {
			return a.anyRow(s)
		}
		return a.anyRowEach(s, params)
	case hasValue:
		return a.member(s, values[0], params)
	}
	return a.comparison(s, values[0], params)
}

// oneRow adds the one row of a scalar subquery to every row.
func (a *attachment) oneRow(s *subquery) plan.Expr {
	width := len(a.node.Outputs())
	right := s.rel.node
	if !yieldsOneRow(right) {
		right = &plan.OneRow{Input: right}
	}
	a.node = &plan.Join{Kind: plan.Inner, Left: a.node, Right: right}
	return plan.MapColumns(s.rel.value(), func(i int) int { return width + i })
}

// oneRowEach adds to every row the one row that a scalar subquery has for it.
func (a *attachment) oneRowEach(s *subquery, params []plan.Expr) (plan.Expr, error) {
	d, err := a.unnest(s, params, true)
	if err != nil {
		return nil, err
	}
	k, refs := len(d.outer), plan.ColumnRefs(d.node)
	cols := s.rel.cols
	single := yieldsOneRow(s.rel.node) || yieldsAtMostOne(s.rel.node)
	var right plan.Node
	if single {
		p := &plan.Project{Input: d.node}
		for i, e := range refs[:k] {
			p.Exprs, p.Names = append(p.Exprs, e), append(p.Names, keyName(i))
		}
		for _, c := range cols {
			p.Exprs, p.Names = append(p.Exprs, refs[k+c.index]), append(p.Names, c.name)
		}
		p.Exprs, p.Names = append(p.Exprs, boolean(true)), append(p.Names, "$match")
		right = p
	} else {
		agg := &plan.Aggregate{Input: d.node, Keys: refs[:k], Names: keyNames(k)}
		for _, c := range cols {
			call, err := aggregateCall("arbitrary", c.name, refs[k+c.index])
			if err != nil {
				return nil, at(err, s.span)
			}
			agg.Aggs = append(agg.Aggs, call)
		}
		count, err := aggregateCall("count", "$rows")
		if err != nil {
			return nil, at(err, s.span)
		}
		agg.Aggs, right = append(agg.Aggs, count), agg
	}
	base := a.leftJoin(d, right) + k
	joined := plan.ColumnRefs(a.node)
	last := joined[base+len(cols)]
	values := make([]plan.Expr, len(cols))
	for i := range cols {
		values[i] = joined[base+i]
		if !single {
			one, err := resolve("$one_row", []plan.Expr{last})
			if err != nil {
				return nil, at(err, s.span)
			}
			values[i] = choose(one, values[i], &plan.Literal{Typ: values[i].Type()})
		} else if d.empty != nil {
			values[i] = choose(not(isNull(last)), values[i], d.empty[cols[i].index])
		}
	}
	return plan.RewriteExpr(s.rel.value(), func(e plan.Expr) (plan.Expr, bool) {
		c, ok := e.(*plan.Column)
		if !ok {
			return nil, false
		}
		i := slices.IndexFunc(cols, func(o column) bool { return o.index == c.Index })
		return values[i], true
	}), nil
}

func choose(cond, yes, no plan.Expr) plan.Expr {
	return &plan.Special{Form: plan.Case, Args: []plan.Expr{cond, yes, no}, Typ: yes.Type()}
}

// anyRow tells for all rows alike whether a subquery has a row.
func (a *attachment) anyRow(s *subquery) (plan.Expr, error) {
	width := len(a.node.Outputs())
	count, err := aggregateCall("count", "$count")
	if err != nil {
		return nil, at(err, s.span)
	}
	first := &plan.Limit{Input: s.rel.node, Count: 1}
	a.node = &plan.Join{Kind: plan.Inner, Left: a.node, Right: &plan.Aggregate{Input: first, Aggs: []plan.AggCall{count}}}
	return operator(">", &plan.Column{Index: width, Name: count.Name, Typ: types.BigIntType}, zero, s.span)
}

// anyRowEach tells for each row whether a subquery has a row for it.
func (a *attachment) anyRowEach(s *subquery, params []plan.Expr) (plan.Expr, error) {
	if yieldsOneRow(s.rel.node) {
		return boolean(true), nil
	}
	d, err := a.unnest(s, params, false)
	if err != nil {
		return nil, err
	}
	a.node = d.join(plan.Mark, a.node, d.node)
	return &plan.Column{Index: len(a.node.Outputs()) - 1, Name: "$mark", Typ: types.BooleanType}, nil
}

var zero = &plan.Literal{Value: int64(0), Typ: types.BigIntType}

func aggregateCall(name, output string, args ...plan.Expr) (plan.AggCall, error) {
	f, err := function.ResolveAggregate(name, argTypes(args), nil)
	return plan.AggCall{Function: f, Args: args, Name: output}, err
}

// yieldsOneRow reports whether a plan has exactly one row whatever it reads.
func yieldsOneRow(n plan.Node) bool {
	switch n := n.(type) {
	case *plan.Aggregate:
		return len(n.Keys) == 0
	case *plan.Values:
		return len(n.Rows) == 1
	case *plan.Project:
		return yieldsOneRow(n.Input)
	case *plan.Sort:
		return yieldsOneRow(n.Input)
	case *plan.OneRow:
		return true
	}
	return false
}

// yieldsAtMostOne reports whether a plan has no more than one row.
func yieldsAtMostOne(n plan.Node) bool {
	switch n := n.(type) {
	case *plan.Limit:
		return n.Count >= 0 && n.Count <= 1 || yieldsAtMostOne(n.Input)
	case *plan.Project:
		return yieldsAtMostOne(n.Input)
	case *plan.Filter:
		return yieldsAtMostOne(n.Input)
	}
	return yieldsOneRow(n)
}

// marked adds a column that is true on every row of a node.
func marked(n plan.Node) plan.Node {
	p := &plan.Project{Input: n, Exprs: append(plan.ColumnRefs(n), boolean(true))}
	for _, o := range n.Outputs() {
		p.Names = append(p.Names, o.Name)
	}
	p.Names = append(p.Names, "$match")
	return p
}

// leftJoin puts right, whose first columns are d's keys, beside every row of the
// node, and returns where its columns begin.
func (a *attachment) leftJoin(d *dependent, right plan.Node) int {
	width := len(a.node.Outputs())
	a.node = d.join(plan.Left, a.node, right)
	return width
}

func isNull(e plan.Expr) plan.Expr {
	return &plan.Special{Form: plan.IsNull, Args: []plan.Expr{e}, Typ: types.BooleanType}
}

func boolean(v bool) plan.Expr { return &plan.Literal{Value: v, Typ: types.BooleanType} }

// keep applies a condition that is nothing but [NOT] EXISTS or IN, where NULL and
// false are the same: the other rows go. It answers false for any other condition.
func (a *attachment) keep(cond plan.Expr) (bool, error) {
	kind := plan.Semi
	if n, ok := cond.(*plan.Special); ok && n.Form == plan.Not {
		cond, kind = n.Args[0], plan.Anti
	}
	s, call := a.found.standInOf(cond)
	switch {
	case s == nil:
		return false, nil
	case s.kind == hasRows && len(s.params) > 0 && !yieldsOneRow(s.rel.node):
	case s.kind == hasValue && kind == plan.Semi:
	default:
		return false, nil
	}
	args := make([]plan.Expr, len(call.Args)-1)
	for i := range args {
		var err error
		if args[i], err = a.attach(call.Args[i]); err != nil {
			return false, err
		}
	}
	d, err := a.unnest(s, args[len(s.values):], false)
	if err != nil {
		return false, err
	}
	if s.kind == hasValue {
		match := d.with(args[0])
		a.node = match.join(kind, a.node, match.node)
	} else {
		a.node = d.join(kind, a.node, d.node)
	}
	return true, nil
}
