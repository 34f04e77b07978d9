package bind

import (
	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// subqueryKind is what is asked of a subquery.
type subqueryKind uint8

const (
	scalarValue subqueryKind = iota
	hasRows
	hasValue
)

// subquery is an uncorrelated subquery in expression position. It becomes a
// join with the node whose rows the expression is computed for.
type subquery struct {
	kind subqueryKind
	rel  *relation
	eq   *function.Scalar // hasValue: compares the value and the column, of one type
	span ast.Span
}

// membership is the stand-in for "value IN (subquery)" while expressions are
// bound: a call whose arguments are the value and the finding.
const membership = "$in_subquery"

// nested binds a subquery in expression position.
func (x *exprBinder) nested(q *ast.Query, span ast.Span) (*relation, error) {
	if x.lambdas != nil {
		return nil, notSupported(span, "Lambda expression with a subquery")
	}
	if x.noSubqueries || x.found == nil {
		return nil, notSupported(span, "Subquery in "+x.clause)
	}
	return x.query(q, &env{ctes: x.env.cteList(), outer: x.scope})
}

// oneColumn refuses subqueries whose result is not one column.
func oneColumn(rel *relation, span ast.Span) error {
	if len(rel.cols) != 1 {
		return notSupported(span, "Subquery with more than one column as a value")
	}
	return nil
}

func (x *exprBinder) scalarSubquery(e *ast.ScalarSubquery) (plan.Expr, error) {
	rel, err := x.nested(e.Query, e.Span())
	if err != nil {
		return nil, err
	}
	if err := oneColumn(rel, e.Span()); err != nil {
		return nil, err
	}
	return x.found.add(finding{subquery: &subquery{kind: scalarValue, rel: rel, span: e.Span()}}, "$subquery", rel.cols[0].typ), nil
}

func (x *exprBinder) exists(e *ast.Exists) (plan.Expr, error) {
	rel, err := x.nested(e.Query, e.Span())
	if err != nil {
		return nil, err
	}
	return x.found.add(finding{subquery: &subquery{kind: hasRows, rel: rel, span: e.Span()}}, "$exists", types.BooleanType), nil
}

func (x *exprBinder) inSubquery(e *ast.InSubquery) (plan.Expr, error) {
	value, err := x.expr(e.Expr)
	if err != nil {
		return nil, err
	}
	rel, err := x.nested(e.Query, e.Query.Span())
	if err != nil {
		return nil, err
	}
	if err := oneColumn(rel, e.Query.Span()); err != nil {
		return nil, err
	}
	var column plan.Expr = rel.cols[0].ref()
	value, column, err = align(value, column)
	if err != nil {
		return nil, at(err, e.Span())
	}
	t, ok := types.CommonSuperType(value.Type(), column.Type())
	if !ok {
		return nil, mismatch(e.Span(), "value and result of subquery must be of the same type for IN expression: %s vs %s", value.Type(), column.Type())
	}
	eq, err := comparisonOf("=", t, e.Span())
	if err != nil {
		return nil, err
	}
	source := &plan.Project{Input: rel.node, Exprs: []plan.Expr{cast(column, t)}, Names: []string{"$value"}}
	sub := &subquery{kind: hasValue, rel: newRelation(source, []string{"$value"}), eq: eq, span: e.Span()}
	mark := x.found.add(finding{subquery: sub}, "$in", types.BooleanType)
	f := &function.Scalar{Name: membership, Args: []types.Type{t, types.BooleanType}, Result: types.BooleanType}
	return negated(&plan.Call{Function: f, Args: []plan.Expr{cast(value, t), mark}}, e.Not), nil
}

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
		if failed != nil {
			return e
		}
		switch v := e.(type) {
		case *plan.Column:
			f := a.found.of(v)
			if f == nil || f.subquery == nil || f.subquery.kind == hasValue {
				return e
			}
			return a.once(v.Index, &failed, func() (plan.Expr, error) { return a.join(f.subquery) })
		case *plan.Call:
			if v.Function.Name != membership {
				return e
			}
			mark := v.Args[1].(*plan.Column)
			sub := a.found.of(mark).subquery
			return a.once(mark.Index, &failed, func() (plan.Expr, error) { return a.member(v.Args[0], sub) })
		}
		return e
	})
	return out, failed
}

func (a *attachment) once(index int, failed *error, make func() (plan.Expr, error)) plan.Expr {
	if e, ok := a.done[index]; ok {
		return e
	}
	e, err := make()
	if err != nil {
		*failed = err
		return nil
	}
	if a.done == nil {
		a.done = map[int]plan.Expr{}
	}
	a.done[index] = e
	return e
}

