package bind

import (
	"strconv"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
)

// aggregate puts the Aggregate node in place and moves everything above it
// over its outputs. Without GROUP BY, HAVING and aggregates there is none.
func (q *selection) aggregate() error {
	if q.s.GroupBy == nil && q.s.Having == nil && !q.found.hasAggregates() {
		return nil
	}
	a := &attachment{binder: q.binder, found: &q.found, node: q.node}
	node := &plan.Aggregate{}
	for i, k := range q.keys {
		attached, err := a.attach(k)
		if err != nil {
			return err
		}
		node.Keys = append(node.Keys, attached)
		node.Names = append(node.Names, q.keyName(k, i))
	}
	outputs := map[int]int{}
	for i, f := range q.found.entries {
		if f.agg == nil {
			continue
		}
		outputs[-i-1] = len(q.keys) + len(node.Aggs)
		call, err := attachCall(a, *f.agg)
		if err != nil {
			return err
		}
		node.Aggs = append(node.Aggs, call)
	}
	node.Input = a.node
	q.node = node
	return q.moveOver(node, outputs)
}

// keyName names a group key after the output column that shows it.
func (q *selection) keyName(k plan.Expr, i int) string {
	if p := q.position(k); p >= 0 && q.items[p].name != "" {
		return q.items[p].name
	}
	if c, ok := k.(*plan.Column); ok {
		return c.Name
	}
	return "$key" + itoa(i+1)
}

func attachCall(a *attachment, call plan.AggCall) (plan.AggCall, error) {
	var err error
	attach := func(e plan.Expr) plan.Expr {
		if e == nil || err != nil {
			return e
		}
		var out plan.Expr
		out, err = a.attach(e)
		return out
	}
	args := make([]plan.Expr, len(call.Args))
	for i, e := range call.Args {
		args[i] = attach(e)
	}
	order := make([]plan.SortKey, len(call.OrderBy))
	for i, k := range call.OrderBy {
		k.Expr = attach(k.Expr)
		order[i] = k
	}
	call.Args, call.OrderBy, call.Filter = args, order, attach(call.Filter)
	return call, err
}

// moveOver rewrites what is computed after grouping: group keys and aggregates
// become columns, and a column of FROM that is left is the user's fault.
func (q *selection) moveOver(node *plan.Aggregate, outputs map[int]int) error {
	for i := range q.items {
		e, err := q.moved(q.items[i].expr, node, outputs, q.items[i].node)
		if err != nil {
			return err
		}
		q.items[i].expr = e
	}
	for i := range q.order {
		e, err := q.moved(q.order[i].Expr, node, outputs, q.sorted[i])
		if err != nil {
			return err
		}
		q.order[i].Expr = e
	}
	if q.having != nil {
		e, err := q.moved(q.having, node, outputs, q.s.Having)
		if err != nil {
			return err
		}
		q.having = e
	}
	for _, f := range q.found.entries {
		if f.window == nil {
			continue
		}
		if err := q.moveWindow(f.window, node, outputs); err != nil {
			return err
		}
	}
	return nil
}

func (q *selection) moveWindow(w *windowCall, node *plan.Aggregate, outputs map[int]int) error {
	lists := [][]plan.Expr{w.call.Args, w.partitionBy}
	for _, list := range lists {
		for i := range list {
			e, err := q.moved(list[i], node, outputs, w.source)
			if err != nil {
				return err
			}
			list[i] = e
		}
	}
	for i := range w.orderBy {
		e, err := q.moved(w.orderBy[i].Expr, node, outputs, w.source)
		if err != nil {
			return err
		}
		w.orderBy[i].Expr = e
	}
	return nil
}

