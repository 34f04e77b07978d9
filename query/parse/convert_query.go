package parse

import (
	"vitess.io/vitess/go/vt/sqlparser"

	"github.com/traillake/traillake/query/ast"
)

// query converts the query that starts at token first.
func (c *converter) query(tree sqlparser.TableStatement, first int) *ast.Query {
	info := c.found.queries[first]
	if info == nil {
		c.mismatch(first)
	}
	q := &ast.Query{At: c.at(place{info.first, info.last}), Recurse: info.recursive, BodyEnd: info.bodyEnd, OrderEnd: info.orderEnd}
	var terms []term
	with, orderBy, limit := c.clauses(tree)
	c.terms(tree, &terms)
	q.With = c.with(with, info)
	q.Body = combine(c.source, terms)
	for i, o := range orderBy {
		c.only(o.Direction == sqlparser.AscOrder, "a direction")
		con := c.found.constructs[c.index(functionName(o.Expr))]
		if i == 0 {
			c.claimAll(con.first-2, "ORDER", "BY")
			q.OrderPos = c.span(con.first-2, con.first-2)
		}
		q.OrderBy = append(q.OrderBy, c.sortItem(o.Expr))
	}
	if limit != nil {
		c.only(limit.Offset == nil, "an offset")
		con, ok := c.column(limit.Rowcount)
		t, isTail := con.node.(*tail)
		c.only(ok && isTail, "this limit")
		q.Offset, q.Limit, q.WithTies, q.Fetch = t.offset, t.limit, t.ties, t.fetch
		q.OffsetPos, q.LimitPos = t.offsetPos, t.limitPos
	}
	return q
}

// functionName returns the name of a function, "" for anything else.
func functionName(e sqlparser.Expr) string {
	if f, ok := e.(*sqlparser.FuncExpr); ok {
		return f.Name.String()
	}
	return ""
}

// clauses returns what stands around the terms of a query.
func (c *converter) clauses(tree sqlparser.TableStatement) (*sqlparser.With, sqlparser.OrderBy, *sqlparser.Limit) {
	switch t := tree.(type) {
	case *sqlparser.Select:
		return t.With, t.OrderBy, t.Limit
	case *sqlparser.Union:
		return t.With, t.OrderBy, t.Limit
	}
	c.foreign("this query")
	return nil, nil, nil
}

// with converts the WITH items.
func (c *converter) with(w *sqlparser.With, info *queryInfo) []ast.CTE {
	if w == nil {
		return nil
	}
	c.only(!w.Recursive && info.with > 0, "this form of WITH")
	c.claim(info.first, "WITH")
	if info.recursive {
		c.claim(info.first+1, "RECURSIVE")
	}
	var out []ast.CTE
	for _, e := range w.CTEs {
		c.only(len(e.Columns) == 0, "column names")
		con := c.take(e.ID.String())
		n, ok := con.node.(*ast.CTE)
		c.only(ok, "this form of WITH")
		c.claim(con.at, "AS")
		n.Query = c.query(e.Subquery, con.open+1)
		out = append(out, *n)
	}
	return out
}

// term is one term of a query with the operator before it.
type term struct {
	body ast.QueryBody
	place
	op *setOp // nil before the first
}

// terms converts the terms of a chain of set operations, left to right. Vitess
// read every operator as UNION ALL and every bracketed query as a plain SELECT,
// so the chain leans to the left all the way.
func (c *converter) terms(tree sqlparser.TableStatement, out *[]term) {
	var chain []*sqlparser.Select
	for {
		u, ok := tree.(*sqlparser.Union)
		if !ok {
			break
		}
		c.only(!u.Distinct && u.Lock == sqlparser.NoLock && u.Into == nil, "this form of a union")
		right, ok := u.Right.(*sqlparser.Select)
		c.only(ok && right.With == nil && right.OrderBy == nil && right.Limit == nil, "this form of a union")
		chain = append(chain, right)
		tree = u.Left
		if l, ok := tree.(*sqlparser.Union); ok {
			c.only(l.With == nil && l.OrderBy == nil && l.Limit == nil, "this form of a union")
		}
	}
	first, ok := tree.(*sqlparser.Select)
	c.only(ok && (len(chain) == 0 || first.With == nil && first.OrderBy == nil && first.Limit == nil), "this query")
	*out = append(*out, c.term(first))
	for i := len(chain) - 1; i >= 0; i-- {
		t := c.term(chain[i])
		t.op = c.found.setOps[t.first]
		if t.op == nil {
			c.mismatch(t.first)
		}
		for at := t.first - 1; at >= 0 && c.pending[at] && c.toks[at].is("UNION", "INTERSECT", "EXCEPT", "ALL", "DISTINCT"); at-- {
			c.pending[at] = false
		}
		*out = append(*out, t)
	}
}

