package parse

import (
	"slices"
	"strings"

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
	late       *ast.Error // what is wrong with a statement that can be read
	want       []string   // what would have fit at token wantAt
	wantAt     int
	open       int                // brackets and CASE around the current token
	inside     *ast.Error         // what is wrong after an IN that is refused for it
	queries    map[int]*queryInfo // by first token
	setOps     map[int]*setOp     // by the first token of the term after them
	joins      map[int]*join      // by the last of their words
	samples    map[int]construct  // TABLESAMPLE, by its first token
}

func newReader(toks []token) *reader {
	return &reader{
		source: source{toks}, queries: map[int]*queryInfo{}, setOps: map[int]*setOp{}, joins: map[int]*join{},
		samples: map[int]construct{},
	}
}

// peek returns the token n places ahead; past the end it is the end.
func (r *reader) peek(n int) token { return r.token(r.pos + n) }

// next returns the index of the current token and steps over it.
func (r *reader) next() int {
	i := r.pos
	if err := r.toks[i].err; err != nil {
		if r.toks[i].kind != binaryToken {
			panic(fault{err})
		}
		r.wrong(err)
	}
	if i < len(r.toks)-1 {
		r.pos++
	}
	return i
}

// wrong records what is wrong with a statement whose syntax may yet be right. As
// in Trino, syntax comes first.
func (r *reader) wrong(err *ast.Error) {
	if r.late == nil {
		r.late = err
	}
}

// wants records what would fit at the current token, as messages name it: a
// <thing>, or words and symbols as they are spelled.
func (r *reader) wants(values ...string) {
	if r.wantAt != r.pos {
		r.wantAt, r.want = r.pos, r.want[:0]
	}
	r.want = append(r.want, values...)
}

// mismatch refuses token i. What Trino would have expected there is named as far
// as the reader looked for it: it leaves out what may follow a name and makes it
// something else, such as the bracket of a call.
func (r *reader) mismatch(i int) {
	e := mismatch(r.toks[i])
	if i == r.wantAt && len(r.want) > 0 {
		names := make([]string, len(r.want))
		for n, w := range r.want {
			if names[n] = w; len(w) < 2 || w[0] != '<' || w[1] < 'a' && w != "<EOF>" {
				names[n] = "'" + w + "'"
			}
		}
		slices.Sort(names)
		e.Msg += ". Expecting: " + strings.Join(slices.Compact(names), ", ")
	}
	if r.inside != nil {
		r.inside.Hint, e.Hint = "", "What follows it: "+r.inside.Msg
	}
	panic(fault{e})
}

// accept steps over the current token if it is spelled so.
func (r *reader) accept(value string) bool {
	if r.peek(0).is(value) {
		r.next()
		return true
	}
	r.wants(value)
	return false
}

// acceptAll steps over the words if all of them come next.
func (r *reader) acceptAll(values ...string) bool {
	for n, v := range values {
		if !r.peek(n).is(v) {
			r.wants(values[0])
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
		r.wants(values...)
		r.mismatch(r.pos)
	}
	return r.next()
}

// ident reads an identifier.
func (r *reader) ident() ast.Ident {
	if !r.peek(0).named() {
		r.wants("<identifier>")
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

// closing are the other brackets.
var closing = map[string]string{"(": ")", "[": "]"}

// bracketed reads open, fn and the matching bracket; it returns both brackets.
func (r *reader) bracketed(open string, fn func()) (int, int) {
	r.enter()
	defer r.leave()
	r.open++
	defer func() { r.open-- }()
	first := r.expect(open)
	fn()
	if r.pos != r.toks[first].match || r.peek(0).kind == eofToken {
		r.wants(closing[open])
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