// join adds the one row of a scalar or EXISTS subquery to every row.
func (a *attachment) join(s *subquery) (plan.Expr, error) {
	width := len(a.node.Outputs())
	if s.kind == scalarValue {
		right := s.rel.node
		if !yieldsOneRow(right) {
			right = &plan.OneRow{Input: right}
		}
		a.node = &plan.Join{Kind: plan.Inner, Left: a.node, Right: right}
		c := s.rel.cols[0]
		return &plan.Column{Index: width + c.index, Name: c.name, Typ: c.typ}, nil
	}
	count, err := countAll(s.span)
	if err != nil {
		return nil, err
	}
	first := &plan.Limit{Input: s.rel.node, Count: 1}
	a.node = &plan.Join{Kind: plan.Inner, Left: a.node, Right: &plan.Aggregate{Input: first, Aggs: []plan.AggCall{count}}}
	return operator(">", &plan.Column{Index: width, Name: count.Name, Typ: types.BigIntType}, zero, s.span)
}

var zero = &plan.Literal{Value: int64(0), Typ: types.BigIntType}

func countAll(span ast.Span) (plan.AggCall, error) {
	f, err := function.ResolveAggregate("count", nil, nil)
	return plan.AggCall{Function: f, Name: "$count"}, at(err, span)
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

// member computes "value IN (subquery)" with SQL's three values: a left join
// finds the match, and counts tell an empty result and one with NULLs apart.
func (a *attachment) member(value plan.Expr, s *subquery) (plan.Expr, error) {
	if err := a.binder.grow(count(s.rel.node), s.span); err != nil {
		return nil, err
	}
	width := len(a.node.Outputs())
	set := distinct(s.rel.node, []string{"$value"})
	marked := &plan.Project{
		Input: set, Names: []string{"$value", "$match"},
		Exprs: append(plan.ColumnRefs(set), &plan.Literal{Value: true, Typ: types.BooleanType}),
	}
	joined := &plan.Join{
		Kind: plan.Left, Left: a.node, Right: marked,
		LeftKeys: []plan.Expr{value}, RightKeys: plan.ColumnRefs(set),
	}
	rows, err := countAll(s.span)
	if err != nil {
		return nil, err
	}
	column := s.rel.cols[0].ref()
	counter, err := function.ResolveAggregate("count", argTypes([]plan.Expr{column}), nil)
	if err != nil {
		return nil, at(err, s.span)
	}
	values := plan.AggCall{Function: counter, Args: []plan.Expr{column}, Name: "$values"}
	counts := &plan.Aggregate{Input: duplicate(s.rel.node), Aggs: []plan.AggCall{rows, values}}
	a.node = &plan.Join{Kind: plan.Inner, Left: joined, Right: counts}

	match := &plan.Column{Index: width + 1, Name: "$match", Typ: types.BooleanType}
	all := &plan.Column{Index: width + 2, Name: rows.Name, Typ: types.BigIntType}
	some := &plan.Column{Index: width + 3, Name: values.Name, Typ: types.BigIntType}
	empty, err := operator("=", all, zero, s.span)
	if err != nil {
		return nil, err
	}
	nulls, err := operator("<", some, all, s.span)
	if err != nil {
		return nil, err
	}
	return &plan.Special{Form: plan.Case, Typ: types.BooleanType, Args: []plan.Expr{
		not(isNull(match)), boolean(true),
		empty, boolean(false),
		&plan.Special{Form: plan.Or, Args: []plan.Expr{isNull(value), nulls}, Typ: types.BooleanType}, &plan.Literal{Typ: types.BooleanType},
		boolean(false),
	}}, nil
}

func isNull(e plan.Expr) plan.Expr {
	return &plan.Special{Form: plan.IsNull, Args: []plan.Expr{e}, Typ: types.BooleanType}
}

func boolean(v bool) plan.Expr { return &plan.Literal{Value: v, Typ: types.BooleanType} }

// semiJoin keeps the rows whose value is in the subquery; what a WHERE asks of
// a plain IN, where NULL and false are the same.
func (a *attachment) semiJoin(c plan.Expr) (bool, error) {
	call, ok := c.(*plan.Call)
	if !ok || call.Function.Name != membership {
		return false, nil
	}
	value, err := a.attach(call.Args[0])
	if err != nil {
		return false, err
	}
	set := distinct(a.found.of(call.Args[1].(*plan.Column)).subquery.rel.node, []string{"$value"})
	a.node = &plan.Join{
		Kind: plan.Inner, Left: a.node, Right: set,
		LeftKeys: []plan.Expr{value}, RightKeys: plan.ColumnRefs(set),
	}
	return true, nil
}