// combine makes the tree of a chain of terms: INTERSECT binds tighter than UNION
// and EXCEPT, and all lean to the left.
func combine(s source, terms []term) ast.QueryBody {
	join := func(left, right term) term {
		p := left.join(right.place)
		n := &ast.SetOperation{Op: right.op.op, OpPos: right.op.pos, All: right.op.all, Left: left.body, Right: right.body}
		n.Pos = s.span(p.first, p.last)
		return term{n, p, left.op}
	}
	var factors []term
	for _, t := range terms {
		if n := len(factors); n > 0 && t.op.op == ast.Intersect {
			factors[n-1] = join(factors[n-1], t)
		} else {
			factors = append(factors, t)
		}
	}
	sum := factors[0]
	for _, t := range factors[1:] {
		sum = join(sum, t)
	}
	return sum.body
}

// term converts one term. The first thing it selects says what it is.
func (c *converter) term(s *sqlparser.Select) term {
	c.only(s.Cache == nil && !s.Distinct && !s.HighPriority && !s.StraightJoinHint && !s.SQLSmallResult && !s.SQLBigResult &&
		!s.SQLBufferResult && !s.SQLCalcFoundRows && s.Lock == sqlparser.NoLock && s.Into == nil, "an option of SELECT")
	c.only(s.Comments == nil || len(s.Comments.GetComments()) == 0, "a comment")
	items := c.items(s)
	con, ok := c.column(items[0])
	c.only(ok, "this SELECT")
	items = items[1:]
	switch n := con.node.(type) {
	case *ast.Select:
		if con.kind == tableBodyKind {
			return c.tableTerm(n, con, s, items)
		}
		return c.selectTerm(n, con, s, items)
	case *ast.Values:
		return c.values(n, con, s, items)
	case *ast.Nested:
		return c.nested(n, con, s, items)
	}
	c.foreign("this SELECT")
	return term{}
}

// items returns what a SELECT selects.
func (c *converter) items(s *sqlparser.Select) []sqlparser.Expr {
	var out []sqlparser.Expr
	for _, e := range s.SelectExprs.Exprs {
		item, ok := e.(*sqlparser.AliasedExpr)
		c.only(ok && item.As.IsEmpty(), "this SELECT item")
		out = append(out, item.Expr)
	}
	c.only(len(out) > 0, "an empty SELECT")
	return out
}

// bare refuses a SELECT with clauses, where a rule makes none.
func (c *converter) bare(s *sqlparser.Select) {
	c.only(s.Where == nil && s.GroupBy == nil && s.Having == nil && s.Windows == nil, "a clause")
}

// dual reports whether a SELECT has no FROM, which Vitess says with a table.
func dual(from []sqlparser.TableExpr) bool {
	if len(from) != 1 {
		return false
	}
	t, ok := from[0].(*sqlparser.AliasedTableExpr)
	if !ok {
		return false
	}
	name, ok := t.Expr.(sqlparser.TableName)
	return ok && name.Name.String() == "dual"
}

// tableTerm converts TABLE t.
func (c *converter) tableTerm(n *ast.Select, con construct, s *sqlparser.Select, items []sqlparser.Expr) term {
	c.bare(s)
	c.only(len(items) == 0 && len(s.From) == 1, "this form of TABLE")
	rel := c.relation(s.From[0])
	n.From = []ast.TableExpr{rel.expr}
	p := place{con.first, rel.last}
	n.At = c.at(p)
	return term{body: n, place: p}
}

// values converts VALUES row, …. A row in brackets is a row, anything else a row of one.
func (c *converter) values(n *ast.Values, con construct, s *sqlparser.Select, items []sqlparser.Expr) term {
	c.bare(s)
	c.only(dual(s.From), "FROM after VALUES")
	p := place{con.first, con.last}
	for _, item := range items {
		v := c.operand(item, orBinding)
		p = p.join(v.place)
		if row, ok := v.expr.(*ast.Row); ok {
			if len(row.Names) > 0 {
				c.refuse(v.first, v.last, "field names in a row of VALUES")
			}
			if len(row.Elems) == 1 { // told from an expression that is a row itself
				n.Rows = append(n.Rows, []ast.Expr{row})
				continue
			}
			n.Rows = append(n.Rows, row.Elems)
		} else {
			n.Rows = append(n.Rows, []ast.Expr{v.expr})
		}
	}
	n.At = c.at(p)
	return term{body: n, place: p}
}

// nested converts a query in brackets.
func (c *converter) nested(n *ast.Nested, con construct, s *sqlparser.Select, items []sqlparser.Expr) term {
	c.bare(s)
	c.only(len(items) == 0 && len(s.From) == 1, "this form of a query in brackets")
	t, ok := s.From[0].(*sqlparser.AliasedTableExpr)
	c.only(ok, "this form of a query in brackets")
	d, ok := t.Expr.(*sqlparser.DerivedTable)
	c.only(ok && !d.Lateral && len(t.Columns) == 0 && c.same(t.As.String(), con), "this form of a query in brackets")
	n.Query = c.query(d.Select, con.open+1)
	return term{body: n, place: place{con.first, con.last}}
}
