package parse

import (
	"strings"

	"github.com/traillake/traillake/query/ast"
)

// expr reads an expression: values with tests on them, NOT, AND and OR, up to
// the first token that continues none. How they bind is for Vitess to say.
func (r *reader) expr() {
	for {
		for r.accept("NOT") {
		}
		r.value()
		r.predicate()
		if !r.accept("AND") && !r.accept("OR") {
			return
		}
	}
}

// predicate reads what may test a value: a comparison, IS, IN, LIKE or BETWEEN.
// There is at most one; Trino's do not chain.
func (r *reader) predicate() {
	switch t := r.peek(0); {
	case t.is("=", "<>", "<", "<=", ">", ">="):
		r.operator(1)
		if !r.quantified() {
			r.value()
		}
	case t.is("IS"):
		r.test()
	case t.is("NOT", "LIKE", "IN", "BETWEEN"):
		r.accept("NOT")
		switch r.toks[r.expect("LIKE", "IN", "BETWEEN")].value {
		case "LIKE":
			r.like()
		case "IN":
			r.in()
		case "BETWEEN":
			r.value()
			r.expect("AND")
			r.value()
		}
	}
}

// operator records the next n tokens as one operator.
func (r *reader) operator(n int) {
	first := r.pos
	for range n {
		r.next()
	}
	r.leaf(operatorKind, first, nil)
}

// test reads IS [NOT] NULL|TRUE|FALSE|UNKNOWN or IS [NOT] DISTINCT FROM value.
func (r *reader) test() {
	n := 1
	if r.peek(n).is("NOT") {
		n++
	}
	switch t := r.peek(n); {
	case t.is("DISTINCT") && r.peek(n+1).is("FROM"):
		r.operator(n + 2)
		r.value()
	case t.is("NULL", "TRUE", "FALSE", "UNKNOWN"):
		for range n + 1 {
			r.next()
		}
	case t.is("JSON"):
		r.refuse(r.pos, r.pos+n, "IS JSON")
	default:
		r.mismatch(r.pos + n)
	}
}

// like reads the pattern and ESCAPE of LIKE. In Vitess's grammar both are
// operands, in Trino's they are values with operators of their own.
func (r *reader) like() {
	r.wrapped(operandKind, r.value)
	if r.accept("ESCAPE") {
		r.wrapped(operandKind, r.value)
	}
}

// wrapped records what fn reads as a construct.
func (r *reader) wrapped(k kind, fn func()) {
	first := r.pos
	fn()
	r.leaf(k, first, nil)
}

// in reads the list or query after IN.
func (r *reader) in() {
	// IN ((SELECT …)) is a list of one scalar subquery, as in Trino.
	query := r.peek(0).is("(") && r.isQuery(r.pos) && !r.doubled(r.pos)
	r.bracketed("(", func() {
		if query {
			r.query()
			return
		}
		r.list(r.expr)
	})
}

// quantified reads ALL|ANY|SOME (query) after a comparison.
func (r *reader) quantified() bool {
	if !r.peek(0).is("ALL", "ANY", "SOME") || !r.peek(1).is("(") || !r.isQuery(r.pos+1) {
		return false
	}
	at := r.next()
	node := &ast.Quantified{Quantifier: r.toks[at].value}
	if node.Quantifier == "SOME" {
		node.Quantifier = "ANY"
	}
	open, last := r.bracketed("(", r.query)
	r.add(construct{kind: quantifiedKind, first: at, last: last, at: at, open: open, node: node})
	return true
}

// value reads operands with arithmetic and || between them.
func (r *reader) value() {
	for {
		for r.peek(0).is("+", "-") {
			if r.peek(0).is("+") {
				r.add(construct{kind: plusKind, first: r.pos, last: r.pos})
				r.next()
			} else {
				r.operator(1)
			}
		}
		r.operand()
		if !r.peek(0).is("+", "-", "*", "/", "%", "||") {
			return
		}
		r.operator(1)
	}
}

