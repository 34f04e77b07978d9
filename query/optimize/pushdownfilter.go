package optimize

import (
	"slices"

	"github.com/traillake/traillake/query/plan"
)

// pushDownFilter moves each conjunct of a filter as far down as its meaning
// allows: through projections, sorts, unions, expansions, into the group keys
// of aggregates and the partitions of windows, and to the side of a join that
// it is about. Equations between the sides of an inner join become its keys.
//
//	Filter (a.x#0 = b.x#2 and a.y#1 > 1)        InnerJoin on [x#0 = x#0]
//	  InnerJoin                                   Filter (y#1 > 1)
//	    Scan a [x, y]                               Scan a [x, y]
//	    Scan b [x]                                Scan b [x]
//
// A left join keeps all its left rows, so a condition on its right columns
// stays above, and of its ON condition only what is about the right side alone
// moves. A condition that no row of NULLs satisfies, such as right.x = 1, drops
// what the left join keeps: then it is an inner join. Nothing passes a limit,
// and volatile conditions stay where they are.
func pushDownFilter(n plan.Node) (plan.Node, error) { return push(n, nil), nil }

// push returns the node with conditions over its outputs applied at it or below.
func push(n plan.Node, conds []plan.Expr) plan.Node {
	if stay, move := volatileFirst(conds); len(stay) > 0 {
		return filter(push(n, move), stay)
	}
	switch n := n.(type) {
	case *plan.Filter:
		// The inner conditions come first: they may guard the outer ones.
		inner := plan.Conjuncts(n.Cond)
		if stay, move := volatileFirst(inner); len(stay) > 0 {
			return filter(filter(push(n.Input, move), stay), conds)
		}
		return push(n.Input, append(inner, conds...))
	case *plan.Project:
		return pushProject(n, conds)
	case *plan.Aggregate:
		return pushAggregate(n, conds)
	case *plan.Sort:
		if n.Limit > 0 {
			break
		}
		return n.WithInputs([]plan.Node{push(n.Input, conds)})
	case *plan.Union:
		inputs := make([]plan.Node, len(n.Sources))
		for i, s := range n.Sources {
			inputs[i] = push(s, conds)
		}
		return n.WithInputs(inputs)
	case *plan.Unnest:
		return pushUnnest(n, conds)
	case *plan.Window:
		return pushWindow(n, conds)
	case *plan.Join:
		return pushJoin(n, conds)
	}
	out, _ := plan.MapInputs(n, func(in plan.Node) (plan.Node, error) { return push(in, nil), nil })
	return filter(out, conds)
}

func volatileFirst(conds []plan.Expr) (volatile, rest []plan.Expr) {
	for _, c := range conds {
		if plan.IsVolatile(c) {
			volatile = append(volatile, c)
		} else {
			rest = append(rest, c)
		}
	}
	return volatile, rest
}

// filter puts conditions on top of a node.
func filter(n plan.Node, conds []plan.Expr) plan.Node {
	if len(conds) == 0 {
		return n
	}
	return &plan.Filter{Input: n, Cond: plan.Conjoin(conds)}
}

// partition splits conditions by whether fits holds for all their columns.
func partition(conds []plan.Expr, fits func(*plan.Column) bool) (yes, no []plan.Expr) {
	for _, c := range conds {
		all := true
		plan.ColumnsOf(c, func(col *plan.Column) { all = all && fits(col) })
		if all {
			yes = append(yes, c)
		} else {
			no = append(no, c)
		}
	}
	return yes, no
}

// maxPushed bounds a condition that grows on its way down, because it uses an
// expression several times that uses another one several times.
const maxPushed = 500

// rewritten splits conditions into those that can be told below a node, whose
// columns are the given expressions there, and those that cannot.
func rewritten(conds, exprs []plan.Expr) (down, stay []plan.Expr) {
	fit, stay := partition(conds, func(c *plan.Column) bool {
		return c.Index < len(exprs) && !plan.IsVolatile(exprs[c.Index])
	})
	for _, c := range fit {
		size := 0
		plan.ColumnsOf(c, func(col *plan.Column) { size += plan.Size(exprs[col.Index], maxPushed) })
		if size > maxPushed {
			stay = append(stay, c)
			continue
		}
		down = append(down, plan.Substitute(c, exprs))
	}
	return down, stay
}

