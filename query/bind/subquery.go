package bind

import (
	"slices"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// subqueryKind is what is asked of a subquery.
type subqueryKind uint8

const (
	scalarValue subqueryKind = iota // its one row
	hasRows                         // EXISTS
	hasValue                        // value IN
	compared                        // value op ALL or ANY
)

// subquery is a subquery in expression position. It becomes joins with the node
// whose rows the expression is computed for.
type subquery struct {
	kind subqueryKind
	rel  *relation
	// op is the comparison of a compared one; all tells ALL from ANY.
	op     string
	all    bool
	values []plan.Expr // what it is compared with: the stand-in's first arguments
	params []param
	scope  *scope   // that the parameters are over
	span   ast.Span // where it is refused
	query  ast.Span
	refuse *ast.Error // nil when it can be computed
}

// standIn names the call that stands for a subquery while expressions are bound
// and moved from node to node. Its arguments are the value compared with the
// subquery's if there is one, what the subquery reads of the query around it, and
// the finding.
const standIn = "$subquery"

// standInOf returns a stand-in's subquery and its call.
func (f *findings) standInOf(e plan.Expr) (*subquery, *plan.Call) {
	call, ok := e.(*plan.Call)
	if !ok || call.Function.Name != standIn {
		return nil, nil
	}
	return f.of(call.Args[len(call.Args)-1].(*plan.Column)).subquery, call
}

// nested binds the subquery of an expression.
func (x *exprBinder) nested(q *ast.Query, kind subqueryKind, e ast.Expr) (*subquery, error) {
	span := ast.Place(e)
	if x.lambdas != nil {
		return nil, ast.Errorf(ast.NotSupported, span, "Lambda expression cannot contain subqueries")
	}
	if x.found == nil {
		return nil, notSupported(span, "Subquery in "+x.clause)
	}
	switch e := e.(type) { // where Trino places what it refuses to compute
	case *ast.ScalarSubquery, *ast.Quantified:
		span = q.Span()
	case *ast.InSubquery:
		span = ast.Place(e.Expr)
	}
	around := &enclosing{look: x.find, around: x.env.around(), span: span}
	rel, err := x.query(q, &env{ctes: x.env.cteList(), outer: around})
	if err != nil {
		return nil, err
	}
	return &subquery{kind: kind, rel: rel, params: around.params, scope: x.scope, span: span, query: q.Span(), refuse: around.refuse}, nil
}

// standFor leaves a finding and returns the stand-in for it.
func (x *exprBinder) standFor(s *subquery, values []plan.Expr, result types.Type) plan.Expr {
	s.values = values
	args := append([]plan.Expr(nil), values...)
	for _, p := range s.params {
		args = append(args, p.expr)
	}
	mark := x.found.addSubquery(s, x.source)
	args = append(args, mark)
	f := &function.Scalar{Name: standIn, Result: result}
	for _, a := range args {
		f.Args = append(f.Args, a.Type())
	}
	return &plan.Call{Function: f, Args: args}
}

func (x *exprBinder) scalarSubquery(e *ast.ScalarSubquery) (plan.Expr, error) {
	s, err := x.nested(e.Query, scalarValue, e)
	if err != nil {
		return nil, err
	}
	return x.standFor(s, nil, s.rel.value().Type()), nil
}

func (x *exprBinder) exists(e *ast.Exists) (plan.Expr, error) {
	s, err := x.nested(e.Query, hasRows, e)
	if err != nil {
		return nil, err
	}
	return x.standFor(s, nil, types.BooleanType), nil
}

func (x *exprBinder) inSubquery(e *ast.InSubquery) (plan.Expr, error) {
	value, err := x.expr(e.Expr)
	if err != nil {
		return nil, err
	}
	s, err := x.nested(e.Query, hasValue, e)
	if err != nil {
		return nil, err
	}
	value, t, err := x.comparedValue(value, s, ast.Place(e))
	if err != nil {
		return nil, err
	}
	if _, err := comparisonOf("=", t, ast.Place(e)); err != nil {
		return nil, err
	}
	return negated(x.standFor(s, []plan.Expr{value}, types.BooleanType), e.Not), nil
}

// quantified binds value op ALL|ANY (subquery). = ANY is IN, <> ALL is NOT IN.
func (x *exprBinder) quantified(e *ast.Quantified) (plan.Expr, error) {
	value, err := x.expr(e.Expr)
	if err != nil {
		return nil, err
	}
	s, err := x.nested(e.Query, compared, e)
	if err != nil {
		return nil, err
	}
	value, t, err := x.comparedValue(value, s, ast.Place(e))
	if err != nil {
		return nil, err
	}
	if _, err := comparisonOf(e.Op, t, ast.Place(e)); err != nil {
		return nil, err
	}
	s.op, s.all = e.Op, e.Quantifier == "ALL"
	if s.op == "=" && !s.all || s.op == "<>" && s.all {
		s.kind = hasValue
		return negated(x.standFor(s, []plan.Expr{value}, types.BooleanType), s.all), nil
	}
	if !hasOrder(t) {
		return nil, mismatch(ast.Place(e), "Subquery result type must be orderable")
	}
	return x.standFor(s, []plan.Expr{value}, types.BooleanType), nil
}

// comparedValue casts a value and the subquery it is compared with to one type;
// the subquery is then of one column. A row is compared with all columns.
func (x *exprBinder) comparedValue(value plan.Expr, s *subquery, span ast.Span) (plan.Expr, types.Type, error) {
	result := s.rel.value()
	comparable := len(s.rel.cols) == 1
	if value.Type().Kind == types.Row {
		result, comparable = s.rel.row(), true
	}
	var t types.Type
	if comparable {
		var err error
		if value, result, err = align(value, result); err != nil {
			return nil, t, at(err, span)
		}
		t, comparable = types.CommonSuperType(value.Type(), result.Type())
	}
	if !comparable {
		left := value.Type()
		if left.Kind != types.Row {
			left = types.RowOf(types.Field{Type: left})
		}
		return nil, t, mismatch(span, "Value expression and result of subquery must be of the same type: %s vs %s", left, s.rel.row().Type())
	}
	source := &plan.Project{Input: s.rel.node, Exprs: []plan.Expr{cast(result, t)}, Names: []string{"$value"}}
	s.rel = newRelation(source, []string{"$value"})
	return cast(value, t), t, nil
}

// value is a row of a relation as one value: its column, or all of them as a row.
func (r *relation) value() plan.Expr {
	if len(r.cols) == 1 {
		return r.cols[0].ref()
	}
	return r.row()
}

// row is a row of a relation as a value of a row type.
func (r *relation) row() plan.Expr {
	row := &plan.Special{Form: plan.MakeRow}
	var fields []types.Field
	for _, c := range r.cols {
		row.Args = append(row.Args, c.ref())
		fields = append(fields, types.Field{Name: c.name, Type: c.typ})
	}
	row.Typ = types.RowOf(fields...)
	return row
}

// addSubquery numbers a subquery; one that is written the same and reads the
// same is shared, so that a group key finds itself in the SELECT list.
func (f *findings) addSubquery(s *subquery, source func(ast.Node) string) *plan.Column {
	name := [...]string{"$subquery", "$exists", "$in", "$compared"}[s.kind]
	text := source(ast.At{Pos: s.query})
	for i, e := range f.entries {
		o := e.subquery
		if o != nil && text != "" && source(ast.At{Pos: o.query}) == text && sameQuestion(s, o) && sameParams(s, o) {
			return &plan.Column{Index: -i - 1, Name: name, Typ: types.BooleanType}
		}
	}
	return f.add(finding{subquery: s}, name, types.BooleanType)
}

// sameQuestion reports whether two subqueries of one text are asked for the same.
func sameQuestion(a, b *subquery) bool {
	return a.kind == b.kind && a.op == b.op && a.all == b.all && slices.EqualFunc(a.values, b.values, func(v, o plan.Expr) bool {
		return plan.Equal(v, o) && !plan.IsVolatile(v)
	})
}

func sameParams(a, b *subquery) bool {
	if a.scope.rel != b.scope.rel || len(a.params) != len(b.params) || isVolatile(a.rel.node) {
		return false
	}
	for i := range a.params {
		if !plan.Equal(a.params[i].expr, b.params[i].expr) {
			return false
		}
	}
	return true
}

// isVolatile reports whether a plan calls a function such as random().
func isVolatile(n plan.Node) bool {
	found := false
	plan.Walk(n, func(n plan.Node) bool {
		for _, e := range plan.Exprs(n) {
			found = found || plan.IsVolatile(e)
		}
		return !found
	})
	return found
}
