package bind

import (
	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
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
	switch {
	case j.Kind == ast.FullJoin:
		return nil, notSupported(j.Span(), "FULL JOIN")
	case j.Natural:
		return nil, notSupported(j.Span(), "Natural join")
	}
	l, err := b.tableExpr(j.Left, e)
	if err != nil {
		return nil, err
	}
	if u, ok := j.Right.(*ast.Unnest); ok {
		return b.joinUnnest(l, u, j, e)
	}
	r, err := b.tableExpr(j.Right, e)
	if err != nil {
		return nil, err
	}
	switch {
	case len(j.Using) > 0:
		return joinUsing(l, r, j)
	case j.Kind == ast.CrossJoin:
		return crossJoin(l, r), nil
	}
	return b.joinOn(l, r, j, e)
}

// joinUnnest binds l JOIN UNNEST(…), which sees l's columns. Its condition can
// only be TRUE.
func (b *binder) joinUnnest(l *relation, u *ast.Unnest, j *ast.Join, e *env) (*relation, error) {
	if j.Kind == ast.RightJoin {
		return nil, notSupported(j.Span(), "RIGHT JOIN involving UNNEST")
	}
	on, isLiteral := j.On.(*ast.Literal)
	always := isLiteral && on.Kind == ast.BooleanLiteral && on.Text == "true"
	if len(j.Using) > 0 || (j.Kind != ast.CrossJoin && !always) {
		return nil, ast.Errorf(ast.NotSupported, j.Span(), "%s involving UNNEST is only supported with condition ON TRUE", j.Kind)
	}
	return b.unnest(l, u, j.Kind == ast.LeftJoin, e)
}

// joinOn binds the condition over both sides and takes the equations between
// them out as keys.
func (b *binder) joinOn(l, r *relation, j *ast.Join, e *env) (*relation, error) {
	if j.On == nil {
		return nil, ast.Errorf(ast.SyntaxError, j.Span(), "%s needs a condition: ON or USING", j.Kind)
	}
	both := crossJoin(l, r)
	x := &exprBinder{binder: b, env: e, scope: &scope{rel: both, outer: e.scope()}, clause: "JOIN clause", noSubqueries: true}
	cond, err := x.expr(j.On)
	if err != nil {
		return nil, err
	}
	if cond, err = condition(cond, "JOIN ON clause", j.On.Span()); err != nil {
		return nil, err
	}
	width := len(l.node.Outputs())
	if j.Kind == ast.RightJoin {
		return rightJoin(l, r, cond), nil
	}
	node := &plan.Join{Left: l.node, Right: r.node}
	if j.Kind == ast.LeftJoin {
		node.Kind = plan.Left
	}
	node.LeftKeys, node.RightKeys, node.Residual = equations(cond, width)
	return beside(node, l, r), nil
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

// joinUsing joins on columns of the same name; each appears once, first.
func joinUsing(l, r *relation, j *ast.Join) (*relation, error) {
	left, right := l, r
	if j.Kind == ast.RightJoin {
		left, right = r, l
	}
	node := &plan.Join{Left: left.node, Right: right.node}
	if j.Kind != ast.InnerJoin {
		node.Kind = plan.Left
	}
	var merged []column
	used := map[*column]bool{}
	for _, id := range j.Using {
		lc, err := usingColumn(left, id)
		if err != nil {
			return nil, err
		}
		rc, err := usingColumn(right, id)
		if err != nil {
			return nil, err
		}
		t, ok := types.CommonSuperType(lc.typ, rc.typ)
		if !ok {
			return nil, mismatch(id.Span(), "Column types of left and right side are incompatible: %s, %s", lc.typ, rc.typ)
		}
		if _, err := comparisonOf("=", t, id.Span()); err != nil {
			return nil, err
		}
		node.LeftKeys = append(node.LeftKeys, cast(lc.ref(), t))
		node.RightKeys = append(node.RightKeys, cast(rc.ref(), t))
		used[lc], used[rc] = true, true
		merged = append(merged, column{name: id.Name, typ: t, index: lc.index})
	}
	return usingOutputs(node, l, r, left, merged, used), nil
}

func usingColumn(rel *relation, id ast.Ident) (*column, error) {
	found := rel.find(nil, id.Name)
	switch len(found) {
	case 0:
		return nil, ast.Errorf(ast.ColumnNotFound, id.Span(), "Column '%s' is missing from one side of join", id.Name)
	case 1:
		return found[0], nil
	}
	return nil, ast.Errorf(ast.AmbiguousName, id.Span(), "Column '%s' is ambiguous", id.Name)
}

// usingOutputs puts the merged columns before the others, l's before r's.
// preserved is the side that is the join's left.
func usingOutputs(node *plan.Join, l, r, preserved *relation, merged []column, used map[*column]bool) *relation {
	out := &relation{}
	p := &plan.Project{Input: node}
	refs := plan.ColumnRefs(node)
	add := func(c column, e plan.Expr) {
		c.index = len(p.Exprs)
		p.Exprs = append(p.Exprs, e)
		p.Names = append(p.Names, c.name)
		out.cols = append(out.cols, c)
	}
	for _, m := range merged {
		add(m, cast(refs[m.index], m.typ))
	}
	for _, rel := range []*relation{l, r} {
		base := 0
		if rel != preserved {
			base = len(preserved.node.Outputs())
		}
		for i := range rel.cols {
			if c := &rel.cols[i]; !used[c] {
				add(*c, refs[base+c.index])
			}
		}
	}
	out.node = p
	return out
}