func pushProject(n *plan.Project, conds []plan.Expr) plan.Node {
	down, stay := rewritten(conds, n.Exprs)
	return filter(n.WithInputs([]plan.Node{push(n.Input, down)}), stay)
}

// pushAggregate moves conditions on group keys below: they keep or drop whole
// groups. Without keys there is a row even for no input, so nothing moves.
func pushAggregate(n *plan.Aggregate, conds []plan.Expr) plan.Node {
	down, stay := rewritten(conds, n.Keys)
	if len(n.Keys) == 0 {
		down, stay = nil, conds
	}
	return filter(n.WithInputs([]plan.Node{push(n.Input, down)}), stay)
}

func pushUnnest(n *plan.Unnest, conds []plan.Expr) plan.Node {
	width := len(n.Input.Outputs())
	down, stay := partition(conds, func(c *plan.Column) bool { return c.Index < width })
	return filter(n.WithInputs([]plan.Node{push(n.Input, down)}), stay)
}

// pushWindow moves conditions on partition columns below: they keep or drop
// whole partitions.
func pushWindow(n *plan.Window, conds []plan.Expr) plan.Node {
	keys := map[int]bool{}
	for _, p := range n.PartitionBy {
		if c, ok := p.(*plan.Column); ok {
			keys[c.Index] = true
		}
	}
	down, stay := partition(conds, func(c *plan.Column) bool { return keys[c.Index] })
	if len(keys) == 0 {
		down, stay = nil, conds // a constant condition too would change the partition
	}
	return filter(n.WithInputs([]plan.Node{push(n.Input, down)}), stay)
}

func pushJoin(n *plan.Join, conds []plan.Expr) plan.Node {
	width := len(n.Left.Outputs())
	isLeft := func(c *plan.Column) bool { return c.Index < width }
	isRight := func(c *plan.Column) bool { return c.Index >= width }
	out := *n
	on := plan.Conjuncts(n.Residual)
	var left, right, stay []plan.Expr
	if n.Kind == plan.Left && slices.ContainsFunc(conds, func(c plan.Expr) bool { return dropsNulls(c, width) }) {
		out.Kind = plan.Inner
	}
	if out.Kind == plan.Inner {
		// ON and WHERE are the same thing here.
		volatile, rest := volatileFirst(append(on, conds...))
		left, rest = partition(rest, isLeft)
		right, rest = partition(rest, isRight)
		var residual []plan.Expr
		for _, c := range rest {
			if l, r, ok := equation(c, width); ok {
				out.LeftKeys = append(out.LeftKeys[:len(out.LeftKeys):len(out.LeftKeys)], l)
				out.RightKeys = append(out.RightKeys[:len(out.RightKeys):len(out.RightKeys)], r)
			} else {
				residual = append(residual, c)
			}
		}
		out.Residual = plan.Conjoin(append(residual, volatile...))
	} else {
		left, stay = partition(conds, isLeft)
		right, on = partition(on, func(c *plan.Column) bool { return isRight(c) })
		right, on = keepVolatile(right, on)
		out.Residual = plan.Conjoin(on)
	}
	for i, c := range right {
		right[i] = plan.MapColumns(c, func(i int) int { return i - width })
	}
	out.Left, out.Right = push(n.Left, left), push(n.Right, right)
	return filter(&out, stay)
}

// keepVolatile returns volatile conditions, and those without columns, from
// those about to move to those that stay.
func keepVolatile(move, stay []plan.Expr) (moved, stayed []plan.Expr) {
	for _, c := range move {
		if plan.IsVolatile(c) {
			stay = append(stay, c)
		} else {
			moved = append(moved, c)
		}
	}
	return moved, stay
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
