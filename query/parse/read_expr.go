package parse

import (
	"strings"

	"github.com/traillake/traillake/query/ast"
)

// expr reads an expression: values with tests on them, NOT, AND and OR, up to
// the first token that continues none. How they bind is for Vitess to say.
func (r *reader) expr() {
	for {
		for r.peek(0).is("NOT") {
			r.next()
		}
		r.value()
		r.predicate()
		if !r.accept("AND") && !r.accept("OR") {
			return
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

// value reads operands with arithmetic and || between them.
func (r *reader) value() {
	for {
		for r.sign() {
		}
		r.operand()
		if !r.peek(0).is("+", "-", "*", "/", "%", "||") {
			r.wants("%", "*", "+", "-", "/", "||")
			return
		}
		r.operator(1)
	}
}

// sign reads a unary plus or minus. A minus before a number is part of the number.
func (r *reader) sign() bool {
	after := r.peek(1).kind
	switch {
	case r.peek(0).is("+"):
		r.add(construct{kind: plusKind, first: r.pos, last: r.pos})
		r.next()
		return true
	case r.peek(0).is("-") && after != integerToken && after != decimalToken && after != doubleToken:
		r.operator(1)
		return true
	}
	return false
}

// operand reads a primary and the postfix operators after it.
func (r *reader) operand() {
	first := r.pos
	r.primary()
	for {
		switch t := r.peek(0); {
		case t.is("[") && r.peek(1).is("*") && r.peek(2).is("]"):
			r.refuse(r.pos, r.pos+2, "a subscript [*]")
		case t.is("["):
			node := &ast.Subscript{}
			open, last := r.bracketed("[", r.value)
			node.Pos = r.span(first, last)
			r.add(construct{kind: subscriptKind, first: first, last: last, at: open, open: open, node: node})
		case t.is(".") && r.stringAt(r.pos+1):
			r.refuse(r.pos, r.pos+1, "a string as the name of a field")
		case t.is(".") && r.peek(1).named() && r.peek(2).is("("):
			r.refuse(r.pos, r.pos+2, "a method call")
		case t.is("::"):
			r.refuse(r.pos, r.pos, "a static method call")
		case t.is(".") && !r.peek(1).named() && !r.peek(1).is("*"):
			r.noField()
		case t.is(".") && r.peek(1).named():
			at := r.next()
			node := &ast.Field{Field: r.ident()}
			node.Pos = r.span(first, r.pos-1)
			r.add(construct{kind: fieldKind, first: first, last: r.pos - 1, at: at, node: node})
		default:
			r.wants(".", "[")
			r.timeZones(first)
			return
		}
	}
}

// noField refuses a point without a name after it. Trino takes reserved words as
// the names of methods, so after one it is the bracket that is missing.
func (r *reader) noField() {
	r.next()
	if r.peek(0).kind != wordToken {
		r.wants("*", "<identifier>", "<string>")
		r.mismatch(r.pos)
	}
	r.next()
	r.expect("(")
	r.refuse(r.pos-2, r.pos-1, "a method call")
}

// timeZones reads AT TIME ZONE zone and AT LOCAL, any number of times, after the
// operand that starts at token first.
func (r *reader) timeZones(first int) {
	for {
		switch {
		case r.peek(0).is("AT") && r.peek(1).is("TIME"):
			r.timeZone(first)
		case r.peek(0).is("AT") && r.peek(1).is("LOCAL"):
			at := r.next()
			r.next()
			zone := &ast.Call{Name: ast.Ident{Name: "current_timezone"}}
			zone.Pos = r.span(at, r.pos-1)
			zone.Name.Pos = zone.Pos
			node := &ast.AtTimeZone{Zone: zone}
			node.Pos = r.span(first, r.pos-1)
			r.add(construct{kind: atLocalKind, first: first, last: r.pos - 1, at: at, node: node})
		default:
			r.wants("AT")
			return
		}
	}
}

// timeZone reads one AT TIME ZONE zone.
func (r *reader) timeZone(first int) {
	at := r.next()
	r.next()
	r.expect("ZONE")
	switch {
	case r.peek(0).is("INTERVAL"):
		r.interval()
	case r.stringAt(r.pos):
		r.literal()
	default:
		r.wants("<string>", "INTERVAL")
		r.mismatch(r.pos)
	}
	node := &ast.AtTimeZone{}
	node.Pos = r.span(first, r.pos-1)
	r.add(construct{kind: timeZoneKind, first: first, last: r.pos - 1, at: at, node: node})
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
		if !r.typedLiteral() {
			r.nameOrCall()
		}
	case wordToken:
		r.wordPrimary()
	default:
		switch {
		case t.is("("):
			r.bracket()
		case t.is("["):
			r.array()
		case t.is("-"):
			r.negative()
		default:
			r.wants("<expression>")
			r.mismatch(r.pos)
		}
	}
}

// negative reads a minus and a number.
func (r *reader) negative() {
	first := r.next()
	t := r.toks[r.next()]
	number := &ast.Literal{At: ast.At{Pos: t.span}, Kind: literalKinds[t.kind], Text: t.value}
	node := &ast.Unary{Op: "-", Expr: number}
	node.Pos = r.span(first, r.pos-1)
	r.leaf(literalKind, first, node)
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
	case t.is("UNIQUE") && after.is("(") && r.isQuery(r.pos+1):
		r.refuse(r.pos, r.pos, "UNIQUE")
	case t.is("RUNNING", "FINAL") && after.named() && r.peek(2).is("("):
		r.refuse(r.pos, r.pos, t.value)
	case t.is("ARRAY") && after.is("["):
		r.array()
	case t.is("INTERVAL") && r.intervalAhead():
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
				r.wants("<integer>")
				r.mismatch(r.pos)
			}
			node.Args = []ast.Expr{r.rowCount()}
		})
	}
	node.Pos = r.span(first, r.pos-1)
	r.leaf(keywordKind, first, node)
}

