package parse

import (
	"vitess.io/vitess/go/vt/sqlparser"

	"github.com/traillake/traillake/query/ast"
)

// binding is how tightly a form of expression binds, as in Trino's grammar.
type binding uint8

const (
	orBinding binding = iota
	andBinding
	notBinding
	predicateBinding // comparisons and tests; they do not chain
	concatBinding
	sumBinding
	productBinding
	signBinding
	zoneBinding
	primaryBinding
)

// value is a converted expression with its place, brackets included, and binding.
type value struct {
	expr ast.Expr
	place
	binds binding
}

// left converts a left operand. It must bind at least so tightly, as it does
// unless Vitess's grammar is laxer than Trino's; if not, what comes after it
// does not fit.
func (c *converter) left(e sqlparser.Expr, least binding) value {
	v := c.operand(e, orBinding)
	if v.binds < least {
		c.mismatch(v.last + 1)
	}
	return v
}

// operand converts an operand that is not the left one. If it does not bind
// tightly enough, its own operator does not fit.
func (c *converter) operand(e sqlparser.Expr, least binding) value {
	v := c.value(e)
	if v.binds < least {
		c.mismatchOf(v)
	}
	if l, ok := v.expr.(*ast.Lambda); ok {
		panic(fault{ast.Errorf(ast.TypeMismatch, l.Pos, "Lambda expression should always be used inside a function")})
	}
	return v
}

// expr converts an expression of any form but a lambda.
func (c *converter) expr(e sqlparser.Expr) ast.Expr { return c.operand(e, orBinding).expr }

// mismatchOf refuses an expression at its operator.
func (c *converter) mismatchOf(v value) {
	span := c.span(v.first, v.last)
	switch e := v.expr.(type) {
	case *ast.Binary:
		span = e.OpPos
	case *ast.Quantified, *ast.IsNull, *ast.Between, *ast.InList, *ast.InSubquery, *ast.Like:
		span = ast.Place(e)
	}
	for i := v.first; i <= v.last; i++ {
		if c.toks[i].span.Start == span.Start {
			c.mismatch(i)
		}
	}
	c.mismatch(v.first)
}

// words is where the words of a predicate begin whose first operand is left.
func (c *converter) words(left value) ast.Predicate {
	return ast.Predicate{OpPos: c.span(left.last+1, left.last+1)}
}

// value converts an expression.
func (c *converter) value(e sqlparser.Expr) value {
	switch e := e.(type) {
	case *sqlparser.ColName:
		return c.leaf(e)
	case *sqlparser.FuncExpr:
		return c.call(e)
	case *sqlparser.OrExpr:
		return c.logical(e.Left, e.Right, "OR", orBinding)
	case *sqlparser.AndExpr:
		return c.logical(e.Left, e.Right, "AND", andBinding)
	case *sqlparser.NotExpr:
		return c.not(e)
	case *sqlparser.ComparisonExpr:
		return c.comparison(e)
	case *sqlparser.IsExpr:
		return c.test(e)
	case *sqlparser.BetweenExpr:
		return c.between(e)
	case *sqlparser.BinaryExpr:
		return c.arithmetic(e)
	case *sqlparser.UnaryExpr:
		return c.sign(e)
	}
	c.foreign("this expression")
	return value{}
}

// leaf converts a name that stands for a construct without parts.
func (c *converter) leaf(e *sqlparser.ColName) value {
	con, _ := c.column(e)
	expr, ok := con.node.(ast.Expr)
	if !ok || con.kind > keywordKind {
		c.refuse(con.first, con.last, "this form")
	}
	return value{expr, place{con.first, con.last}, primaryBinding}
}

// binary makes left op right; the operator's tokens are those between them.
func (c *converter) binary(left, right value, op string, binds binding) value {
	p := left.join(right.place)
	e := &ast.Binary{At: c.at(p), Op: op, Left: left.expr, Right: right.expr}
	e.OpPos = c.span(left.last+1, right.first-1)
	return value{e, p, binds}
}

// logical converts AND and OR.
func (c *converter) logical(l, r sqlparser.Expr, op string, binds binding) value {
	left, right := c.left(l, binds), c.operand(r, binds+1)
	c.claimAll(left.last+1, op)
	return c.binary(left, right, op, binds)
}

func (c *converter) not(e *sqlparser.NotExpr) value {
	v := c.operand(e.Expr, notBinding)
	c.claim(v.first-1, "NOT")
	p := place{v.first - 1, v.last}
	return value{&ast.Unary{At: c.at(p), Op: "NOT", Expr: v.expr}, p, notBinding}
}

