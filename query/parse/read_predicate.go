package parse

import (
	"errors"

	"github.com/traillake/traillake/query/ast"
)

// predicate reads what may test a value: a comparison, IS, IN, LIKE or BETWEEN.
// There is at most one; Trino's do not chain.
func (r *reader) predicate() {
	switch t := r.peek(0); {
	case t.is("OVERLAPS"):
		r.refuse(r.pos, r.pos, "OVERLAPS")
	case r.matchAhead():
		r.refuse(r.pos, r.pos, "MATCH")
	case t.is("=", "<>", "<", "<=", ">", ">="):
		r.operator(1)
		if !r.quantified() {
			r.value()
		}
	case t.is("IS"):
		r.test()
	case t.is("NOT", "LIKE", "IN", "BETWEEN"):
		r.accept("NOT")
		if r.peek(0).is("BETWEEN") {
			r.between()
			return
		}
		switch at := r.expect("BETWEEN", "IN", "LIKE"); {
		case r.toks[at].is("LIKE"):
			r.like()
		case r.open > 0 || r.toks[at-1].is("NOT"):
			r.in()
		default:
			r.outerIn(at)
		}
	default:
		r.wants("<predicate>")
	}
}

// matchAhead reports whether MATCH [UNIQUE] [SIMPLE|PARTIAL|FULL] (query) comes
// next, rather than a name.
func (r *reader) matchAhead() bool {
	n := 1
	for r.peek(n).is("UNIQUE", "SIMPLE", "PARTIAL", "FULL") {
		n++
	}
	return r.peek(0).is("MATCH") && r.peek(n).is("(") && r.isQuery(r.pos+n)
}

// between reads BETWEEN [SYMMETRIC|ASYMMETRIC] low AND high.
func (r *reader) between() {
	n := 1
	if t, after := r.peek(1), r.peek(2); t.is("SYMMETRIC", "ASYMMETRIC") && !after.is("AND", ".", "*", "/", "%", "||") {
		n = 2
	}
	r.operator(n)
	r.value()
	r.expect("AND")
	r.value()
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
	default:
		r.next()
		r.accept("NOT")
		r.expect("DISTINCT", "FALSE", "NULL", "TRUE", "UNKNOWN")
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

// outerIn reads the list or query after an IN that stands in no bracket. When
// either has a mistake, Trino takes the value for whole without it and says that
// the IN itself does not fit; so does this, with the mistake as a hint.
func (r *reader) outerIn(at int) {
	err := r.read(r.in)
	var e *ast.Error
	if errors.As(err, &e) && e.Code == ast.SyntaxError {
		r.pos, r.inside = at, e
	} else if err != nil {
		panic(fault{e})
	}
}

// quantified reads ALL|ANY|SOME (query) after a comparison.
func (r *reader) quantified() bool {
	if !r.peek(0).is("ALL", "ANY", "SOME") || !r.peek(1).is("(") || !r.isQuery(r.pos+1) {
		r.wants("ALL", "ANY", "SOME")
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
