package optimize

import "github.com/traillake/traillake/query/plan"

// pushDownLimit lets those below a limit know of it.
//
//	Limit 10                        Project [eventname#1]
//	  Project [eventname#1]           Sort [eventtime#0 desc] limit 10
//	    Sort [eventtime#0 desc]         Scan trail [eventtime, eventname]
//	      Scan trail [...]
//
// It passes projections, becomes the limit of a sort (which then keeps only
// that many rows), goes to every side of a union, to the kept side of a left
// join and under an expansion that keeps all rows, and to a scan as a hint. It
// never passes a filter, and stays above wherever what is below may yield more.
func pushDownLimit(n plan.Node) (plan.Node, error) {
	l, ok := n.(*plan.Limit)
	if !ok || l.Count < 0 {
		return plan.MapInputs(n, pushDownLimit)
	}
	switch in := l.Input.(type) {
	case *plan.Project:
		return pushDownLimit(in.WithInputs([]plan.Node{l.WithInputs(in.Inputs())}))
	case *plan.Limit:
		return pushDownLimit(mergeLimits(l, in))
	}
	if !fits(l) {
		return plan.MapInputs(n, pushDownLimit)
	}
	input, exact := limitTo(l.Input, l.Offset+l.Count)
	input, err := pushDownLimit(input)
	if err != nil {
		return nil, err
	}
	if exact && l.Offset == 0 {
		return input, nil
	}
	return l.WithInputs([]plan.Node{input}), nil
}

// fits reports whether offset and count add up to a limit that can be handed down.
func fits(l *plan.Limit) bool {
	sum := l.Offset + l.Count
	return l.Count > 0 && sum > 0
}

// mergeLimits makes one limit of two.
func mergeLimits(outer, inner *plan.Limit) plan.Node {
	count := outer.Count
	if inner.Count >= 0 {
		count = min(count, max(inner.Count-outer.Offset, 0))
	}
	if offset := inner.Offset + outer.Offset; offset >= 0 {
		return &plan.Limit{Input: inner.Input, Offset: offset, Count: count}
	}
	return &plan.Limit{Input: &plan.Values{Columns: inner.Outputs()}, Count: 0}
}

// limitTo tells a node that only its first n rows are wanted; exact when it
// then yields no more.
func limitTo(node plan.Node, n int64) (limited plan.Node, exact bool) {
	switch node := node.(type) {
	case *plan.Sort:
		limit := n
		if node.Limit > 0 {
			limit = min(n, node.Limit)
		}
		return &plan.Sort{Input: node.Input, Keys: node.Keys, Limit: limit}, true
	case *plan.Union:
		inputs := make([]plan.Node, len(node.Sources))
		for i, s := range node.Sources {
			inputs[i] = &plan.Limit{Input: s, Count: n}
		}
		return node.WithInputs(inputs), false
	case *plan.Join:
		if node.Kind == plan.Left || node.Kind == plan.Mark {
			return node.WithInputs([]plan.Node{&plan.Limit{Input: node.Left, Count: n}, node.Right}), false
		}
	case *plan.Unnest:
		if node.Outer {
			return node.WithInputs([]plan.Node{&plan.Limit{Input: node.Input, Count: n}}), false
		}
	case *plan.Scan:
		c := *node
		c.Limit = n
		return &c, false
	}
	return node, false
}