// signs are the unary operators on Vitess's side.
var signs = map[sqlparser.UnaryExprOperator]string{
	sqlparser.UMinusOp: "-",
	sqlparser.TildaOp:  "+",
}

func (c *converter) sign(e *sqlparser.UnaryExpr) value {
	op, ok := signs[e.Operator]
	c.only(ok, "a unary operator")
	v := c.operand(e.Expr, signBinding)
	c.claim(v.first-1, op)
	p := place{v.first - 1, v.last}
	return value{&ast.Unary{At: c.at(p), Op: op, Expr: v.expr}, p, signBinding}
}

// arithmeticOps are the operators on numbers and strings, on Vitess's side and ours.
var arithmeticOps = map[sqlparser.BinaryExprOperator]struct {
	op    string
	binds binding
}{
	sqlparser.BitOrOp: {"||", concatBinding},
	sqlparser.PlusOp:  {"+", sumBinding},
	sqlparser.MinusOp: {"-", sumBinding},
	sqlparser.MultOp:  {"*", productBinding},
	sqlparser.DivOp:   {"/", productBinding},
	sqlparser.ModOp:   {"%", productBinding},
}

func (c *converter) arithmetic(e *sqlparser.BinaryExpr) value {
	op, ok := arithmeticOps[e.Operator]
	c.only(ok, "a binary operator")
	left, right := c.left(e.Left, op.binds), c.operand(e.Right, op.binds+1)
	c.claim(left.last+1, op.op)
	return c.binary(left, right, op.op, op.binds)
}

// comparisonOps are the comparisons on Vitess's side and ours.
var comparisonOps = map[sqlparser.ComparisonExprOperator]string{
	sqlparser.EqualOp:        "=",
	sqlparser.NotEqualOp:     "<>",
	sqlparser.LessThanOp:     "<",
	sqlparser.LessEqualOp:    "<=",
	sqlparser.GreaterThanOp:  ">",
	sqlparser.GreaterEqualOp: ">=",
}

// comparison converts comparisons, IN, LIKE and IS DISTINCT FROM.
func (c *converter) comparison(e *sqlparser.ComparisonExpr) value {
	c.only(e.Modifier == sqlparser.Missing, "a quantifier")
	switch e.Operator {
	case sqlparser.LikeOp, sqlparser.NotLikeOp:
		return c.like(e)
	}
	c.only(e.Escape == nil, "an escape")
	left := c.left(e.Left, concatBinding)
	switch e.Operator {
	case sqlparser.InOp, sqlparser.NotInOp:
		return c.in(left, e)
	case sqlparser.NullSafeEqualOp:
		return c.distinct(left, e)
	}
	op, ok := comparisonOps[e.Operator]
	c.only(ok, "a comparison")
	c.claim(left.last+1, op)
	if f, ok := e.Right.(*sqlparser.FuncExpr); ok && c.kindOf(f) == quantifiedKind {
		return c.quantified(left, op, f)
	}
	right := c.operand(e.Right, concatBinding)
	return c.binary(left, right, op, predicateBinding)
}

// kindOf returns the kind of the construct a function stands for.
func (c *converter) kindOf(f *sqlparser.FuncExpr) kind {
	return c.found.constructs[c.index(f.Name.String())].kind
}

// distinct converts IS [NOT] DISTINCT FROM.
func (c *converter) distinct(left value, e *sqlparser.ComparisonExpr) value {
	right := c.operand(e.Right, concatBinding)
	op := "IS DISTINCT FROM"
	if i := left.last + 2; c.toks[i].is("NOT") {
		op = "IS NOT DISTINCT FROM"
		c.claimAll(left.last+1, "IS", "NOT", "DISTINCT", "FROM")
	} else {
		c.claimAll(left.last+1, "IS", "DISTINCT", "FROM")
	}
	return c.binary(left, right, op, predicateBinding)
}

// negated meets an optional NOT after a value, and the word after it.
func (c *converter) negated(left value, not bool, word string) (after int) {
	i := left.last + 1
	if not {
		c.claim(i, "NOT")
		i++
	}
	c.claim(i, word)
	return i + 1
}