// moved is one expression over the aggregate's outputs.
func (q *selection) moved(e plan.Expr, node *plan.Aggregate, outputs map[int]int, source ast.Node) (plan.Expr, error) {
	stray := false
	var strayed error
	out := plan.RewriteExpr(e, func(e plan.Expr) (plan.Expr, bool) {
		for i, k := range q.keys {
			if plan.Equal(e, k) {
				return &plan.Column{Index: i, Name: node.Names[i], Typ: k.Type()}, true
			}
		}
		if s, call := q.found.standInOf(e); s != nil {
			if strayed = q.strayParam(s, call); strayed != nil {
				return e, true
			}
			return nil, false
		}
		c, ok := e.(*plan.Column)
		if !ok {
			return nil, false
		}
		if i, ok := outputs[c.Index]; ok {
			return &plan.Column{Index: i, Name: c.Name, Typ: c.Typ}, true
		}
		if text := q.groupText(c, node); text != nil {
			return text, true
		}
		stray = stray || c.Index >= 0
		return c, true
	})
	if strayed != nil {
		return nil, strayed
	}
	if !stray {
		return out, nil
	}
	err := ast.Errorf(ast.ExpressionNotAggregate, source.Span(), "'%s' must be an aggregate expression or appear in GROUP BY clause", q.display(source, plan.String(e)))
	return nil, err
}

// strayParam reports what a subquery reads of FROM that is no group key.
func (q *selection) strayParam(s *subquery, call *plan.Call) error {
	for i, e := range call.Args[s.values : len(call.Args)-1] {
		stray := false
		plan.RewriteExpr(e, func(e plan.Expr) (plan.Expr, bool) {
			if contains(q.keys, e) {
				return e, true
			}
			c, ok := e.(*plan.Column)
			stray = stray || ok && c.Index >= 0
			return e, ok
		})
		if p := s.params[i]; stray {
			return ast.Errorf(ast.ExpressionNotAggregate, p.span, "Subquery uses '%s' which must appear in GROUP BY clause", p.name)
		}
	}
	return nil
}

// addWindows puts one Window node per different window in place.
func (q *selection) addWindows() error {
	outputs := map[int]plan.Expr{}
	a := &attachment{binder: q.binder, found: &q.found, node: q.node}
	var done []*windowCall
	for i, f := range q.found.entries {
		w := f.window
		if w == nil || outputs[-i-1] != nil {
			continue
		}
		node := &plan.Window{}
		var err error
		if node.PartitionBy, node.OrderBy, err = attachWindow(a, w); err != nil {
			return err
		}
		// Calls over the same window share a node; their arguments must be in
		// place before it.
		var members []int
		for j := i; j < len(q.found.entries); j++ {
			if o := q.found.entries[j].window; o != nil && sameWindow(w, o) {
				call := o.call
				call.Args = make([]plan.Expr, len(o.call.Args))
				for k, arg := range o.call.Args {
					if call.Args[k], err = a.attach(arg); err != nil {
						return err
					}
				}
				node.Calls = append(node.Calls, call)
				members = append(members, -j-1)
			}
		}
		width := len(a.node.Outputs())
		for k, m := range members {
			outputs[m] = &plan.Column{Index: width + k, Name: node.Calls[k].Name, Typ: node.Calls[k].Type()}
		}
		node.Input = a.node
		a.node = node
		done = append(done, w)
	}
	q.node = a.node
	if len(done) > 0 {
		q.replaceWindows(outputs)
	}
	return nil
}

func attachWindow(a *attachment, w *windowCall) ([]plan.Expr, []plan.SortKey, error) {
	partition := make([]plan.Expr, len(w.partitionBy))
	order := make([]plan.SortKey, len(w.orderBy))
	var err error
	for i, e := range w.partitionBy {
		if partition[i], err = a.attach(e); err != nil {
			return nil, nil, err
		}
	}
	for i, k := range w.orderBy {
		if k.Expr, err = a.attach(k.Expr); err != nil {
			return nil, nil, err
		}
		order[i] = k
	}
	return partition, order, nil
}

func sameWindow(a, b *windowCall) bool {
	if len(a.partitionBy) != len(b.partitionBy) || len(a.orderBy) != len(b.orderBy) {
		return false
	}
	for i := range a.partitionBy {
		if !plan.Equal(a.partitionBy[i], b.partitionBy[i]) {
			return false
		}
	}
	for i, k := range a.orderBy {
		o := b.orderBy[i]
		if k.Desc != o.Desc || k.NullsFirst != o.NullsFirst || !plan.Equal(k.Expr, o.Expr) {
			return false
		}
	}
	return true
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

func itoa(n int) string { return strconv.Itoa(n) }
