package bind

import (
	"slices"
	"strconv"
	"strings"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
)

// cte is one item of the WITH clauses around a query, newest first.
type cte struct {
	name  string
	rel   *relation
	nodes int
	home  *enclosing // whose parameters its plan reads
	next  *cte
}

func (c *cte) find(name string) *cte {
	for ; c != nil; c = c.next {
		if strings.EqualFold(c.name, name) {
			return c
		}
	}
	return nil
}

// query binds [WITH …] body [ORDER BY …] [OFFSET …] [LIMIT …].
func (b *binder) query(q *ast.Query, e *env) (*relation, error) {
	inner, err := b.with(q, e)
	if err != nil {
		return nil, err
	}
	rel, err := b.body(q.Body, q.OrderBy, inner)
	if err != nil {
		return nil, err
	}
	return b.limit(rel, q)
}

// with binds the WITH items, each seeing those before it.
func (b *binder) with(q *ast.Query, e *env) (*env, error) {
	inner := &env{ctes: e.cteList(), outer: e.around(), keepTexts: e.texts()}
	for i, item := range q.With {
		for _, before := range q.With[:i] {
			if strings.EqualFold(before.Name.Name, item.Name.Name) {
				return nil, ast.Errorf(ast.InvalidArguments, item.Span(), "WITH query name '%s' specified more than once", strings.ToLower(item.Name.Name))
			}
		}
		rel, err := b.withItem(&item, inner, q.Recurse)
		if err != nil {
			return nil, err
		}
		inner = &env{outer: inner.outer, keepTexts: inner.keepTexts, ctes: &cte{name: item.Name.Name, rel: rel, nodes: count(rel.node), home: inner.outer, next: inner.ctes}}
	}
	return inner, nil
}

// withItem binds one item; every item of a WITH RECURSIVE may be recursive.
func (b *binder) withItem(item *ast.CTE, e *env, recurse bool) (*relation, error) {
	if recurse {
		if rel, err := b.recursive(item, e); rel != nil || err != nil {
			return rel, err
		}
	}
	rel, err := b.query(item.Query, e.inFrom())
	if err != nil {
		return nil, err
	}
	return rel, itemColumns(rel, item)
}

// itemColumns gives a WITH item's result the names of its column list.
func itemColumns(rel *relation, item *ast.CTE) error {
	if len(item.Columns) == 0 {
		return nil
	}
	if n := renameColumns(rel, item.Columns); n >= 0 {
		return mismatch(item.Columns[0].Span(), "Column alias list has %d entries but relation has %d columns", len(item.Columns), n)
	}
	for i, c := range item.Columns {
		if slices.ContainsFunc(item.Columns[:i], func(o ast.Ident) bool { return strings.EqualFold(o.Name, c.Name) }) {
			return ast.Errorf(ast.DuplicateColumnName, c.Span(), "Column name '%s' specified more than once", c.Name)
		}
	}
	return nil
}

func count(n plan.Node) int {
	nodes := 0
	plan.Walk(n, func(plan.Node) bool { nodes++; return true })
	return nodes
}

// use copies a WITH item's plan for one reference to it.
func (b *binder) use(c *cte, e *env, span ast.Span) (*relation, error) {
	if err := b.grow(c.nodes, span); err != nil {
		return nil, err
	}
	node := e.around().carry(duplicate(c.rel.node), c.home, span)
	rel := &relation{node: node, cols: append([]column(nil), c.rel.cols...)}
	b.renumberTexts(rel)
	return rel, nil
}

// grow accounts for nodes that the plan gets beyond those the user wrote.
func (b *binder) grow(nodes int, span ast.Span) error {
	b.nodes += nodes
	if b.nodes > maxNodes {
		return ast.Errorf(ast.NotSupported, span, "Query is too large: WITH items and subqueries make a plan of over %d steps", maxNodes)
	}
	return nil
}

// duplicate makes a plan of new nodes, so that each node is in the plan once.
func duplicate(n plan.Node) plan.Node {
	inputs := n.Inputs()
	copies := make([]plan.Node, len(inputs))
	for i, in := range inputs {
		copies[i] = duplicate(in)
	}
	n = plan.MapExprs(n, func(e plan.Expr) plan.Expr { return e })
	if len(copies) == 0 {
		return n
	}
	return n.WithInputs(copies)
}

// body binds a query's body with the ORDER BY that follows it.
func (b *binder) body(body ast.QueryBody, order []ast.OrderItem, e *env) (*relation, error) {
	if s, ok := body.(*ast.Select); ok {
		return b.selectQuery(s, order, e)
	}
	rel, err := b.plainBody(body, e)
	if err != nil || len(order) == 0 {
		return rel, err
	}
	return b.sortOutput(rel, order, e)
}

func (b *binder) plainBody(body ast.QueryBody, e *env) (*relation, error) {
	switch q := body.(type) {
	case *ast.Select:
		return b.selectQuery(q, nil, e)
	case *ast.SetOperation:
		return b.setOperation(q, e)
	case *ast.Values:
		return b.values(q, e)
	case *ast.Nested:
		return b.query(q.Query, e)
	}
	return nil, notSupported(body.Span(), "This query")
}