// operand reads a primary and the postfix operators after it.
func (r *reader) operand() {
	first := r.pos
	r.primary()
	for {
		switch t := r.peek(0); {
		case t.is("["):
			node := &ast.Subscript{}
			open, last := r.bracketed("[", r.value)
			node.Pos = r.span(first, last)
			r.add(construct{kind: subscriptKind, first: first, last: last, at: open, open: open, node: node})
		case t.is(".") && r.peek(1).named():
			at := r.next()
			node := &ast.Field{Field: r.ident()}
			node.Pos = r.span(first, r.pos-1)
			r.add(construct{kind: fieldKind, first: first, last: r.pos - 1, at: at, node: node})
		default:
			r.timeZones(first)
			return
		}
	}
}

// timeZones reads AT TIME ZONE zone, any number of times, after the operand that
// starts at token first.
func (r *reader) timeZones(first int) {
	for r.peek(0).is("AT") && r.peek(1).is("TIME") {
		at := r.next()
		r.next()
		r.expect("ZONE")
		if t := r.peek(0); t.is("INTERVAL") {
			r.interval()
		} else if t.kind == stringToken || t.kind == unicodeToken {
			r.literal()
		} else {
			r.mismatch(r.pos)
		}
		node := &ast.AtTimeZone{}
		node.Pos = r.span(first, r.pos-1)
		r.add(construct{kind: timeZoneKind, first: first, last: r.pos - 1, at: at, node: node})
	}
}

// primary reads an operand without its postfix operators.
func (r *reader) primary() {
	t := r.peek(0)
	switch t.kind {
	case stringToken, unicodeToken, binaryToken, integerToken, decimalToken, doubleToken:
		r.literal()
	case parameterToken:
		node := &ast.Parameter{At: ast.At{Pos: t.span}, Index: r.params}
		r.params++
		r.leaf(paramKind, r.next(), node)
	case quotedToken:
		r.nameOrCall()
	case wordToken:
		r.wordPrimary()
	default:
		if !t.is("(") {
			r.mismatch(r.pos)
		}
		r.bracket()
	}
}

// wordPrimary reads a primary that starts with a word.
func (r *reader) wordPrimary() {
	t, after := r.peek(0), r.peek(1)
	switch {
	case t.is("NULL", "TRUE", "FALSE"):
		r.constant()
	case t.is("CASE"):
		r.caseExpr()
	case t.is("EXISTS"):
		at := r.next()
		node := &ast.Exists{}
		open, last := r.bracketed("(", r.query)
		node.Pos = r.span(at, last)
		r.add(construct{kind: existsKind, first: at, last: last, at: at, open: open, node: node})
	case t.is("ARRAY") && after.is("["):
		r.array()
	case t.is("INTERVAL") && (after.kind == stringToken || after.is("+", "-") && r.peek(2).kind == stringToken):
		r.interval()
	case keywordValues[t.value]:
		r.keywordValue()
	case after.is("->"):
		r.lambda()
	case r.typedLiteral():
	default:
		r.nameOrCall()
	}
}

// constant reads NULL, TRUE or FALSE.
func (r *reader) constant() {
	t := r.peek(0)
	node := &ast.Literal{At: ast.At{Pos: t.span}, Kind: ast.BooleanLiteral, Text: strings.ToLower(t.text)}
	if t.is("NULL") {
		node.Kind, node.Text = ast.NullLiteral, ""
	}
	r.leaf(literalKind, r.next(), node)
}

// keywordValues are Trino's functions that are written without brackets. Only
// those that measure time take a precision in brackets.
var keywordValues = wordSet(`CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP LOCALTIME LOCALTIMESTAMP
	CURRENT_USER CURRENT_CATALOG CURRENT_SCHEMA CURRENT_PATH`)

