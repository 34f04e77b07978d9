package parse

import (
	"vitess.io/vitess/go/vt/sqlparser"

	"github.com/traillake/traillake/query/ast"
)

// selectTerm converts SELECT … FROM … WHERE … GROUP BY … HAVING … WINDOW ….
func (c *converter) selectTerm(n *ast.Select, con construct, s *sqlparser.Select, items []sqlparser.Expr) term {
	p := place{con.first, con.last}
	for _, e := range items {
		item, at := c.selectItem(e)
		n.Items = append(n.Items, item)
		p = p.join(at)
	}
	c.only(len(n.Items) > 0, "an empty SELECT")
	if !dual(s.From) {
		for i, t := range s.From {
			rel := c.relation(t)
			if i == 0 {
				c.claim(rel.first-1, "FROM")
			}
			n.From = append(n.From, rel.expr)
			p = p.join(rel.place)
		}
	}
	n.Where = c.condition(s.Where, "WHERE", &p)
	n.GroupBy = c.groupBy(s.GroupBy, &p)
	n.Having = c.condition(s.Having, "HAVING", &p)
	c.windows(n, s.Windows, &p)
	n.At = c.at(p)
	return term{body: n, place: p}
}

// condition converts WHERE or HAVING.
func (c *converter) condition(w *sqlparser.Where, word string, p *place) ast.Expr {
	if w == nil {
		return nil
	}
	v := c.operand(w.Expr, orBinding)
	c.claim(v.first-1, word)
	*p = p.join(v.place)
	return v.expr
}

// selectItem converts one SELECT item.
func (c *converter) selectItem(e sqlparser.Expr) (ast.SelectItem, place) {
	if con, ok := c.column(e); ok {
		n, ok := con.node.(*ast.SelectItem)
		c.only(ok, "this SELECT item")
		return *n, place{con.first, con.last}
	}
	con, arg := c.functionOf(e, itemKind)
	n := con.node.(*ast.SelectItem)
	least := orBinding
	if n.Star {
		least = primaryBinding
	}
	n.Expr = c.left(arg, least).expr
	return *n, place{con.first, con.last}
}

// groupBy converts GROUP BY.
func (c *converter) groupBy(g *sqlparser.GroupBy, p *place) *ast.GroupBy {
	if g == nil {
		return nil
	}
	c.only(!g.WithRollup && len(g.Exprs) > 1, "this form of GROUP BY")
	con, ok := c.column(g.Exprs[0])
	n, isGroup := con.node.(*ast.GroupBy)
	c.only(ok && isGroup, "this form of GROUP BY")
	at := place{con.first, con.last}
	for _, e := range g.Exprs[1:] {
		el, where := c.groupingElement(e)
		n.Elements = append(n.Elements, el)
		at = at.join(where)
	}
	n.At = c.at(at)
	*p = p.join(at)
	return n
}

// groupingElement converts one element of GROUP BY.
func (c *converter) groupingElement(e sqlparser.Expr) (ast.GroupingElement, place) {
	if f, ok := e.(*sqlparser.FuncExpr); ok && c.kindOf(f) == groupingKind {
		con, args, _ := c.function(f)
		n := con.node.(*ast.GroupingElement)
		for _, a := range args {
			set, _ := c.groupingSet(a)
			n.Sets = append(n.Sets, set)
		}
		return *n, place{con.first, con.last}
	}
	set, at := c.groupingSet(e)
	return ast.GroupingElement{At: c.at(at), Sets: [][]ast.Expr{set}}, at
}

// groupingSet converts (a, b), () or one expression.
func (c *converter) groupingSet(e sqlparser.Expr) ([]ast.Expr, place) {
	if f, ok := e.(*sqlparser.FuncExpr); ok && c.kindOf(f) == groupingSetKind {
		con, args, _ := c.function(f)
		return c.exprs(args), place{con.first, con.last}
	}
	v := c.operand(e, orBinding)
	return []ast.Expr{v.expr}, v.place
}

// windows converts the WINDOW clause.
func (c *converter) windows(n *ast.Select, named sqlparser.NamedWindows, p *place) {
	for _, clause := range named {
		for _, w := range clause.Windows {
			con := c.take(w.Name.String())
			def, ok := con.node.(*ast.WindowDef)
			spec := w.WindowSpec
			c.only(ok && spec != nil && spec.Name.IsEmpty() && len(spec.PartitionClause) == 1 &&
				spec.OrderClause == nil && spec.FrameClause == nil, "this form of WINDOW")
			f, ok := spec.PartitionClause[0].(*sqlparser.FuncExpr)
			c.only(ok && c.index(f.Name.String()) == c.index(w.Name.String()), "this form of WINDOW")
			c.window(&def.Window, f.Exprs)
			if len(n.Windows) == 0 {
				c.claim(con.first-1, "WINDOW")
			}
			n.Windows = append(n.Windows, *def)
			*p = p.join(place{con.first, con.last})
		}
	}
}
