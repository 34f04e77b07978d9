package optimize

import (
	"slices"

	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// pushJoin moves conditions above a join, and parts of its ON condition, to the
// side they are about. How far they may go depends on what the join keeps:
//
//   - a condition on the outputs moves to a side whose rows are never replaced by
//     NULLs: both of an inner join, the left one of the others, none of a full one;
//   - a part of the ON condition moves to a side of which only rows with a match
//     are yielded: both of an inner and a semi join, the right one of the others,
//     none of a full one.
//
// Equations between the sides become keys.
func pushJoin(n *plan.Join, conds []plan.Expr) plan.Node {
	width := len(n.Left.Outputs())
	isLeft := func(c *plan.Column) bool { return c.Index < width }
	isRight := func(c *plan.Column) bool { return c.Index >= width }
	if n.Kind == plan.Full && keepsRightOnly(n, conds) {
		return pushSwapped(n, conds)
	}
	out := *n
	out.Kind, conds = narrowed(n, conds)
	on := plan.Conjuncts(n.Residual)
	var left, right, stay []plan.Expr
	switch out.Kind {
	case plan.Inner: // ON and WHERE are the same thing here
		on = append(on, conds...)
		left, on = movable(on, isLeft)
		right, on = movable(on, isRight)
	case plan.Full:
		stay = conds
	default:
		left, stay = partition(conds, isLeft)
		if out.Kind == plan.Semi {
			var more []plan.Expr
			more, on = movable(on, isLeft)
			left = append(left, more...)
		}
		right, on = movable(on, isRight)
	}
	splitKeys(&out, on, width)
	for i, c := range right {
		right[i] = plan.MapColumns(c, func(i int) int { return i - width })
	}
	out.Left, out.Right = push(n.Left, left), push(n.Right, right)
	if n.Kind != plan.Mark || out.Kind == plan.Mark {
		return filter(&out, stay)
	}
	mark := &plan.Literal{Value: out.Kind == plan.Semi, Typ: types.BooleanType}
	return filter(&plan.Project{Input: &out, Exprs: append(plan.ColumnRefs(&out), mark), Names: outputNames(n)}, stay)
}

func outputNames(n plan.Node) []string {
	var names []string
	for _, o := range n.Outputs() {
		names = append(names, o.Name)
	}
	return names
}

// narrowed returns the kind of the join that, under the conditions, has the rows
// of n, and those conditions that it does not make true by itself. A condition
// that no row of NULLs satisfies, such as right.x = 1, drops what an outer join
// keeps. One that is the mark of a Mark join, or its negation, makes a semi or an
// anti join of it.
func narrowed(n *plan.Join, conds []plan.Expr) (plan.JoinKind, []plan.Expr) {
	width, all := len(n.Left.Outputs()), len(n.Pairs())
	drops := func(from, to int) bool {
		return slices.ContainsFunc(conds, func(c plan.Expr) bool { return dropsNulls(c, from, to) })
	}
	switch {
	case n.Kind == plan.Left && drops(width, all):
		return plan.Inner, conds
	case n.Kind == plan.Full && drops(0, width):
		if drops(width, all) {
			return plan.Inner, conds
		}
		return plan.Left, conds
	case n.Kind == plan.Mark:
		for i, c := range conds {
			kind := plan.Semi
			if not, ok := c.(*plan.Special); ok && not.Form == plan.Not {
				kind, c = plan.Anti, not.Args[0]
			}
			if col, ok := c.(*plan.Column); ok && col.Index == width {
				return kind, slices.Delete(slices.Clone(conds), i, i+1)
			}
		}
	}
	return n.Kind, conds
}

// keepsRightOnly reports whether, of what a full join keeps without a match, the
// conditions leave the right rows only.
func keepsRightOnly(n *plan.Join, conds []plan.Expr) bool {
	width, all := len(n.Left.Outputs()), len(n.Pairs())
	drops := func(from, to int) bool {
		return slices.ContainsFunc(conds, func(c plan.Expr) bool { return dropsNulls(c, from, to) })
	}
	return drops(width, all) && !drops(0, width)
}

// pushSwapped makes a full join whose unmatched left rows the conditions drop a
// left join of swapped sides.
func pushSwapped(n *plan.Join, conds []plan.Expr) plan.Node {
	lw, rw := len(n.Left.Outputs()), len(n.Right.Outputs())
	swap := func(i int) int {
		if i < lw {
			return rw + i
		}
		return i - lw
	}
	swapped := &plan.Join{Kind: plan.Left, Left: n.Right, Right: n.Left, LeftKeys: n.RightKeys, RightKeys: n.LeftKeys, NullSafe: n.NullSafe}
	if n.Residual != nil {
		swapped.Residual = plan.MapColumns(n.Residual, swap)
	}
	refs := plan.ColumnRefs(swapped)
	back := &plan.Project{Input: swapped, Exprs: append(slices.Clone(refs[rw:]), refs[:rw]...), Names: outputNames(n)}
	return push(back, conds)
}

// movable splits conjuncts of an ON condition into those that may move to a side
// and those that stay: volatile ones, and those about other columns.
func movable(on []plan.Expr, fits func(*plan.Column) bool) (move, stay []plan.Expr) {
	volatile, rest := volatileFirst(on)
	move, stay = partition(rest, fits)
	return move, append(stay, volatile...)
}

// splitKeys makes the equations of an ON condition keys and the rest the residual.
func splitKeys(n *plan.Join, on []plan.Expr, width int) {
	var residual []plan.Expr
	for _, c := range on {
		l, r, ok := equation(c, width)
		if !ok || plan.IsVolatile(c) {
			residual = append(residual, c)
			continue
		}
		n.LeftKeys = append(slices.Clip(n.LeftKeys), l)
		n.RightKeys = append(slices.Clip(n.RightKeys), r)
	}
	n.Residual = plan.Conjoin(residual)
}

// equation reads "left expression = right expression" with the right one over
// the right side's own columns.
func equation(c plan.Expr, width int) (l, r plan.Expr, ok bool) {
	call, isCall := c.(*plan.Call)
	if !isCall || call.Function.Name != "=" || !call.Args[0].Type().Equal(call.Args[1].Type()) {
		return nil, nil, false
	}
	l, r = call.Args[0], call.Args[1]
	if sides(l, width) == onRight {
		l, r = r, l
	}
	if sides(l, width) != onLeft || sides(r, width) != onRight {
		return nil, nil, false
	}
	return l, plan.MapColumns(r, func(i int) int { return i - width }), true
}

const (
	onLeft  = 1
	onRight = 2
)

// sides tells which sides' columns an expression reads, as a bit set.
func sides(e plan.Expr, width int) int {
	s := 0
	plan.ColumnsOf(e, func(c *plan.Column) {
		if c.Index < width {
			s |= onLeft
		} else {
			s |= onRight
		}
	})
	return s
}
