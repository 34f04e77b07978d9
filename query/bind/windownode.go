package bind

import (
	"slices"

	"github.com/traillake/traillake/query/plan"
)

// addWindows puts one Window node per different window in place. Calls over the
// same window share a node, and windows over the same partitions follow each
// other, the longest order first, so that one sort serves them all.
func (q *selection) addWindows() error {
	a := &attachment{binder: q.binder, found: &q.found, node: q.node}
	var calls []*windowCall
	var indexes []int
	for i, f := range q.found.entries {
		if f.window == nil {
			continue
		}
		w, err := attachWindow(a, f.window)
		if err != nil {
			return err
		}
		calls, indexes = append(calls, w), append(indexes, -i-1)
	}
	if len(calls) == 0 {
		return nil
	}
	outputs := map[int]plan.Expr{}
	for _, group := range windowGroups(calls) {
		w := calls[group[0]]
		node := &plan.Window{Input: a.node, PartitionBy: w.partitionBy, OrderBy: w.orderBy}
		width := len(a.node.Outputs())
		for k, i := range group {
			call := calls[i].call
			node.Calls = append(node.Calls, call)
			outputs[indexes[i]] = &plan.Column{Index: width + k, Name: call.Name, Typ: call.Type()}
		}
		a.node = node
	}
	q.node = a.node
	q.replaceWindows(outputs)
	return nil
}

// windowGroups lists the calls of each node, by number, in the nodes' order.
func windowGroups(calls []*windowCall) [][]int {
	var groups [][]int
	for i, w := range calls {
		at := slices.IndexFunc(groups, func(g []int) bool { return sameWindow(calls[g[0]], w) })
		if at < 0 {
			at = len(groups)
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], i)
	}
	rank := make(map[int]int, len(groups)) // of a group's partitions, by its first call
	for i, g := range groups {
		rank[g[0]] = i
		for _, before := range groups[:i] {
			if samePartitions(calls[before[0]], calls[g[0]]) {
				rank[g[0]] = rank[before[0]]
				break
			}
		}
	}
	slices.SortStableFunc(groups, func(a, b []int) int {
		if d := rank[a[0]] - rank[b[0]]; d != 0 {
			return d
		}
		return len(calls[b[0]].orderBy) - len(calls[a[0]].orderBy)
	})
	return groups
}

// attachWindow joins the subqueries of a window call. What differs between two
// evaluations is computed once, below.
func attachWindow(a *attachment, w *windowCall) (*windowCall, error) {
	var failed error
	out := w.mapExprs(func(e plan.Expr) plan.Expr {
		if failed != nil {
			return e
		}
		attached, err := a.attach(e)
		if err != nil {
			failed = err
			return e
		}
		if plan.IsVolatile(attached) {
			attached = a.compute(attached)
		}
		return attached
	})
	return out, failed
}

// compute adds a column for an expression to the node.
func (a *attachment) compute(e plan.Expr) plan.Expr {
	refs := plan.ColumnRefs(a.node)
	p := &plan.Project{Input: a.node, Exprs: append(refs, e)}
	for _, o := range a.node.Outputs() {
		p.Names = append(p.Names, o.Name)
	}
	p.Names = append(p.Names, "$value")
	a.node = p
	return &plan.Column{Index: len(refs), Name: "$value", Typ: e.Type()}
}

func samePartitions(a, b *windowCall) bool {
	return slices.EqualFunc(a.partitionBy, b.partitionBy, plan.Equal)
}

func sameWindow(a, b *windowCall) bool {
	return samePartitions(a, b) && slices.EqualFunc(a.orderBy, b.orderBy, sameKey)
}

func sameKey(a, b plan.SortKey) bool {
	return a.Desc == b.Desc && a.NullsFirst == b.NullsFirst && plan.Equal(a.Expr, b.Expr)
}

// replaceWindows puts the windows' output columns into what is computed above.
func (q *selection) replaceWindows(outputs map[int]plan.Expr) {
	replace := func(e plan.Expr) plan.Expr {
		return plan.TransformExpr(e, func(e plan.Expr) plan.Expr {
			if c, ok := e.(*plan.Column); ok && outputs[c.Index] != nil {
				return outputs[c.Index]
			}
			return e
		})
	}
	for i := range q.items {
		q.items[i].expr = replace(q.items[i].expr)
	}
	for i := range q.order {
		q.order[i].Expr = replace(q.order[i].Expr)
	}
}