// array reads ARRAY[a, b] or [a, b].
func (r *reader) array() {
	at := r.pos
	if r.peek(0).is("ARRAY") {
		r.next()
	}
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
	r.open++
	defer func() { r.open-- }()
	first := r.next()
	simple := !r.peek(0).is("WHEN")
	if simple {
		r.wants("WHEN")
		r.expr()
	}
	for ok := true; ok; ok = r.peek(0).is("WHEN") {
		r.expect("WHEN")
		if t := r.peek(0); simple && (t.is("=", "<>", "<", "<=", ">", ">=", "IS", "IN", "LIKE", "BETWEEN") || t.is("NOT") && r.peek(1).is("IN", "LIKE", "BETWEEN")) {
			r.refuse(r.pos, r.pos, "a predicate without a value in WHEN")
		}
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
	if r.token(r.toks[open].match+1).is("->") && r.parametersAt(open) {
		r.lambda()
		return
	}
	if r.peek(1).is(")") {
		r.next()
		r.next()
		r.expect("->")
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

// parametersAt reports whether the bracket at token open holds names with commas
// between them, or nothing.
func (r *reader) parametersAt(open int) bool {
	for i := open + 1; i < r.toks[open].match; i++ {
		if named := (i-open)%2 == 1; named != r.toks[i].named() || !named && !r.toks[i].is(",") {
			return false
		}
	}
	return (r.toks[open].match-open)%2 == 0 || r.toks[open].match == open+1
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
	if r.builtin() {
		r.plainCall(first)
		return
	}
	if !r.peek(0).named() {
		r.wants("<expression>")
		r.mismatch(first)
	}
	r.qualifiedName()
	switch t, after := r.peek(0), r.peek(1); {
	case t.is("("):
		r.refuse(first, r.pos-1, "a qualified function name")
	case t.is("OVER") && r.pos == first+1 && (after.is("(") || after.named() && !r.clauseAt(r.pos+1)):
		r.refuse(first, r.pos, "OVER after a name")
	}
}

// builtin steps over system.builtin., where Trino keeps its own functions, when a
// function's name and its bracket follow.
func (r *reader) builtin() bool {
	if strings.EqualFold(r.peek(0).name(), "system") && strings.EqualFold(r.peek(2).name(), "builtin") &&
		r.peek(1).is(".") && r.peek(3).is(".") && r.peek(4).named() && r.peek(5).is("(") {
		r.pos += 4
		return true
	}
	return false
}

// qualifiedName reads a.b.c.
func (r *reader) qualifiedName() {
	first := r.pos
	node := &ast.Name{Parts: []ast.Ident{r.ident()}}
	for r.peek(0).is(".") && r.peek(1).named() {
		r.next()
		node.Parts = append(node.Parts, r.ident())
	}
	r.wants(".")
	node.Pos = r.span(first, r.pos-1)
	r.leaf(nameKind, first, node)
}
