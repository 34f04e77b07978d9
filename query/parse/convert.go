package parse

import (
	"strconv"
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"

	"github.com/traillake/traillake/query/ast"
)

// converter makes our tree of Vitess's. It takes a construct back in for each
// marker, and checks every operator and keyword against the user's tokens.
type converter struct {
	source
	found   *reader
	used    []bool // constructs met
	pending []bool // tokens sent and not yet met
}

func newConverter(r *reader, pending []bool) *converter {
	return &converter{source: r.source, found: r, used: make([]bool, len(r.constructs)), pending: pending}
}

// place is a range of tokens, both ends inside.
type place struct{ first, last int }

func (p place) join(o place) place {
	return place{min(p.first, o.first), max(p.last, o.last)}
}

// at makes the span of a place.
func (c *converter) at(p place) ast.At { return ast.At{Pos: c.span(p.first, p.last)} }

// statement converts the whole tree and checks that nothing of it is left over.
func (c *converter) statement(tree sqlparser.TableStatement, w whole) ast.Statement {
	st := c.content(tree, w)
	for i, k := range c.found.constructs {
		if !c.used[i] && k.kind < plusKind && k.kind != orderKind {
			c.refuse(k.first, k.last, "this form")
		}
	}
	for i := w.first; i <= w.last; i++ {
		if c.pending[i] {
			c.mismatch(i)
		}
	}
	return st
}

// content converts what the statement is about: a query, or one name that stands
// for a SHOW.
func (c *converter) content(tree sqlparser.TableStatement, w whole) ast.Statement {
	if show := c.found.constructs[0]; show.kind == showKind {
		s, ok := tree.(*sqlparser.Select)
		c.only(ok && s.With == nil && s.OrderBy == nil && s.Limit == nil && dual(s.From), "this statement")
		c.bare(s)
		items := c.items(s)
		con, ok := c.column(items[0])
		node, isShow := con.node.(*ast.Show)
		c.only(ok && isShow && len(items) == 1, "this statement")
		return node
	}
	q := c.query(tree, w.first)
	at := c.at(place{0, w.last})
	if w.explain != nil {
		w.explain.At, w.explain.Query = at, q
		return w.explain
	}
	return &ast.QueryStatement{At: at, Query: q}
}

// claim meets token i, which must be one of the words.
func (c *converter) claim(i int, words ...string) {
	if i < 0 || i >= len(c.toks) {
		c.mismatch(len(c.toks) - 1)
	}
	if !c.pending[i] || !c.toks[i].is(words...) {
		c.mismatch(i)
	}
	c.pending[i] = false
}

// claimAll meets the words that stand at token i and after it.
func (c *converter) claimAll(i int, words ...string) {
	for n, w := range words {
		c.claim(i+n, w)
	}
}

// index returns the number of the construct that a marker stands for.
func (c *converter) index(name string) int {
	digits, ok := strings.CutPrefix(name, "k")
	i, err := strconv.Atoi(digits)
	if !ok || err != nil || i < 0 || i >= len(c.found.constructs) {
		c.foreign("the name " + name)
	}
	return i
}

// same reports whether a marker stands for a construct.
func (c *converter) same(name string, con construct) bool {
	return c.found.constructs[c.index(name)].node == con.node
}

// take returns the construct that a marker stands for, once.
func (c *converter) take(name string) construct {
	i := c.index(name)
	if c.used[i] {
		c.refuse(c.found.constructs[i].first, c.found.constructs[i].last, "this form")
	}
	c.used[i] = true
	return c.found.constructs[i]
}

// foreign refuses a part of Vitess's tree that no rule makes.
func (c *converter) foreign(what string) {
	panic(fault{ast.Errorf(ast.NotSupported, c.span(0, len(c.toks)-1), "unsupported syntax: %s", what)})
}

// only refuses a node of Vitess's tree unless a property that no rule makes is absent.
func (c *converter) only(absent bool, what string) {
	if !absent {
		c.foreign(what)
	}
}

// column returns the construct of a name in expression position.
func (c *converter) column(e sqlparser.Expr) (construct, bool) {
	col, ok := e.(*sqlparser.ColName)
	if !ok {
		return construct{}, false
	}
	c.only(col.Qualifier.IsEmpty(), "a qualified name")
	return c.take(col.Name.String()), true
}

// function returns the construct and the arguments of a function.
func (c *converter) function(e sqlparser.Expr) (construct, []sqlparser.Expr, bool) {
	f, ok := e.(*sqlparser.FuncExpr)
	if !ok {
		return construct{}, nil, false
	}
	c.only(f.Qualifier.IsEmpty(), "a qualified function")
	return c.take(f.Name.String()), f.Exprs, true
}

// functionOf returns the construct and the only argument of a function that must
// be of one kind.
func (c *converter) functionOf(e sqlparser.Expr, k kind) (construct, sqlparser.Expr) {
	con, args, ok := c.function(e)
	if !ok || con.kind != k || len(args) != 1 {
		c.foreign("this expression")
	}
	return con, args[0]
}
