package optimize

import "github.com/traillake/traillake/query/plan"

// hintTop tells the scans below a sort with a limit which rows are wanted, so that
// the table can begin where they are, and read no more of the other rows than it
// takes to know them.
//
//	Sort [eventtime#0 desc] limit 9     Sort [eventtime#0 desc] limit 9
//	  Scan trail [eventtime]              Scan trail [eventtime] top [eventtime#0 desc] limit 9
//
// It passes projections, unions, and the filter whose conditions the scan knows.
// The sort stays.
func hintTop(n plan.Node) (plan.Node, error) {
	return plan.Transform(n, func(n plan.Node) (plan.Node, error) {
		s, ok := n.(*plan.Sort)
		if !ok || s.Limit <= 0 {
			return n, nil
		}
		for _, k := range s.Keys {
			if plan.IsVolatile(k.Expr) {
				return n, nil
			}
		}
		return s.WithInputs([]plan.Node{topOf(s.Input, plan.Top{Keys: s.Keys, Limit: s.Limit})}), nil
	})
}

// topOf gives the scans under a node the hint that only its first rows are wanted.
func topOf(n plan.Node, top plan.Top) plan.Node {
	switch n := n.(type) {
	case *plan.Project:
		below := plan.Top{Limit: top.Limit}
		for _, k := range top.Keys {
			k.Expr = plan.Substitute(k.Expr, n.Exprs)
			if plan.IsVolatile(k.Expr) {
				return n
			}
			below.Keys = append(below.Keys, k)
		}
		return n.WithInputs([]plan.Node{topOf(n.Input, below)})
	case *plan.Union:
		inputs := make([]plan.Node, len(n.Sources))
		for i, s := range n.Sources {
			inputs[i] = topOf(s, top)
		}
		return n.WithInputs(inputs)
	case *plan.Filter:
		scan, ok := n.Input.(*plan.Scan)
		if ok && len(scan.Conjuncts) == len(plan.Conjuncts(n.Cond)) {
			return n.WithInputs([]plan.Node{withTop(scan, top)})
		}
	case *plan.Scan:
		if len(n.Conjuncts) == 0 {
			return withTop(n, top)
		}
	}
	return n
}

func withTop(scan *plan.Scan, top plan.Top) plan.Node {
	c := *scan
	c.Top = &top
	return &c
}
