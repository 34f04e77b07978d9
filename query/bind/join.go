package bind

import (
	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
)

// crossJoin pairs every row of l with every row of r.
func crossJoin(l, r *relation) *relation {
	return beside(&plan.Join{Kind: plan.Inner, Left: l.node, Right: r.node}, l, r)
}

// beside names the outputs of a join: those of l, then those of r.
func beside(node plan.Node, l, r *relation) *relation {
	width := len(l.node.Outputs())
	out := &relation{node: node, cols: append([]column(nil), l.cols...)}
	for _, c := range r.cols {
		c.index += width
		out.cols = append(out.cols, c)
	}
	return out
}

// join binds l JOIN r.
func (b *binder) join(j *ast.Join, e *env) (*relation, error) {
	l, err := b.tableExpr(j.Left, e)
	if err != nil {
		return nil, err
	}
	switch right := j.Right.(type) {
	case *ast.Unnest:
		return b.joinUnnest(l, right, j, e)
	case *ast.Lateral:
		return b.joinLateral(l, right, j, e)
	}
	r, err := b.tableExpr(j.Right, e)
	if err != nil {
		return nil, err
	}
	switch {
	case j.Natural:
		return joinUsing(l, r, j, sharedNames(l, r))
	case len(j.Using) > 0:
		return joinUsing(l, r, j, j.Using)
	case j.Kind == ast.CrossJoin:
		return crossJoin(l, r), nil
	}
	return b.joinOn(l, r, j, e)
}

// joinUnnest binds l JOIN UNNEST(…), which sees l's columns. Its condition can
// only be TRUE.
func (b *binder) joinUnnest(l *relation, u *ast.Unnest, j *ast.Join, e *env) (*relation, error) {
	on, isLiteral := j.On.(*ast.Literal)
	always := isLiteral && on.Kind == ast.BooleanLiteral && on.Text == "true"
	switch {
	case j.Kind == ast.CrossJoin:
	case j.On != nil && !always:
		return nil, notOnTrue(j, ast.Place(j.On))
	case j.On == nil:
		return nil, notOnTrue(j, j.Span())
	}
	if j.Kind == ast.RightJoin || j.Kind == ast.FullJoin {
		r, err := b.unnest(nil, u, false, &env{ctes: e.cteList(), outer: b.forbidden(l, j, e)})
		if err != nil {
			return nil, err
		}
		return joinKind(l, r, j.Kind, boolean(true)), nil
	}
	return b.unnest(l, u, j.Kind == ast.LeftJoin, e)
}

func notOnTrue(j *ast.Join, span ast.Span) error {
	return ast.Errorf(ast.NotSupported, span, "%s involving UNNEST is only supported with condition ON TRUE", j.Kind)
}

// forbidden is the scope of a right side that may not read the left one.
func (b *binder) forbidden(l *relation, j *ast.Join, e *env) *enclosing {
	left := &scope{rel: l}
	return &enclosing{around: e.around(), look: func(parts []ast.Ident, span ast.Span) (plan.Expr, error) {
		if found, err := left.find(parts, span); found != nil || err != nil {
			return nil, ast.Errorf(ast.ColumnNotFound, span, "LATERAL reference not allowed in %s", j.Kind)
		}
		return nil, nil
	}}
}

// joinOn binds the condition over both sides and takes the equations between
// them out as keys.
func (b *binder) joinOn(l, r *relation, j *ast.Join, e *env) (*relation, error) {
	if j.On == nil {
		return nil, ast.Errorf(ast.SyntaxError, j.Span(), "%s needs a condition: ON or USING", j.Kind)
	}
	both := crossJoin(l, r)
	found := &findings{}
	x := &exprBinder{binder: b, env: e, scope: &scope{rel: both, outer: e.around()}, clause: "JOIN clause", whole: j.On, found: found}
	cond, err := x.expr(j.On)
	if err != nil {
		return nil, err
	}
	if cond, err = condition(cond, "JOIN ON clause", j.On.Span()); err != nil {
		return nil, err
	}
	on := &joinCondition{binder: b, found: found, l: l, r: r, kind: j.Kind}
	return on.join(plan.Conjuncts(cond))
}

// joinKind joins two sides on a condition over the columns of both.
func joinKind(l, r *relation, kind ast.JoinKind, cond plan.Expr) *relation {
	if kind == ast.RightJoin {
		return rightJoin(l, r, cond)
	}
	node := &plan.Join{Left: l.node, Right: r.node}
	switch kind {
	case ast.LeftJoin:
		node.Kind = plan.Left
	case ast.FullJoin:
		node.Kind = plan.Full
	}
	node.LeftKeys, node.RightKeys, node.Residual = equations(cond, len(l.node.Outputs()))
	return beside(node, l, r)
}

// rightJoin is a left join with the sides swapped and the columns put back.
func rightJoin(l, r *relation, cond plan.Expr) *relation {
	lw, rw := len(l.node.Outputs()), len(r.node.Outputs())
	swapped := plan.MapColumns(cond, func(i int) int {
		if i < lw {
			return rw + i
		}
		return i - lw
	})
	node := &plan.Join{Kind: plan.Left, Left: r.node, Right: l.node}
	node.LeftKeys, node.RightKeys, node.Residual = equations(swapped, rw)
	refs := plan.ColumnRefs(node)
	back := &plan.Project{Input: node}
	for _, ref := range append(append([]plan.Expr(nil), refs[rw:]...), refs[:rw]...) {
		back.Exprs = append(back.Exprs, ref)
		back.Names = append(back.Names, ref.(*plan.Column).Name)
	}
	return beside(back, l, r)
}

// equations splits a join condition over left columns (below width) and right
// ones into equal keys and what is left.
func equations(cond plan.Expr, width int) (left, right []plan.Expr, residual plan.Expr) {
	var rest []plan.Expr
	for _, c := range plan.Conjuncts(cond) {
		l, r, ok := equation(c, width)
		if !ok {
			rest = append(rest, c)
			continue
		}
		left = append(left, l)
		right = append(right, plan.MapColumns(r, func(i int) int { return i - width }))
	}
	if l, ok := plan.Conjoin(rest).(*plan.Literal); ok && l.Value == true {
		return left, right, nil
	}
	return left, right, plan.Conjoin(rest)
}

func equation(c plan.Expr, width int) (l, r plan.Expr, ok bool) {
	call, isCall := c.(*plan.Call)
	if !isCall || call.Function.Name != "=" || plan.IsVolatile(c) {
		return nil, nil, false
	}
	first, second := call.Args[0], call.Args[1]
	switch {
	case sideOf(first, width) == 1 && sideOf(second, width) == 2:
		return first, second, true
	case sideOf(first, width) == 2 && sideOf(second, width) == 1:
		return second, first, true
	}
	return nil, nil, false
}

// sideOf tells which side's columns an expression reads: 0 none, 1 left, 2
// right, 3 both.
func sideOf(e plan.Expr, width int) int {
	side := 0
	plan.ColumnsOf(e, func(c *plan.Column) {
		if c.Index < width {
			side |= 1
		} else {
			side |= 2
		}
	})
	return side
}