// keywordValue reads current_timestamp(3) and its like.
func (r *reader) keywordValue() {
	first := r.pos
	t := r.toks[r.next()]
	node := &ast.Call{Name: t.ident()}
	if t.is("CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP") && r.peek(0).is("(") {
		r.bracketed("(", func() {
			if r.peek(0).kind != integerToken {
				r.mismatch(r.pos)
			}
			node.Args = []ast.Expr{r.rowCount()}
		})
	}
	node.Pos = r.span(first, r.pos-1)
	r.leaf(keywordKind, first, node)
}

// array reads ARRAY[a, b].
func (r *reader) array() {
	at := r.next()
	node := &ast.Array{}
	open, last := r.bracketed("[", func() {
		if !r.peek(0).is("]") {
			r.list(r.expr)
		}
	})
	node.Pos = r.span(at, last)
	r.add(construct{kind: arrayKind, first: at, last: last, at: at, open: open, node: node})
}

// caseExpr reads CASE … END.
func (r *reader) caseExpr() {
	r.enter()
	defer r.leave()
	first := r.next()
	if !r.peek(0).is("WHEN") {
		r.expr()
	}
	for ok := true; ok; ok = r.peek(0).is("WHEN") {
		r.expect("WHEN")
		r.expr()
		r.expect("THEN")
		r.expr()
	}
	if r.accept("ELSE") {
		r.expr()
	}
	last := r.expect("END")
	node := &ast.Case{}
	node.Pos = r.span(first, last)
	r.add(construct{kind: caseKind, first: first, last: last, node: node})
}

// bracket reads what an opening bracket in operand position starts: the
// parameters of a lambda, a query, a row or an expression in brackets.
func (r *reader) bracket() {
	open := r.pos
	if r.token(r.toks[open].match + 1).is("->") {
		r.lambda()
		return
	}
	if r.isQuery(open) {
		node := &ast.ScalarSubquery{}
		_, last := r.bracketed("(", r.query)
		node.Pos = r.span(open, last)
		r.add(construct{kind: scalarKind, first: open, last: last, open: open, node: node})
		return
	}
	items := 0
	_, last := r.bracketed("(", func() {
		r.list(func() { r.expr(); items++ })
	})
	if items == 1 {
		r.add(construct{kind: parenKind, first: open, last: last, open: open})
		return
	}
	node := &ast.Row{}
	node.Pos = r.span(open, last)
	r.add(construct{kind: rowKind, first: open, last: last, at: open, open: open, node: node})
}

// lambda reads x -> body or (x, y) -> body. The body is a whole expression.
func (r *reader) lambda() {
	r.enter()
	defer r.leave()
	first := r.pos
	node := &ast.Lambda{}
	switch {
	case !r.peek(0).is("("):
		node.Params = []ast.Ident{r.ident()}
	case r.peek(1).is(")"):
		r.next()
		r.next()
	default:
		node.Params = r.idents()
	}
	at := r.expect("->")
	r.expr()
	node.Pos = r.span(first, r.pos-1)
	r.add(construct{kind: lambdaKind, first: first, last: r.pos - 1, at: at, node: node})
}

// nameOrCall reads a.b.c or f(…).
func (r *reader) nameOrCall() {
	first := r.pos
	if r.callAhead() {
		r.call()
		return
	}
	if r.peek(1).is("->") {
		r.lambda()
		return
	}
	r.qualifiedName()
	if r.peek(0).is("(") {
		r.refuse(first, r.pos-1, "a qualified function name")
	}
}

// qualifiedName reads a.b.c.
func (r *reader) qualifiedName() {
	first := r.pos
	node := &ast.Name{Parts: []ast.Ident{r.ident()}}
	for r.peek(0).is(".") && r.peek(1).named() {
		r.next()
		node.Parts = append(node.Parts, r.ident())
	}
	node.Pos = r.span(first, r.pos-1)
	r.leaf(nameKind, first, node)
}