// sortOutput orders a result by its own columns, which is all that ORDER BY
// sees after a set operation.
func (b *binder) sortOutput(rel *relation, order []ast.OrderItem, e *env) (*relation, error) {
	x := &exprBinder{binder: b, env: e, scope: &scope{rel: rel, outer: e.around()}, clause: "ORDER BY clause", found: &findings{}}
	a := &attachment{binder: b, found: x.found, node: rel.node}
	sort := &plan.Sort{}
	for _, it := range order {
		key := plan.SortKey{Desc: it.Desc, NullsFirst: it.NullsFirst}
		if n, ok := ordinal(it.Expr); ok {
			if n < 1 || n > len(rel.cols) {
				return nil, badOrdinal("ORDER BY", n, it.Expr)
			}
			key.Expr = rel.cols[n-1].ref()
		} else {
			var err error
			if key.Expr, err = x.expr(it.Expr); err != nil {
				return nil, err
			}
			if key.Expr, err = a.attach(key.Expr); err != nil {
				return nil, err
			}
		}
		if err := orderable(key.Expr.Type(), it.Expr.Span(), it.Expr); err != nil {
			return nil, err
		}
		sort.Keys = append(sort.Keys, key)
	}
	if sort.Input = a.node; a.node == rel.node {
		return &relation{node: sort, cols: rel.cols}, nil
	}
	return &relation{node: firstColumns(sort, len(rel.node.Outputs())), cols: rel.cols}, nil
}

// firstColumns keeps the first columns of a node.
func firstColumns(n plan.Node, width int) plan.Node {
	p := &plan.Project{Input: n, Exprs: plan.ColumnRefs(n)[:width]}
	for _, o := range n.Outputs()[:width] {
		p.Names = append(p.Names, o.Name)
	}
	return p
}

// ordinal reads a position in the SELECT list: a bare integer.
func ordinal(e ast.Expr) (int, bool) {
	if minus, ok := e.(*ast.Unary); ok && minus.Op == "-" {
		n, ok := ordinal(minus.Expr)
		return -n, ok
	}
	l, ok := e.(*ast.Literal)
	if !ok || l.Kind != ast.IntegerLiteral {
		return 0, false
	}
	n, err := strconv.Atoi(l.Text)
	if err != nil {
		return -1, true
	}
	return n, true
}

func badOrdinal(clause string, n int, e ast.Expr) error {
	return ast.Errorf(ast.InvalidColumnReference, e.Span(), "%s position %d is not in select list", clause, n)
}

// limit adds OFFSET and LIMIT, or FETCH.
func (b *binder) limit(rel *relation, q *ast.Query) (*relation, error) {
	if q.Offset == nil && q.Limit == nil {
		return rel, nil
	}
	l := &plan.Limit{Input: rel.node, Count: -1}
	var err error
	if q.Offset != nil {
		if l.Offset, err = b.rowCount(q.Offset, "OFFSET"); err != nil {
			return nil, err
		}
	}
	if q.Limit != nil {
		if l.Count, err = b.rowCount(q.Limit, "LIMIT"); err != nil {
			return nil, err
		}
	}
	switch {
	case !q.Fetch.IsZero() && l.Count < 1:
		return nil, ast.Errorf(ast.NumericValueOutOfRange, q.Fetch, "FETCH FIRST row count must be positive (actual value: %d)", l.Count)
	case q.WithTies && len(q.OrderBy) == 0:
		return nil, ast.Errorf(ast.MissingOrderBy, q.Fetch, "FETCH FIRST WITH TIES clause requires ORDER BY")
	case q.WithTies:
		return withTies(rel, l, q.Fetch)
	}
	return &relation{node: l, cols: rel.cols}, nil
}

// withTies limits right above the sort, whose keys the result may not show.
func withTies(rel *relation, l *plan.Limit, span ast.Span) (*relation, error) {
	switch top := rel.node.(type) {
	case *plan.Sort:
		return &relation{node: &plan.Ties{Input: top, Keys: top.Keys, Offset: l.Offset, Count: l.Count}, cols: rel.cols}, nil
	case *plan.Project:
		if sort, ok := top.Input.(*plan.Sort); ok {
			tied := &plan.Ties{Input: sort, Keys: sort.Keys, Offset: l.Offset, Count: l.Count}
			return &relation{node: top.WithInputs([]plan.Node{tied}), cols: rel.cols}, nil
		}
	}
	return nil, notSupported(span, "FETCH FIRST … WITH TIES over this query")
}

func (b *binder) rowCount(e ast.Expr, clause string) (int64, error) {
	if _, open := b.placeholder(e); open {
		return 1, nil
	}
	l, ok := e.(*ast.Literal)
	if !ok || l.Kind != ast.IntegerLiteral {
		return 0, ast.Errorf(ast.InvalidArguments, e.Span(), "%s must be a whole number", clause)
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(l.Text, "_", ""), 10, 64)
	if err != nil {
		return 0, ast.Errorf(ast.SyntaxError, e.Span(), "Invalid numeric literal: %s", l.Text)
	}
	return n, nil
}
