package optimize

import "github.com/traillake/traillake/query/plan"

// hintScan hands the conditions of a filter to the scan below it, so that the
// table can leave out what its statistics rule out.
//
//	Filter (eventname#0 = 'x')        Filter (eventname#0 = 'x')
//	  Scan trail [eventname]            Scan trail [eventname] hints [(eventname#0 = 'x')]
//
// The filter stays: a hint may make a scan quicker, never decide a row.
func hintScan(n plan.Node) (plan.Node, error) {
	return plan.Transform(n, func(n plan.Node) (plan.Node, error) {
		f, ok := n.(*plan.Filter)
		if !ok {
			return n, nil
		}
		scan, ok := f.Input.(*plan.Scan)
		if !ok {
			return n, nil
		}
		c := *scan
		_, hints := volatileFirst(plan.Conjuncts(f.Cond))
		c.Conjuncts = append(append([]plan.Expr(nil), scan.Conjuncts...), hints...)
		return &plan.Filter{Input: &c, Cond: f.Cond}, nil
	})
}
