package bind

import (
	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
)

// selection binds one SELECT with the ORDER BY that follows it. All its
// expressions are first bound over the columns of FROM, then moved step by
// step over the nodes that are put on top: aggregate, windows, projection.
type selection struct {
	*binder
	s    *ast.Select
	env  *env
	from *relation

	found  findings
	items  []item
	keys   []plan.Expr // GROUP BY
	sets   [][]int     // its grouping sets, as numbers of keys
	having plan.Expr
	order  []plan.SortKey
	sorted []ast.Expr // the sources of order

	node plan.Node
	// selected are the expressions of the items, carried the columns whose texts
	// are added to them.
	selected []plan.Expr
	carried  []plan.Expr
}

// item is one output column.
type item struct {
	name string // "" when it has none
	expr plan.Expr
	node ast.Node
}

// selectQuery binds a SELECT; order may be empty.
func (b *binder) selectQuery(s *ast.Select, order []ast.OrderItem, e *env) (*relation, error) {
	from, err := b.from(s.From, e)
	if err != nil {
		return nil, err
	}
	q := &selection{binder: b, s: s, env: e, from: from, node: from.node}
	for _, step := range []func() error{
		q.bindWhere, q.bindWindows, q.bindItems, q.bindGroupBy, q.bindHaving, func() error { return q.bindOrder(order) },
		q.aggregate, q.filterGroups, q.addWindows,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return q.project()
}

// exprBinder is for expressions over FROM; clause names where they stand.
func (q *selection) exprBinder(clause string) *exprBinder {
	return &exprBinder{
		binder: q.binder, env: q.env, scope: &scope{rel: q.from, outer: q.env.around()},
		clause: clause, found: &q.found, windowDefs: q.s.Windows, selectSpan: q.s.Span(),
	}
}

func (q *selection) bindWhere() error {
	if q.s.Where == nil {
		return nil
	}
	x := q.exprBinder("WHERE clause")
	x.whole = q.s.Where
	cond, err := x.expr(q.s.Where)
	if err != nil {
		return err
	}
	if cond, err = condition(cond, "WHERE clause", q.s.Where.Span()); err != nil {
		return err
	}
	return q.filter(plan.Conjuncts(cond))
}

func (q *selection) refersToFinding(e plan.Expr) bool {
	found := false
	plan.ColumnsOf(e, func(c *plan.Column) { found = found || c.Index < 0 })
	return found
}

// filter applies conditions: those without subqueries first, because they make
// smaller what the others are joined with; then conditions that are nothing but
// IN or EXISTS, which drop rows as well.
func (q *selection) filter(conds []plan.Expr) error {
	a := &attachment{binder: q.binder, found: &q.found, node: q.node}
	var plain, rest []plan.Expr
	for _, c := range conds {
		if q.refersToFinding(c) {
			rest = append(rest, c)
		} else {
			plain = append(plain, c)
		}
	}
	if len(plain) > 0 {
		a.node = &plan.Filter{Input: a.node, Cond: plan.Conjoin(plain)}
	}
	var values []plan.Expr
	for _, c := range rest {
		done, err := a.keep(c)
		if err != nil {
			return err
		}
		if !done {
			values = append(values, c)
		}
	}
	for i, c := range values {
		var err error
		if values[i], err = a.attach(c); err != nil {
			return err
		}
	}
	if len(values) > 0 {
		a.node = &plan.Filter{Input: a.node, Cond: plan.Conjoin(values)}
	}
	q.node = a.node
	return nil
}

func (q *selection) bindItems() error {
	for _, it := range q.s.Items {
		if it.Star {
			if err := q.star(it); err != nil {
				return err
			}
			continue
		}
		x := q.exprBinder("SELECT clause")
		x.aggregates, x.windows = true, true
		e, err := x.expr(it.Expr)
		if err != nil {
			return err
		}
		q.items = append(q.items, item{name: itemName(it), expr: e, node: it.Expr})
	}
	return nil
}

// itemName is the alias, or the last part of a name as typed.
func itemName(it ast.SelectItem) string {
	if it.Alias != nil {
		return it.Alias.Name
	}
	switch e := it.Expr.(type) {
	case *ast.Name:
		return e.Parts[len(e.Parts)-1].Name
	case *ast.Field:
		return e.Field.Name
	}
	return ""
}

func (q *selection) bindHaving() error {
	if q.s.Having == nil {
		return nil
	}
	x := q.exprBinder("HAVING clause")
	x.aggregates = true
	cond, err := x.expr(q.s.Having)
	if err != nil {
		return err
	}
	q.having, err = condition(cond, "HAVING clause", q.s.Having.Span())
	return err
}

// filterGroups applies HAVING.
func (q *selection) filterGroups() error {
	if q.having == nil {
		return nil
	}
	a := &attachment{binder: q.binder, found: &q.found, node: q.node}
	cond, err := a.attach(q.having)
	if err != nil {
		return err
	}
	q.node = &plan.Filter{Input: a.node, Cond: cond}
	return nil
}

// project computes the output columns, then DISTINCT and ORDER BY. Sort keys
// that are no output columns are computed beside them and dropped at the end.
func (q *selection) project() (*relation, error) {
	q.carryTexts()
	a := &attachment{binder: q.binder, found: &q.found, node: q.node}
	p := &plan.Project{}
	names := make([]string, len(q.items))
	for i, it := range q.items {
		e, err := a.attach(it.expr)
		if err != nil {
			return nil, err
		}
		names[i] = it.name
		q.selected = append(q.selected, it.expr)
		p.Exprs, p.Names = append(p.Exprs, e), append(p.Names, it.name)
	}
	keys := make([]int, len(q.order))
	for i, k := range q.order {
		if keys[i] = q.position(k.Expr); keys[i] >= 0 {
			continue
		}
		e, err := a.attach(k.Expr)
		if err != nil {
			return nil, err
		}
		keys[i] = len(p.Exprs)
		p.Exprs, p.Names = append(p.Exprs, e), append(p.Names, "$order"+itoa(i+1))
	}
	p.Input = a.node
	q.node = p
	if q.s.Distinct {
		q.node = distinct(p, names)
	}
	if len(q.order) > 0 {
		q.node = q.sort(keys, len(names))
	}
	return q.markTexts(newRelation(q.node, names)), nil
}
