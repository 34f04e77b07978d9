package bind

import (
	"errors"
	"strings"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
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
	having plan.Expr
	order  []plan.SortKey
	sorted []ast.Expr // the sources of order

	node plan.Node
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
		q.bindWhere, q.bindItems, q.bindGroupBy, q.bindHaving, func() error { return q.bindOrder(order) },
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
		binder: q.binder, env: q.env, scope: &scope{rel: q.from, outer: q.env.scope()},
		clause: clause, found: &q.found, windowDefs: q.s.Windows,
	}
}

func (q *selection) bindWhere() error {
	if q.s.Where == nil {
		return nil
	}
	cond, err := q.exprBinder("WHERE clause").expr(q.s.Where)
	if err != nil {
		return err
	}
	if cond, err = condition(cond, "WHERE clause", q.s.Where.Span()); err != nil {
		return err
	}
	// Plain IN (subquery) conditions go last: they are joins, and the others
	// make them smaller.
	a := &attachment{binder: q.binder, found: &q.found, node: q.node}
	var plain, semi []plan.Expr
	for _, c := range plan.Conjuncts(cond) {
		if call, ok := c.(*plan.Call); ok && call.Function.Name == membership {
			semi = append(semi, c)
			continue
		}
		if c, err = a.attach(c); err != nil {
			return err
		}
		plain = append(plain, c)
	}
	if len(plain) > 0 {
		a.node = &plan.Filter{Input: a.node, Cond: plan.Conjoin(plain)}
	}
	for _, c := range semi {
		if _, err := a.semiJoin(c); err != nil {
			return err
		}
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

// star expands *, table.* and row.*.
func (q *selection) star(it ast.SelectItem) error {
	if len(q.s.From) == 0 {
		return ast.Errorf(ast.ColumnNotFound, it.Span(), "SELECT * not allowed in queries without FROM clause")
	}
	start := len(q.items)
	for i := range q.from.cols {
		if c := &q.from.cols[i]; !c.hidden && c.isIn(it.Qualifier) {
			q.items = append(q.items, item{name: c.name, expr: c.ref(), node: it})
		}
	}
	if len(q.items) == start && len(it.Qualifier) > 0 {
		if err := q.rowStar(it); err != nil {
			return err
		}
	}
	if n := len(q.items) - start; len(it.StarAliases) > 0 {
		if n != len(it.StarAliases) {
			return mismatch(it.Span(), "Column alias list has %d entries but relation has %d columns", len(it.StarAliases), n)
		}
		for i, a := range it.StarAliases {
			q.items[start+i].name = a.Name
		}
	}
	return nil
}

func (q *selection) rowStar(it ast.SelectItem) error {
	e, err := q.exprBinder("SELECT clause").scope.resolve(it.Qualifier, it.Span())
	if err != nil || e.Type().Kind != types.Row {
		return ast.Errorf(ast.TableNotFound, it.Span(), "Unable to resolve reference %s", dotted(it.Qualifier))
	}
	for i, f := range e.Type().Fields {
		q.items = append(q.items, item{name: f.Name, expr: &plan.Field{Expr: e, Index: i}, node: it})
	}
	return nil
}

func (q *selection) bindGroupBy() error {
	if q.s.GroupBy == nil {
		return nil
	}
	if q.s.GroupBy.Distinct {
		return notSupported(q.s.GroupBy.Span(), "GROUP BY DISTINCT")
	}
	for _, el := range q.s.GroupBy.Elements {
		if el.Kind != ast.SimpleGrouping {
			return notSupported(el.Span(), [...]string{"", "ROLLUP", "CUBE", "GROUPING SETS"}[el.Kind])
		}
		for _, set := range el.Sets {
			for _, g := range set {
				key, err := q.groupKey(g)
				if err != nil {
					return err
				}
				if !contains(q.keys, key) {
					q.keys = append(q.keys, key)
				}
			}
		}
	}
	return nil
}

func (q *selection) groupKey(g ast.Expr) (plan.Expr, error) {
	if n, ok := ordinal(g); ok {
		if n < 1 || n > len(q.items) {
			return nil, badOrdinal("GROUP BY", n, g)
		}
		key := q.items[n-1].expr
		if q.refersToFinding(key) {
			return nil, ast.Errorf(ast.ExpressionNotAggregate, g.Span(), "GROUP BY clause cannot contain aggregations, window functions or grouping operations: [%s]", q.text0(q.items[n-1].node))
		}
		return key, nil
	}
	x := q.exprBinder("GROUP BY clause")
	x.noSubqueries = true
	key, err := x.expr(g)
	if err != nil {
		return nil, q.aliasHint(err, g)
	}
	return key, nil
}

func (q *selection) text0(n ast.Node) string {
	if text := q.source(n); text != "" {
		return text
	}
	return "expression"
}

// aliasHint tells that GROUP BY and WHERE do not see aliases, when a name that
// was not found is one.
func (q *selection) aliasHint(err error, g ast.Expr) error {
	var e *ast.Error
	name, ok := g.(*ast.Name)
	if !ok || len(name.Parts) != 1 || !errors.As(err, &e) || e.Code != ast.ColumnNotFound {
		return err
	}
	for i, it := range q.items {
		if sameName(it.name, name.Parts[0].Name) {
			hinted := *e
			hinted.Hint = "GROUP BY does not see aliases; use the position: GROUP BY " + itoa(i+1)
			return &hinted
		}
	}
	return err
}

func (q *selection) refersToFinding(e plan.Expr) bool {
	found := false
	plan.ColumnsOf(e, func(c *plan.Column) { found = found || c.Index < 0 })
	return found
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

// bindOrder binds ORDER BY: positions, then output names, then FROM's columns.
func (q *selection) bindOrder(order []ast.OrderItem) error {
	var aliases []outputAlias
	for _, it := range q.items {
		if it.name != "" {
			aliases = append(aliases, outputAlias{it.name, it.expr})
		}
	}
	for _, o := range order {
		key := plan.SortKey{Desc: o.Desc, NullsFirst: o.NullsFirst}
		if n, ok := ordinal(o.Expr); ok {
			if n < 1 || n > len(q.items) {
				return badOrdinal("ORDER BY", n, o.Expr)
			}
			key.Expr = q.items[n-1].expr
		} else {
			x := q.exprBinder("ORDER BY clause")
			x.aggregates, x.windows, x.aliases = true, true, aliases
			var err error
			if key.Expr, err = x.expr(o.Expr); err != nil {
				return err
			}
		}
		if err := orderable(key.Expr.Type(), q.binder, o.Expr); err != nil {
			return err
		}
		if q.s.Distinct && q.position(key.Expr) < 0 {
			return ast.Errorf(ast.InvalidArguments, o.Expr.Span(), "For SELECT DISTINCT, ORDER BY expressions must appear in select list")
		}
		q.order = append(q.order, key)
		q.sorted = append(q.sorted, o.Expr)
	}
	return nil
}

// position is the output column that is an expression, or -1.
func (q *selection) position(e plan.Expr) int {
	for i, it := range q.items {
		if plan.Equal(it.expr, e) {
			return i
		}
	}
	return -1
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
	a := &attachment{binder: q.binder, found: &q.found, node: q.node}
	p := &plan.Project{}
	names := make([]string, len(q.items))
	originals := make([]plan.Expr, len(q.items))
	for i, it := range q.items {
		e, err := a.attach(it.expr)
		if err != nil {
			return nil, err
		}
		names[i], originals[i] = it.name, it.expr
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
	return newRelation(q.node, names), nil
}

func (q *selection) sort(keys []int, width int) plan.Node {
	refs := plan.ColumnRefs(q.node)
	sort := &plan.Sort{Input: q.node}
	for i, k := range q.order {
		k.Expr = refs[keys[i]]
		sort.Keys = append(sort.Keys, k)
	}
	if len(refs) == width {
		return sort
	}
	drop := &plan.Project{Input: sort, Exprs: refs[:width]}
	for _, it := range q.items {
		drop.Names = append(drop.Names, it.name)
	}
	return drop
}

// quotedText is the user's text of a node for messages.
func (q *selection) quotedText(n ast.Node, e plan.Expr) string {
	if text := q.source(n); text != "" {
		return strings.Join(strings.Fields(text), " ")
	}
	return plan.String(e)
}
