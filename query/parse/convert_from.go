package parse

import (
	"vitess.io/vitess/go/vt/sqlparser"

	"github.com/traillake/traillake/query/ast"
)

// relation is a converted FROM item with its place.
type relation struct {
	expr ast.TableExpr
	place
}

// relation converts one FROM item, and the TABLESAMPLE after it, of which Vitess
// knows nothing.
func (c *converter) relation(t sqlparser.TableExpr) relation {
	r := c.unsampled(t)
	con, ok := c.found.samples[r.last+1]
	if !ok {
		return r
	}
	for i := con.first; i <= con.last; i++ {
		c.pending[i] = false
	}
	n := con.node.(*ast.Sample)
	c.only(n.Input == nil, "this TABLESAMPLE")
	p := place{r.first, con.last}
	n.Input, n.At = r.expr, c.at(p)
	return relation{n, p}
}

func (c *converter) unsampled(t sqlparser.TableExpr) relation {
	switch t := t.(type) {
	case *sqlparser.AliasedTableExpr:
		c.only(len(t.Partitions) == 0 && len(t.Hints) == 0 && len(t.Columns) == 0, "a table option")
		switch e := t.Expr.(type) {
		case sqlparser.TableName:
			c.only(t.As.IsEmpty() && e.Qualifier.IsEmpty(), "this table")
			return c.table(c.take(e.Name.String()))
		case *sqlparser.DerivedTable:
			c.only(!e.Lateral, "LATERAL")
			return c.derived(c.take(t.As.String()), e.Select)
		}
	case *sqlparser.ParenTableExpr:
		c.only(len(t.Exprs) == 1, "a list of tables in brackets")
		r := c.relation(t.Exprs[0])
		p := place{r.first - 1, r.last + 1}
		if p.first < 0 || c.toks[p.first].match != p.last {
			c.mismatch(r.last + 1)
		}
		return relation{r.expr, p}
	case *sqlparser.JoinTableExpr:
		return c.join(t)
	}
	c.foreign("this FROM item")
	return relation{}
}

// table takes in a named table.
func (c *converter) table(con construct) relation {
	n, ok := con.node.(*ast.Table)
	c.only(ok, "this table")
	return relation{n, place{con.first, con.last}}
}

// derived converts a query in FROM: the user's, or one a rule made to carry expressions.
func (c *converter) derived(con construct, tree sqlparser.TableStatement) relation {
	p := place{con.first, con.last}
	switch n := con.node.(type) {
	case *ast.Subquery:
		n.Query = c.query(tree, con.open+1)
		return relation{n, p}
	case *ast.Lateral:
		n.Query = c.query(tree, con.open+1)
		return relation{n, p}
	case *ast.Unnest:
		n.Exprs = c.exprs(c.carried(con, tree))
		return relation{n, p}
	case *ast.TableFunction:
		for _, e := range c.carried(con, tree) {
			n.Args = append(n.Args, c.tableArg(e))
		}
		return relation{n, p}
	case *versioned:
		exprs := c.carried(con, tree)
		c.only(len(exprs) == 1, "this table version")
		if v := c.operand(exprs[0], concatBinding).expr; n.version {
			n.table.Version = v
		} else {
			n.table.Timestamp = v
		}
		return relation{n.table, p}
	}
	c.refuse(con.first, con.last, "this FROM item")
	return relation{}
}

// tableArg converts an argument of a table function.
func (c *converter) tableArg(e sqlparser.Expr) ast.TableArg {
	con, ok := c.column(e)
	if !ok {
		var args []sqlparser.Expr
		con, args, ok = c.function(e)
		c.only(ok && len(args) == 1 && (con.kind == argumentKind || con.kind == queryArgumentKind), "this argument")
		e = args[0]
	}
	n, ok := con.node.(*ast.TableArg)
	c.only(ok, "this argument")
	switch con.kind {
	case argumentKind:
		n.Expr = c.expr(e)
	case queryArgumentKind:
		n.Table.(*ast.Subquery).Query = c.subquery(e, con)
	}
	return *n
}

// carried returns the expressions of a query that a rule made to carry them.
func (c *converter) carried(con construct, tree sqlparser.TableStatement) []sqlparser.Expr {
	s, ok := tree.(*sqlparser.Select)
	c.only(ok && s.With == nil && s.OrderBy == nil && s.Limit == nil && dual(s.From), "this FROM item")
	c.bare(s)
	items := c.items(s)
	col, ok := items[0].(*sqlparser.ColName)
	c.only(ok && c.same(col.Name.String(), con), "this FROM item")
	return items[1:]
}

// join converts a join. Vitess knows two kinds, with a condition and without;
// the user's words between the sides say which it is.
func (c *converter) join(t *sqlparser.JoinTableExpr) relation {
	left, right := c.relation(t.LeftExpr), c.relation(t.RightExpr)
	words := c.found.joins[right.first-1]
	if words == nil {
		c.mismatch(right.first - 1)
	}
	for i := left.last + 1; i < right.first; i++ {
		c.claim(i, "CROSS", "NATURAL", "INNER", "LEFT", "RIGHT", "FULL", "OUTER", "JOIN")
	}
	n := &ast.Join{Kind: words.kind, Natural: words.natural, Left: left.expr, Right: right.expr}
	p := left.join(right.place)
	free := words.natural || words.kind == ast.CrossJoin
	switch t.Join {
	case sqlparser.LeftJoinType:
		c.only(!free && t.Condition != nil, "this join")
		p = c.joinCondition(n, t.Condition, p)
	case sqlparser.NaturalJoinType:
		c.only(free && (t.Condition == nil || t.Condition.On == nil && t.Condition.Using == nil), "this join")
	default:
		c.foreign("this join")
	}
	n.At = c.at(p)
	return relation{n, p}
}

// joinCondition converts ON or USING.
func (c *converter) joinCondition(n *ast.Join, cond *sqlparser.JoinCondition, p place) place {
	if cond.On != nil {
		v := c.operand(cond.On, orBinding)
		c.claim(v.first-1, "ON")
		n.On = v.expr
		return p.join(v.place)
	}
	c.only(len(cond.Using) == 1, "this join")
	con := c.take(cond.Using[0].String())
	columns, ok := con.node.([]ast.Ident)
	c.only(ok, "this join")
	n.Using = columns
	return p.join(place{con.first, con.last})
}
