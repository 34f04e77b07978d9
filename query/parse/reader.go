package parse

import (
	"github.com/traillake/traillake/query/ast"
)

// Limits on a statement's shape. They keep every recursion over it, ours,
// Vitess's and those of the packages after us, far from the end of the stack.
const (
	maxTokens = 50_000
	maxDepth  = 150 // of brackets, CASE and lambdas inside each other
)

// reader finds the constructs of a statement: which words are names and which
// are syntax, what a bracket opens, where a postfix operator's operand starts
// and where a lambda's body ends. It leaves to Vitess what binds how tightly
// and whether the clauses, operators and joins make a statement.
type reader struct {
	source
	pos   int
	depth int

	constructs []construct
	params     int
	queries    map[int]*queryInfo // by first token
	setOps     map[int]*setOp     // by the first token of the term after them
	joins      map[int]*join      // by the last of their words
}

func newReader(toks []token) *reader {
	return &reader{
		source: source{toks}, queries: map[int]*queryInfo{}, setOps: map[int]*setOp{}, joins: map[int]*join{},
	}
}

// peek returns the token n places ahead; past the end it is the end.
func (r *reader) peek(n int) token { return r.token(r.pos + n) }

// next returns the index of the current token and steps over it.
func (r *reader) next() int {
	i := r.pos
	if i < len(r.toks)-1 {
		r.pos++
	}
	return i
}

// accept steps over the current token if it is spelled so.
func (r *reader) accept(value string) bool {
	if r.peek(0).is(value) {
		r.next()
		return true
	}
	return false
}

// acceptAll steps over the words if all of them come next.
func (r *reader) acceptAll(values ...string) bool {
	for n, v := range values {
		if !r.peek(n).is(v) {
			return false
		}
	}
	for range values {
		r.next()
	}
	return true
}

// expect steps over a token that must come next.
func (r *reader) expect(values ...string) int {
	if !r.peek(0).is(values...) {
		r.mismatch(r.pos)
	}
	return r.next()
}

// ident reads an identifier.
func (r *reader) ident() ast.Ident {
	if !r.peek(0).named() {
		r.mismatch(r.pos)
	}
	return r.toks[r.next()].ident()
}

// idents reads (a, b, …).
func (r *reader) idents() []ast.Ident {
	r.expect("(")
	list := []ast.Ident{r.ident()}
	for r.accept(",") {
		list = append(list, r.ident())
	}
	r.expect(")")
	return list
}

// enter counts one level of nesting; the caller leaves it again.
func (r *reader) enter() {
	if r.depth++; r.depth > maxDepth {
		panic(fault{ast.Errorf(ast.NotSupported, r.toks[r.pos].span, "the statement is nested more than %d levels deep", maxDepth)})
	}
}

func (r *reader) leave() { r.depth-- }

// add records a construct.
func (r *reader) add(c construct) { r.constructs = append(r.constructs, c) }

// leaf records a construct without parts.
func (r *reader) leaf(k kind, first int, node any) {
	r.add(construct{kind: k, first: first, last: r.pos - 1, node: node})
}

// bracketed reads open, fn and the matching bracket; it returns both brackets.
func (r *reader) bracketed(open string, fn func()) (int, int) {
	r.enter()
	defer r.leave()
	first := r.expect(open)
	fn()
	if r.pos != r.toks[first].match || r.peek(0).kind == eofToken {
		r.mismatch(r.pos)
	}
	return first, r.next()
}

// list reads one or more things with commas between them.
func (r *reader) list(one func()) {
	one()
	for r.accept(",") {
		one()
	}
}
