package bind

import (
	"slices"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
)

// joinLateral binds l JOIN LATERAL (query), which sees l's columns.
func (b *binder) joinLateral(l *relation, t *ast.Lateral, j *ast.Join, e *env) (*relation, error) {
	if len(j.Using) > 0 || j.Natural {
		return nil, notSupported(t.Span(), "LATERAL with USING or NATURAL")
	}
	if j.Kind == ast.RightJoin || j.Kind == ast.FullJoin {
		r, err := b.query(t.Query, &env{ctes: e.cteList(), outer: b.forbidden(l, j, e)})
		if err != nil {
			return nil, err
		}
		if r, err = named(r, t.Alias, t.Span()); err != nil {
			return nil, err
		}
		return b.joinOn(l, r, j, e)
	}
	out, join, err := b.lateral(l, t, e)
	if err != nil || j.Kind == ast.CrossJoin {
		return out, err
	}
	x := &exprBinder{binder: b, env: e, scope: &scope{rel: out, outer: e.around()}, clause: "JOIN clause"}
	cond, err := x.expr(j.On)
	if err != nil {
		return nil, err
	}
	if cond, err = condition(cond, "JOIN ON clause", j.On.Span()); err != nil {
		return nil, err
	}
	if j.Kind == ast.LeftJoin {
		join.Kind = plan.Left
	}
	left, right, residual := equations(cond, len(join.Left.Outputs()))
	join.LeftKeys = append(slices.Clip(join.LeftKeys), left...)
	join.RightKeys = append(slices.Clip(join.RightKeys), right...)
	join.Residual = residual
	return out, nil
}

// lateral puts the rows that a query has for each row of l beside it; l may be nil
// for none. The join is the result's node.
func (b *binder) lateral(l *relation, t *ast.Lateral, e *env) (*relation, *plan.Join, error) {
	if l == nil {
		l = &relation{node: &plan.Values{Rows: [][]plan.Expr{{}}}}
	}
	around := &enclosing{look: (&scope{rel: l, outer: e.around()}).find, around: e.around(), span: t.Query.Span()}
	r, err := b.query(t.Query, &env{ctes: e.cteList(), outer: around})
	if err != nil {
		return nil, nil, err
	}
	if r, err = named(r, t.Alias, t.Span()); err != nil {
		return nil, nil, err
	}
	a := &attachment{binder: b, node: l.node}
	params := make([]plan.Expr, len(around.params))
	for i, p := range around.params {
		params[i] = p.expr
	}
	d, err := a.unnest(&subquery{rel: r, span: around.span, refuse: around.refuse}, params, false)
	if err != nil {
		return nil, nil, err
	}
	join := d.join(plan.Inner, a.node, d.node)
	out := beside(join, &relation{node: a.node, cols: l.cols}, r)
	for i := range out.cols[len(l.cols):] {
		out.cols[len(l.cols)+i].index += len(d.outer)
	}
	return out, join, nil
}
