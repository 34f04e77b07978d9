package bind

import (
	"slices"
	"strconv"
	"strings"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
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
	outputs := map[int]plan.Expr{}
	var indexes []int
	for i, f := range q.found.entries {
		if f.agg == nil {
			continue
		}
		call, err := attachCall(a, *f.agg)
		if err != nil {
			return err
		}
		node.Aggs, indexes = append(node.Aggs, call), append(indexes, -i-1)
	}
	set := q.expand(a, node)
	for i, call := range node.Aggs {
		outputs[indexes[i]] = &plan.Column{Index: len(node.Keys) + i, Name: call.Name, Typ: call.Function.Result}
	}
	for i, f := range q.found.entries {
		if f.grouping == nil {
			continue
		}
		value, err := q.groupingValue(f.grouping, set)
		if err != nil {
			return err
		}
		outputs[-i-1] = value
	}
	node.Input = a.node
	q.node = node
	return q.moveOver(node, outputs)
}

// expand puts the rows of each grouping set under the aggregate, when there are
// several sets, and returns the aggregate's column with the set's number. A set
// without keys has a row in the result also when there is no input: Expand makes
// a row for it that the aggregates leave out.
func (q *selection) expand(a *attachment, node *plan.Aggregate) plan.Expr {
	if len(q.sets) <= 1 {
		return nil
	}
	width := len(a.node.Outputs())
	a.node = &plan.Expand{Input: a.node, Keys: node.Keys, Names: node.Names, Sets: q.sets}
	refs := plan.ColumnRefs(a.node)
	number, real := refs[len(refs)-2], refs[len(refs)-1]
	node.Keys = append(slices.Clone(refs[width:width+len(q.keys)]), number)
	node.Names = append(slices.Clone(node.Names), "$set")
	if slices.ContainsFunc(q.sets, func(s []int) bool { return len(s) == 0 }) {
		for i := range node.Aggs {
			f := &node.Aggs[i].Filter
			if *f == nil {
				*f = real
			} else {
				*f = &plan.Special{Form: plan.And, Args: []plan.Expr{real, *f}, Typ: types.BooleanType}
			}
		}
	}
	return &plan.Column{Index: len(q.keys), Name: "$set", Typ: types.BigIntType}
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
func (q *selection) moveOver(node *plan.Aggregate, outputs map[int]plan.Expr) error {
	m := &mover{q: q, node: node, outputs: outputs}
	windows := make([]*windowCall, len(q.found.entries))
	for i, f := range q.found.entries {
		if f.window == nil {
			continue
		}
		var err error
		if windows[i], err = m.window(f.window); err != nil {
			return err
		}
	}
	for i, it := range q.items {
		e, stray := m.move(it.expr)
		if stray != nil {
			return q.notGrouped(it.node, stray)
		}
		q.items[i].expr = e
	}
	for i := range q.order {
		e, stray := m.move(q.order[i].Expr)
		if stray != nil {
			return q.notGrouped(q.sorted[i], stray)
		}
		q.order[i].Expr = e
	}
	if q.having != nil {
		e, stray := m.move(q.having)
		if stray != nil {
			return q.notGrouped(q.s.Having, stray)
		}
		q.having = e
	}
	for i, w := range windows {
		if w != nil {
			q.found.entries[i].window = w
		}
	}
	return m.failed
}

// mover rewrites expressions over FROM to expressions over the aggregate's outputs.
type mover struct {
	q       *selection
	node    *plan.Aggregate
	outputs map[int]plan.Expr // by the index of a finding
	strays  map[int]bool      // windows with columns of FROM, by the index of the finding
	failed  error             // of a subquery that reads what is not grouped
}

// move returns the expression, or a column in it that is not grouped.
func (m *mover) move(e plan.Expr) (plan.Expr, *plan.Column) {
	var stray *plan.Column
	out := plan.RewriteExpr(e, func(e plan.Expr) (plan.Expr, bool) {
		for i, k := range m.q.keys {
			if plan.Equal(e, k) {
				return &plan.Column{Index: i, Name: m.node.Names[i], Typ: k.Type()}, true
			}
		}
		if s, call := m.q.found.standInOf(e); s != nil {
			if err := m.q.strayParam(s, call); err != nil {
				m.failed = err
				return e, true
			}
			return nil, false
		}
		c, ok := e.(*plan.Column)
		if !ok {
			return nil, false
		}
		if out := m.outputs[c.Index]; out != nil {
			return out, true
		}
		if text := m.q.groupText(c, m.node); text != nil {
			return text, true
		}
		if c.Index >= 0 || m.strays[c.Index] {
			stray = c
		}
		return c, true
	})
	return out, stray
}

// strayParam reports what a subquery reads of FROM that is no group key.
func (q *selection) strayParam(s *subquery, call *plan.Call) error {
	for i, e := range call.Args[len(s.values) : len(call.Args)-1] {
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

// window moves a window call. The words for a stray column depend on the part
// that it is in.
func (m *mover) window(w *windowCall) (*windowCall, error) {
	fail := func(e ast.Expr, format string, args ...any) error {
		return ast.Errorf(ast.ExpressionNotAggregate, ast.Place(e), format+" must be an aggregate expression or appear in GROUP BY clause", args...)
	}
	for i, e := range w.partitionBy {
		if _, stray := m.move(e); stray != nil {
			return nil, fail(w.spec.PartitionBy[i], "PARTITION BY expression '%s'", ast.Format(w.spec.PartitionBy[i]))
		}
	}
	for i, k := range w.orderBy {
		if _, stray := m.move(k.Expr); stray != nil {
			return nil, fail(w.spec.OrderBy[i].Expr, "ORDER BY expression '%s'", ast.Format(w.spec.OrderBy[i].Expr))
		}
	}
	for i, b := range []plan.Bound{w.call.Frame.Start, w.call.Frame.End} {
		if b.Offset == nil {
			continue
		}
		if _, stray := m.move(b.Offset); stray != nil {
			source := []ast.Bound{w.spec.Frame.Start, w.spec.Frame.End}[i]
			return nil, fail(source.Offset, "Window frame %s", []string{"start", "end"}[i])
		}
	}
	var failed bool
	out := w.mapExprs(func(e plan.Expr) plan.Expr {
		moved, stray := m.move(e)
		failed = failed || stray != nil
		return moved
	})
	if failed {
		for i, f := range m.q.found.entries {
			if f.window == w {
				if m.strays == nil {
					m.strays = map[int]bool{}
				}
				m.strays[-i-1] = true
			}
		}
	}
	return out, nil
}

// notGrouped says that an expression has a column that is not grouped.
func (q *selection) notGrouped(source ast.Node, stray *plan.Column) error {
	if e, ok := source.(ast.Expr); ok {
		return ast.Errorf(ast.ExpressionNotAggregate, ast.Place(e), "'%s' must be an aggregate expression or appear in GROUP BY clause", ast.Format(e))
	}
	name := stray.Name
	for _, c := range q.from.cols {
		if c.index == stray.Index {
			name = strings.Join(append(slices.Clone(c.qualifier), c.name), ".")
		}
	}
	return ast.Errorf(ast.ExpressionNotAggregate, ast.Span{}, "Column '%s' not in GROUP BY clause", name)
}

func itoa(n int) string { return strconv.Itoa(n) }
