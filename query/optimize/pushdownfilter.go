package optimize

import "github.com/traillake/traillake/query/plan"

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
// Nothing passes a limit, and volatile conditions stay where they are.
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
	case *plan.Repeat:
		return n.WithInputs([]plan.Node{push(n.Input, conds)})
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
