// Package parse reads the lake's SQL: Trino's SELECT grammar, with Vitess as the
// parser underneath. It is the only package that knows Vitess.
//
// Vitess reads MySQL, which differs from Trino in what it lacks (lambdas,
// subscripts, UNNEST, FILTER, …) and, worse, in what it reads as something else
// (|| is OR, "x" is a string, a backslash vanishes, --x is a number). So no byte of
// the user's text reaches it:
//
//	text ──lexer──► tokens ──reader──► constructs ──rules──► markers ──Vitess──► tree ──converter──► ast
//
// The lexer cuts the text into Trino's tokens, each with its place. The reader
// finds the constructs: which words are names, what a bracket opens, where a
// lambda ends. One rule for each kind of construct writes what Vitess reads
// instead, a marker (k0, k1, …) in place of everything of the user's. Vitess
// settles what binds how tightly, which ON belongs to which JOIN and whether the
// clauses make a statement. The converter walks its tree, takes the constructs
// back in for their markers and refuses every node no rule makes.
//
// Two checks guard against a misreading. Each operator in Vitess's tree must be
// the one that stands in the user's text between the operands, and must bind as
// Trino's grammar says. And at the end every marker and every keyword that was
// sent must have been met exactly once, so nothing is dropped.
package parse

import (
	"cmp"
	"errors"
	"strings"

	"github.com/traillake/traillake/query/ast"
)

// Statement reads one statement. An error is an *ast.Error with the place in sql.
func Statement(sql string) (ast.Statement, error) {
	return statement(sql, scanners, &rules)
}

// statement is Statement with given scanners and rules, so that tests can leave
// some out.
func statement(sql string, scanners []scanner, rules *ruleSet) (ast.Statement, error) {
	st, err := read(sql, scanners, rules)
	var e *ast.Error
	if errors.As(err, &e) {
		e.Text = sql
	}
	return st, err
}

// earlier returns the error of the reader or of the lexer, whichever is first in
// the text. At one place the reader knows what would fit, the lexer why nothing does.
func earlier(reader, lexer error) error {
	var r, l *ast.Error
	if !errors.As(reader, &r) || !errors.As(lexer, &l) || r.Span.Start > l.Span.Start {
		return cmp.Or(lexer, reader)
	}
	if r.Span == l.Span && strings.HasPrefix(r.Msg, l.Msg) {
		r.Hint = l.Hint
	} else if r.Span.Start == l.Span.Start {
		return lexer
	}
	return reader
}

func read(sql string, scanners []scanner, rules *ruleSet) (ast.Statement, error) {
	toks, lexical := lex(sql, scanners)
	if len(toks) > maxTokens {
		return nil, ast.Errorf(ast.NotSupported, toks[maxTokens].span, "the statement has more than %d tokens", maxTokens)
	}
	r := newReader(toks)
	var w whole
	err := r.read(func() { w = r.statement() })
	if err := earlier(err, lexical); err != nil {
		return nil, err
	}
	e := rewrite(toks, r.constructs, rules)
	out, err := e.emit(w.first, w.last)
	if err != nil {
		return nil, err
	}
	tree, err := vitess(out, toks)
	if err != nil {
		return nil, err
	}
	c := newConverter(r, e.pending)
	var st ast.Statement
	if err := r.read(func() { st = c.statement(tree, w) }); err != nil {
		return nil, err
	}
	return st, nil
}