// like converts [NOT] LIKE.
func (c *converter) like(e *sqlparser.ComparisonExpr) value {
	left := c.left(e.Left, concatBinding)
	n := &ast.Like{Predicate: c.words(left), Expr: left.expr, Not: e.Operator == sqlparser.NotLikeOp}
	c.negated(left, n.Not, "LIKE")
	p := left.place
	part := func(e sqlparser.Expr) ast.Expr {
		con, arg := c.functionOf(e, operandKind)
		p = p.join(place{con.first, con.last})
		return c.operand(arg, concatBinding).expr
	}
	n.Pattern = part(e.Right)
	if e.Escape != nil {
		c.claim(p.last+1, "ESCAPE")
		n.Escape = part(e.Escape)
	}
	n.At = c.at(p)
	return value{n, p, predicateBinding}
}

// in converts [NOT] IN (list or query).
func (c *converter) in(left value, e *sqlparser.ComparisonExpr) value {
	not := e.Operator == sqlparser.NotInOp
	open := c.negated(left, not, "IN")
	if !c.toks[open].is("(") {
		c.mismatch(open)
	}
	p := place{left.first, c.toks[open].match}
	switch right := e.Right.(type) {
	case sqlparser.ValTuple:
		n := &ast.InList{At: c.at(p), Predicate: c.words(left), Expr: left.expr, Not: not}
		for _, item := range right {
			n.List = append(n.List, c.expr(item))
		}
		return value{n, p, predicateBinding}
	case *sqlparser.Subquery:
		n := &ast.InSubquery{At: c.at(p), Predicate: c.words(left), Expr: left.expr, Not: not, Query: c.query(right.Select, open+1)}
		return value{n, p, predicateBinding}
	}
	c.foreign("this form of IN")
	return value{}
}

// quantified converts a comparison with ALL, ANY or SOME.
func (c *converter) quantified(left value, op string, f *sqlparser.FuncExpr) value {
	con, arg := c.functionOf(f, quantifiedKind)
	p := place{left.first, con.last}
	n := con.node.(*ast.Quantified)
	n.At, n.Predicate, n.Expr, n.Op, n.Query = c.at(p), c.words(left), left.expr, op, c.subquery(arg, con)
	return value{n, p, predicateBinding}
}

// between converts [NOT] BETWEEN.
func (c *converter) between(e *sqlparser.BetweenExpr) value {
	left := c.left(e.Left, concatBinding)
	low, high := c.operand(e.From, concatBinding), c.operand(e.To, concatBinding)
	n := &ast.Between{Predicate: c.words(left), Expr: left.expr, Low: low.expr, High: high.expr, Not: !e.IsBetween}
	if i := c.negated(left, n.Not, "BETWEEN"); c.pending[i] {
		n.Symmetric = c.toks[i].is("SYMMETRIC")
		c.claim(i, "SYMMETRIC", "ASYMMETRIC")
	}
	c.claim(low.last+1, "AND")
	p := left.join(high.place)
	n.At = c.at(p)
	return value{n, p, predicateBinding}
}

// tests are the words after IS.
var tests = map[sqlparser.IsExprOperator]struct {
	not  bool
	word string
}{
	sqlparser.IsNullOp: {false, "NULL"}, sqlparser.IsNotNullOp: {true, "NULL"},
	sqlparser.IsTrueOp: {false, "TRUE"}, sqlparser.IsNotTrueOp: {true, "TRUE"},
	sqlparser.IsFalseOp: {false, "FALSE"}, sqlparser.IsNotFalseOp: {true, "FALSE"},
}

// test converts IS [NOT] NULL, TRUE, FALSE and UNKNOWN. x IS TRUE is x IS NOT
// DISTINCT FROM true, x IS UNKNOWN is x IS NULL.
func (c *converter) test(e *sqlparser.IsExpr) value {
	test, ok := tests[e.Right]
	c.only(ok, "a test")
	left := c.left(e.Left, concatBinding)
	c.claim(left.last+1, "IS")
	last := left.last + 2
	if test.not {
		c.claim(last, "NOT")
		last++
	}
	p := place{left.first, last}
	if test.word == "NULL" {
		c.claim(last, "NULL", "UNKNOWN")
		return value{&ast.IsNull{At: c.at(p), Predicate: c.words(left), Expr: left.expr, Not: test.not}, p, predicateBinding}
	}
	c.claim(last, test.word)
	op := "IS NOT DISTINCT FROM"
	if test.not {
		op = "IS DISTINCT FROM"
	}
	constant := &ast.Literal{At: c.at(place{last, last}), Kind: ast.BooleanLiteral, Text: "true"}
	if test.word == "FALSE" {
		constant.Text = "false"
	}
	n := &ast.Binary{At: c.at(p), Op: op, OpPos: c.span(left.last+1, last-1), Left: left.expr, Right: constant}
	return value{n, p, predicateBinding}
}
