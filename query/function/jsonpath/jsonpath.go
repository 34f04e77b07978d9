// Package jsonpath evaluates the paths of SQL/JSON (ISO/IEC 9075-2, "lax $.a[*]?(@ > 1)")
// as Trino does (https://trino.io/docs/current/functions/json.html).
package jsonpath

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/traillake/traillake/query/function/regex"
)

// Path is a path that can be evaluated many times, by many goroutines.
type Path struct {
	strict bool
	root   expr
	names  []string
}

// Names are the parameters that the path reads, $x without the $.
func (p *Path) Names() []string { return p.names }

// Error is a fault in the text of a path.
type Error struct {
	Msg string
	At  int // in code points
}

// Error is the message, without the place.
func (e *Error) Error() string { return e.Msg }

// expr computes a sequence from the current state.
type expr func(s *state) ([]Item, error)

// test is a predicate: true, false or unknown.
type test func(s *state) truth

type parser struct {
	text  string
	at    int
	depth int
	path  *Path
	// inside is whether @ and last mean something: the depth of filters and of subscripts.
	filters, subscripts int
	// tries counts the brackets that were read as a condition first: in a hostile path they multiply.
	tries int
}

// Compile reads a path.
func Compile(text string) (path *Path, err error) {
	p := &parser{text: text, path: &Path{}}
	defer func() {
		if r := recover(); r != nil {
			fault, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			path, err = nil, fault
		}
	}()
	switch word := p.peekToken(); word {
	case "lax":
		p.next()
	case "strict":
		p.next()
		p.path.strict = true
	case "$", "$x", "@", "(", "-", "+":
		p.fail("missing {'lax', 'strict'} at '%s'", word)
	default:
		p.fail("mismatched input '%s' expecting {'lax', 'strict'}", p.shown(word))
	}
	p.path.root = p.sum()
	if p.peekToken() != "" {
		p.mismatch()
	}
	return p.path, nil
}

func (p *parser) fail(format string, args ...any) {
	p.space()
	panic(&Error{fmt.Sprintf(format, args...), utf8.RuneCountInString(p.text[:p.at])})
}

func (p *parser) shown(token string) string {
	if token == "" {
		return "<EOF>"
	}
	return token
}

func (p *parser) mismatch() { p.fail("mismatched input '%s'", p.shown(p.peekToken())) }

