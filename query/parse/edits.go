package parse

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/traillake/traillake/query/ast"
)

// maxVitessDepth is one less than the depth of brackets at which Vitess gives up.
const maxVitessDepth = 199

// edits is what Vitess will read in place of the user's tokens.
type edits struct {
	toks  []token
	texts []string
	// known tells the tokens for which a rule chose the text; pending those that
	// the tree from Vitess must account for.
	known, pending []bool
	before, after  [][]wrap
	index          int // of the construct being rewritten
}

// wrap is text that a rule puts before or after a construct.
type wrap struct {
	c     construct
	index int
	text  string
}

// native are the tokens that mean the same to Trino and to Vitess.
var native = wordSet(`FROM WHERE HAVING ORDER BY ON AS AND OR NOT IS NULL TRUE FALSE UNKNOWN
	IN BETWEEN LIKE ESCAPE CASE WHEN THEN ELSE END WINDOW ( ) ,`)

// rewrite applies the rules to the constructs.
func rewrite(toks []token, constructs []construct, rules *ruleSet) *edits {
	n := len(toks)
	e := &edits{
		toks: toks, texts: make([]string, n), known: make([]bool, n), pending: make([]bool, n),
		before: make([][]wrap, n), after: make([][]wrap, n),
	}
	for i, c := range constructs {
		if rule := rules[c.kind]; rule.encode != nil {
			e.index = i
			rule.encode(e, c, marker(i))
		}
	}
	return e
}

// marker is the name that stands for construct i.
func marker(i int) string { return "k" + strconv.Itoa(i) }

// set says what Vitess reads for token i.
func (e *edits) set(i int, text string) { e.texts[i], e.known[i] = text, true }

// drop hides tokens from Vitess; an empty range hides none.
func (e *edits) drop(first, last int) {
	for i := first; i <= last; i++ {
		e.set(i, "")
	}
}

func (e *edits) dropAll(tokens []int) {
	for _, i := range tokens {
		e.set(i, "")
	}
}

// operator says what Vitess reads for the tokens of an operator, which the
// converter must find again.
func (e *edits) operator(first, last int, text string) {
	for i := first; i <= last; i++ {
		e.set(i, "")
		e.pending[i] = true
	}
	e.set(first, text)
}

// wrap puts text around a construct.
func (e *edits) wrap(c construct, before, after string) {
	if before != "" {
		e.before[c.first] = append(e.before[c.first], wrap{c, e.index, before})
	}
	if after != "" {
		e.after[c.last] = append(e.after[c.last], wrap{c, e.index, after})
	}
}

// emitted is the text for Vitess with the place each piece came from.
type emitted struct {
	text  string
	ends  []int // of each piece, in text
	token []int // of each piece
}

// emit writes the tokens first to last for Vitess. A token that no rule chose a
// text for must be one of those that Vitess reads as Trino does.
func (e *edits) emit(first, last int) (*emitted, error) {
	out := &emitted{}
	var b strings.Builder
	depth := 0
	put := func(i int, text string) error {
		if text == "" {
			return nil
		}
		b.WriteString(text)
		b.WriteByte(' ')
		out.ends = append(out.ends, b.Len())
		out.token = append(out.token, i)
		if depth += strings.Count(text, "(") - strings.Count(text, ")"); depth > maxVitessDepth {
			return ast.Errorf(ast.NotSupported, e.toks[i].span, "the statement is nested too deeply")
		}
		return nil
	}
	for i := first; i <= last; i++ {
		t := e.toks[i]
		if !e.known[i] {
			if t.kind != wordToken && t.kind != symbolToken || !native[t.value] {
				return nil, unsupported(t.span, t.describe())
			}
			e.texts[i] = t.value
			e.pending[i] = !t.is("(", ")", ",")
		}
		slices.SortFunc(e.before[i], func(a, b wrap) int {
			return cmp.Or(cmp.Compare(b.c.last, a.c.last), cmp.Compare(b.index, a.index))
		})
		slices.SortFunc(e.after[i], func(a, b wrap) int {
			return cmp.Or(cmp.Compare(b.c.first, a.c.first), cmp.Compare(a.index, b.index))
		})
		for _, w := range e.before[i] {
			if err := put(i, w.text); err != nil {
				return nil, err
			}
		}
		if err := put(i, e.texts[i]); err != nil {
			return nil, err
		}
		for _, w := range e.after[i] {
			if err := put(i, w.text); err != nil {
				return nil, err
			}
		}
	}
	out.text = b.String()
	return out, nil
}

// at returns the token that the text before a position of the text came from.
func (o *emitted) at(pos int) int {
	i, _ := slices.BinarySearch(o.ends, pos)
	if len(o.token) == 0 {
		return 0
	}
	return o.token[min(i, len(o.token)-1)]
}
