package parse

import (
	"vitess.io/vitess/go/vt/sqlparser"

	"github.com/traillake/traillake/query/ast"
)

// call converts a function, which always stands for a construct.
func (c *converter) call(f *sqlparser.FuncExpr) value {
	con, args, _ := c.function(f)
	p := place{con.first, con.last}
	switch con.kind {
	case rowKind, arrayKind, callKind, keywordCallKind, windowKind:
	case subscriptKind, timeZoneKind:
		c.only(len(args) == 2, "this number of arguments")
	default:
		c.only(len(args) == 1, "this number of arguments")
	}
	if con.kind == parenKind {
		// The expression keeps its own span; its place has the brackets.
		return value{c.expr(args[0]), p, primaryBinding}
	}
	binds := primaryBinding
	if con.kind == timeZoneKind || con.kind == atLocalKind {
		binds = zoneBinding
	}
	return value{c.callNode(con, args), p, binds}
}

// callNode fills in the node of a construct.
func (c *converter) callNode(con construct, args []sqlparser.Expr) ast.Expr {
	switch n := con.node.(type) {
	case *ast.Row:
		c.row(n, args)
		return n
	case *ast.Array:
		n.Elems = c.exprs(args)
		return n
	case *ast.Subscript:
		n.Expr, n.Index = c.operand(args[0], primaryBinding).expr, c.operand(args[1], concatBinding).expr
		n.Pos = c.span(con.first, con.last)
		return n
	case *ast.Field:
		n.Expr = c.operand(args[0], primaryBinding).expr
		n.Pos = c.span(con.first, con.last)
		return n
	case *ast.AtTimeZone:
		n.Expr = c.operand(args[0], zoneBinding).expr
		if con.kind == timeZoneKind {
			n.Zone = c.expr(args[1])
		}
		return n
	case *ast.Cast:
		n.Expr = c.expr(args[0])
		return n
	case *ast.Extract:
		n.Expr = c.operand(args[0], concatBinding).expr
		return n
	case *ast.Lambda:
		n.Body = c.expr(args[0])
		return n
	case *ast.Case:
		c.caseExpr(n, con, args[0])
		return n
	case *ast.ScalarSubquery:
		n.Query = c.subquery(args[0], con)
		return n
	case *ast.Exists:
		n.Query = c.subquery(args[0], con)
		return n
	case *ast.Call:
		if con.kind == keywordCallKind {
			c.keywordCall(n, con, args)
		} else {
			c.arguments(n, args)
		}
		return n
	}
	c.refuse(con.first, con.last, "this form")
	return nil
}

// row fills in a row: its fields, and the names of those that have one.
func (c *converter) row(n *ast.Row, args []sqlparser.Expr) {
	for i, a := range args {
		if f, ok := a.(*sqlparser.FuncExpr); ok && c.kindOf(f) == rowFieldKind {
			con, field := c.functionOf(a, rowFieldKind)
			if n.Names == nil {
				n.Names = make([]*ast.Ident, len(args))
			}
			n.Names[i], a = con.node.(*ast.Ident), field
		}
		n.Elems = append(n.Elems, c.expr(a))
	}
}

// exprs converts a list.
func (c *converter) exprs(list []sqlparser.Expr) []ast.Expr {
	var out []ast.Expr
	for _, e := range list {
		out = append(out, c.expr(e))
	}
	return out
}

// subquery converts the query in the bracket of a construct.
func (c *converter) subquery(e sqlparser.Expr, con construct) *ast.Query {
	q, ok := e.(*sqlparser.Subquery)
	c.only(ok, "this form of a subquery")
	return c.query(q.Select, con.open+1)
}

// keywordCall fills in TRIM, POSITION, SUBSTRING, OVERLAY and the calls of SQL/JSON.
func (c *converter) keywordCall(n *ast.Call, con construct, args []sqlparser.Expr) {
	if n.JSON != nil {
		c.arguments(n, args)
		return
	}
	for _, a := range args {
		n.Args = append(n.Args, c.operand(a, concatBinding).expr)
	}
	if con.joined {
		c.only(len(n.Args) == 2, "this number of arguments")
		n.Args[0], n.Args[1] = n.Args[1], n.Args[0]
	}
}

// arguments fills in a call: its arguments come first, then the constructs of
// its clauses.
func (c *converter) arguments(n *ast.Call, args []sqlparser.Expr) {
	for _, a := range args {
		f, ok := a.(*sqlparser.FuncExpr)
		if !ok {
			n.Args = append(n.Args, c.expr(a))
			continue
		}
		switch c.kindOf(f) {
		case sortKind:
			n.OrderBy = append(n.OrderBy, c.sortItem(a))
		case filterKind:
			_, cond := c.functionOf(a, filterKind)
			n.Filter = c.expr(cond)
		case withinKind:
			_, items, _ := c.function(a)
			for _, item := range items {
				n.WithinGroup = append(n.WithinGroup, c.sortItem(item))
			}
		case windowKind:
			con, parts, _ := c.function(a)
			n.Window = con.node.(*ast.Window)
			c.window(n.Window, parts)
		case lambdaKind:
			n.Args = append(n.Args, c.value(a).expr)
		default:
			n.Args = append(n.Args, c.expr(a))
		}
	}
}

// sortItem converts one ORDER BY key.
func (c *converter) sortItem(e sqlparser.Expr) ast.OrderItem {
	con, key := c.functionOf(e, sortKind)
	n := con.node.(*ast.OrderItem)
	n.Expr = c.expr(key)
	return *n
}

// window fills in a window: partition keys, sort keys, the frame.
func (c *converter) window(n *ast.Window, parts []sqlparser.Expr) {
	for _, part := range parts {
		k := callKind
		if f, ok := part.(*sqlparser.FuncExpr); ok {
			k = c.kindOf(f)
		}
		switch k {
		case sortKind:
			n.OrderBy = append(n.OrderBy, c.sortItem(part))
		case frameKind:
			con, bounds, _ := c.function(part)
			n.Frame = con.node.(*ast.Frame)
			c.frame(n.Frame, bounds)
		default:
			n.PartitionBy = append(n.PartitionBy, c.expr(part))
		}
	}
}

// frame puts the expressions of a frame's bounds where they belong.
func (c *converter) frame(n *ast.Frame, bounds []sqlparser.Expr) {
	for _, b := range []*ast.Bound{&n.Start, &n.End} {
		if b.Kind == "PRECEDING" || b.Kind == "FOLLOWING" {
			c.only(len(bounds) > 0, "this frame")
			b.Offset, bounds = c.expr(bounds[0]), bounds[1:]
		}
	}
	c.only(len(bounds) == 0, "this frame")
}

// caseExpr fills in CASE … END.
func (c *converter) caseExpr(n *ast.Case, con construct, e sqlparser.Expr) {
	tree, ok := e.(*sqlparser.CaseExpr)
	c.only(ok, "this form of CASE")
	c.claim(con.first, "CASE")
	c.claim(con.last, "END")
	if tree.Expr != nil {
		n.Operand = c.expr(tree.Expr)
	}
	for _, w := range tree.Whens {
		cond, result := c.operand(w.Cond, orBinding), c.operand(w.Val, orBinding)
		c.claim(cond.first-1, "WHEN")
		c.claim(result.first-1, "THEN")
		when := ast.When{Cond: cond.expr, Result: result.expr}
		when.At = c.at(place{cond.first - 1, result.last})
		n.Whens = append(n.Whens, when)
	}
	if tree.Else != nil {
		v := c.operand(tree.Else, orBinding)
		c.claim(v.first-1, "ELSE")
		n.Else = v.expr
	}
}