func (p *parser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// isWord tells what names are made of; others stand in quotes.
func isWord(r rune) bool {
	return r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// peekToken is the next token: a word, a number, a quoted string, a symbol; "" at the end.
func (p *parser) peekToken() string {
	p.space()
	rest := p.text[p.at:]
	if rest == "" {
		return ""
	}
	for _, symbol := range []string{"..", "==", "<>", "!=", "<=", ">=", "&&", "||"} {
		if strings.HasPrefix(rest, symbol) {
			return symbol
		}
	}
	r, size := utf8.DecodeRuneInString(rest)
	switch {
	case r == '"':
		for i := 1; i < len(rest); i++ {
			if rest[i] == '"' {
				if i+1 < len(rest) && rest[i+1] == '"' {
					i++
					continue
				}
				return rest[:i+1]
			}
		}
		p.fail("token recognition error at: '%s'", rest)
	case unicode.IsDigit(r):
		return numberToken(rest)
	case r == '$' || isWord(r):
		n := size
		for n < len(rest) {
			next, width := utf8.DecodeRuneInString(rest[n:])
			if !isWord(next) {
				break
			}
			n += width
		}
		return rest[:n]
	}
	return rest[:size]
}

// numberToken is 1, 1.5 or 1e5 at the start of s.
func numberToken(s string) string {
	n := 0
	digits := func() {
		for n < len(s) && s[n] >= '0' && s[n] <= '9' {
			n++
		}
	}
	digits()
	if n+1 < len(s) && s[n] == '.' && s[n+1] >= '0' && s[n+1] <= '9' {
		n++
		digits()
	}
	if n < len(s) && (s[n] == 'e' || s[n] == 'E') {
		mark := n
		n++
		if n < len(s) && (s[n] == '+' || s[n] == '-') {
			n++
		}
		if first := n; true {
			if digits(); n == first {
				n = mark
			}
		}
	}
	return s[:n]
}

func (p *parser) next() string {
	t := p.peekToken()
	p.at += len(t)
	return t
}

func (p *parser) accept(t string) bool {
	if p.peekToken() != t {
		return false
	}
	p.next()
	return true
}

func (p *parser) expect(t string) {
	if !p.accept(t) {
		p.mismatch()
	}
}

func (p *parser) enter() func() {
	if p.depth++; p.depth > 200 {
		p.fail("the path is nested too deeply")
	}
	return func() { p.depth-- }
}

// sum reads a + b - c.
func (p *parser) sum() expr {
	defer p.enter()()
	left := p.product()
	for {
		op := p.peekToken()
		if op != "+" && op != "-" {
			return left
		}
		p.next()
		left = arithmetic(op[0], left, p.product())
	}
}

// product reads a * b / c % d.
func (p *parser) product() expr {
	left := p.signed()
	for {
		op := p.peekToken()
		if op != "*" && op != "/" && op != "%" {
			return left
		}
		p.next()
		left = arithmetic(op[0], left, p.signed())
	}
}

func (p *parser) signed() expr {
	defer p.enter()()
	switch {
	case p.accept("-"):
		return sign(true, p.signed())
	case p.accept("+"):
		return sign(false, p.signed())
	}
	return p.steps(p.primary())
}

// primary reads what a path starts with.
func (p *parser) primary() expr {
	t := p.peekToken()
	switch {
	case t == "$":
		p.next()
		return func(s *state) ([]Item, error) { return []Item{s.root}, nil }
	case t == "@" && p.filters > 0:
		p.next()
		return func(s *state) ([]Item, error) { return []Item{s.current}, nil }
	case t == "last" && p.subscripts > 0:
		p.next()
		return func(s *state) ([]Item, error) { return []Item{s.last}, nil }
	case strings.HasPrefix(t, "$"):
		p.next()
		name := t[1:]
		p.path.names = append(p.path.names, name)
		return func(s *state) ([]Item, error) { return []Item{s.values[name]}, nil }
	case t == "(":
		p.next()
		e := p.sum()
		p.expect(")")
		return e
	}
	v, ok := p.literal(t)
	if !ok {
		p.mismatch()
	}
	p.next()
	return func(*state) ([]Item, error) { return []Item{v}, nil }
}

func (p *parser) literal(t string) (Item, bool) {
	switch {
	case t == "null":
		return nil, true
	case t == "true" || t == "false":
		return t == "true", true
	case t == "":
		return nil, false
	case t[0] == '"':
		return unquoted(t), true
	case t[0] < '0' || t[0] > '9':
		return nil, false
	case strings.ContainsAny(t, "eE"):
		v, err := strconv.ParseFloat(t, 64)
		return v, err == nil
	}
	whole, fraction, point := strings.Cut(t, ".")
	if !point {
		v, err := strconv.ParseInt(t, 10, 64)
		return v, err == nil
	}
	unscaled, ok := new(big.Int).SetString(whole+fraction, 10)
	return Decimal{unscaled, len(fraction)}, ok
}

func unquoted(t string) string { return strings.ReplaceAll(t[1:len(t)-1], `""`, `"`) }

// steps reads the accessors behind a primary.
func (p *parser) steps(e expr) expr {
	for {
		switch {
		case p.accept(".."):
			e = descendants(e, p.key())
		case p.accept("."):
			e = p.dotted(e)
		case p.accept("["):
			e = p.subscript(e)
		case p.accept("?"):
			p.expect("(")
			p.filters++
			cond := p.or()
			p.filters--
			p.expect(")")
			e = filter(e, cond)
		default:
			return e
		}
	}
}

// key reads a member's name.
func (p *parser) key() string {
	t := p.peekToken()
	r, _ := utf8.DecodeRuneInString(t)
	switch {
	case t != "" && t[0] == '"':
		p.next()
		return unquoted(t)
	case t != "" && isWord(r) && !unicode.IsDigit(r):
		p.next()
		return t
	case r >= utf8.RuneSelf:
		p.fail("no viable alternative at input '.%c'", r)
	}
	p.mismatch()
	return ""
}

// dotted reads a member, a wildcard or a method.
func (p *parser) dotted(e expr) expr {
	if p.accept("*") {
		return allMembers(e)
	}
	quoted := p.peekToken() != "" && p.peekToken()[0] == '"'
	name := p.key()
	if quoted || p.peekToken() != "(" {
		return member(e, name)
	}
	m, known := methods[name]
	if !known {
		p.fail("mismatched input '('")
	}
	p.next()
	p.expect(")")
	return m(e)
}

// subscript reads [*], [1], [0 to last, 5].
func (p *parser) subscript(e expr) expr {
	if p.accept("*") {
		p.expect("]")
		return allElements(e)
	}
	var list []span
	p.subscripts++
	for {
		s := span{from: p.sum()}
		if p.accept("to") {
			s.to = p.sum()
		}
		list = append(list, s)
		if !p.accept(",") {
			break
		}
	}
	p.subscripts--
	p.expect("]")
	return elements(e, list)
}

// or reads a || b.
func (p *parser) or() test {
	defer p.enter()()
	left := p.and()
	for p.accept("||") {
		l, r := left, p.and()
		left = func(s *state) truth { return l(s).or(r(s)) }
	}
	return left
}

func (p *parser) and() test {
	left := p.predicate()
	for p.accept("&&") {
		l, r := left, p.predicate()
		left = func(s *state) truth { return l(s).and(r(s)) }
	}
	return left
}

// predicate reads one condition of a filter.
func (p *parser) predicate() test {
	defer p.enter()()
	switch {
	case p.accept("!"):
		if p.peekToken() != "(" && p.peekToken() != "exists" {
			p.mismatch()
		}
		t := p.predicate()
		return func(s *state) truth { return t(s).not() }
	case p.accept("exists"):
		p.expect("(")
		e := p.sum()
		p.expect(")")
		return exists(e)
	case p.peekToken() == "(":
		if t, ok := p.bracketed(); ok {
			return t
		}
	}
	left := p.sum()
	switch op := p.peekToken(); op {
	case "==", "<>", "!=", "<", "<=", ">", ">=":
		p.next()
		return comparison(op, left, p.sum())
	case "starts":
		p.next()
		p.expect("with")
		return startsWith(left, p.steps(p.primary()))
	case "like_regex":
		p.next()
		return p.like(left)
	}
	p.mismatch()
	return nil
}

// bracketed reads (condition) [is unknown]; ok is false when the bracket holds a path.
func (p *parser) bracketed() (t test, ok bool) {
	if p.tries++; p.tries > 1000 {
		p.fail("the path has too many brackets")
	}
	mark, depth, names := p.at, p.depth, len(p.path.names)
	filters, subscripts := p.filters, p.subscripts
	defer func() {
		if r := recover(); r != nil {
			if _, fault := r.(*Error); !fault {
				panic(r)
			}
			p.at, p.depth, p.path.names = mark, depth, p.path.names[:names]
			p.filters, p.subscripts = filters, subscripts
			t, ok = nil, false
		}
	}()
	p.expect("(")
	t = p.or()
	p.expect(")")
	if p.accept("is") {
		p.expect("unknown")
		inner := t
		return func(s *state) truth { return truthOf(inner(s) == unknown) }, true
	}
	return t, true
}

// like reads like_regex "pattern" [flag "i"].
func (p *parser) like(e expr) test {
	pattern := p.peekToken()
	if pattern == "" || pattern[0] != '"' {
		p.mismatch()
	}
	p.next()
	text := unquoted(pattern)
	if p.peekToken() == "flag" {
		p.fail("flags of like_regex are not supported")
	}
	re, err := regex.Compile(text)
	if err != nil {
		p.fail("%s", err.Error())
	}
	return matches(e, re)
}
