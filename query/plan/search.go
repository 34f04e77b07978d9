package plan

import (
	"unsafe"

	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/types"
)

// SplitSearch takes a condition on one text apart that can be decided where texts
// are stored, many at a time:
//
//	text LIKE 'pattern'             with a text in the pattern
//	starts_with(text, 'text')
//	strpos(text, 'text') > 0
//	any_match(map_values(map), v -> condition)
//
// in which any_match may be of the keys or the values of a map, or of an array of
// texts or of rows with texts. None of them fails for any text. It returns the
// column, or what else the condition is about, and the condition on it, in which
// that is column 0. ok is false for all other conditions.
func SplitSearch(e Expr) (of, cond Expr, ok bool) {
	p, ok := parseSearch(e)
	if !ok {
		return nil, nil, false
	}
	hole := &Column{Name: "value", Typ: p.of.Type()}
	return p.of, RewriteExpr(e, func(e Expr) (Expr, bool) { return hole, e == p.of }), true
}

// Search is a compiled condition of SplitSearch. It is safe for concurrent use.
type Search struct {
	below  []string
	needle *function.Needle
	match  func(string) bool // nil: the needle says all
}

// CompileSearch compiles a condition that SplitSearch returned.
func CompileSearch(cond Expr) (*Search, bool) {
	p, ok := parseSearch(cond)
	if !ok {
		return nil, false
	}
	return &Search{below: p.below, needle: function.NewNeedle(p.word), match: p.match}, true
}

// Below are the steps that lead from the column to the texts: none for a text,
// "key" or "value" for a map, "element" and the names of fields for an array.
func (s *Search) Below() []string { return s.below }

// Find returns where the first text may be for which the condition holds, among
// many in data behind each other; -1 when there is none.
func (s *Search) Find(data []byte) int { return s.needle.Index(data) }

// Holds reports whether the condition holds for a text, which it does not keep.
func (s *Search) Holds(text []byte) bool {
	if s.match != nil {
		return s.match(unsafe.String(unsafe.SliceData(text), len(text)))
	}
	return s.needle.Index(text) >= 0
}

// parsedSearch is a condition that can be searched for.
type parsedSearch struct {
	of    Expr // what it is about
	below []string
	word  string            // what every text has for which it holds
	match func(string) bool // nil: all that have the word
}

func parseSearch(e Expr) (parsedSearch, bool) {
	call, ok := e.(*Call)
	if !ok {
		return parsedSearch{}, false
	}
	if call.Function.Name != "any_match" {
		p, ok := parseTextSearch(call)
		return p, ok && p.of.Type().Kind == types.Varchar
	}
	by, ok := call.Args[1].(*Lambda)
	if !ok {
		return parsedSearch{}, false
	}
	body, ok := by.Body.(*Call)
	if !ok {
		return parsedSearch{}, false
	}
	p, ok := parseTextSearch(body)
	if !ok {
		return parsedSearch{}, false
	}
	fields, ok := paramFields(p.of, by.ID)
	if !ok || p.of.Type().Kind != types.Varchar {
		return parsedSearch{}, false
	}
	p.of, p.below = call.Args[0], append([]string{"element"}, fields...)
	if part, isCall := p.of.(*Call); isCall && len(fields) == 0 {
		switch part.Function.Name {
		case "map_keys":
			p.of, p.below = part.Args[0], []string{"key"}
		case "map_values":
			p.of, p.below = part.Args[0], []string{"value"}
		}
	}
	return p, true
}

// paramFields are the names of the fields that lead from a lambda's parameter to an
// expression, if that is all it does.
func paramFields(e Expr, lambda int) (names []string, ok bool) {
	switch e := e.(type) {
	case *LambdaParam:
		return nil, e.ID == lambda && e.Index == 0
	case *Field:
		names, ok = paramFields(e.Expr, lambda)
		return append(names, e.Expr.Type().Fields[e.Index].Name), ok
	}
	return nil, false
}

// parseTextSearch reads a condition on a single text.
func parseTextSearch(e *Call) (p parsedSearch, ok bool) {
	if len(e.Args) < 2 {
		return parsedSearch{}, false
	}
	p.of = e.Args[0]
	switch e.Function.Name {
	case "like":
		pattern, ok := literalText(e.Args[1])
		var escape string
		if ok && len(e.Args) > 2 {
			escape, ok = literalText(e.Args[2])
		}
		if !ok {
			return parsedSearch{}, false
		}
		p.word, p.match, ok = function.LikeWord(pattern, escape, len(e.Args) > 2)
		return p, ok
	case "starts_with":
		p.word, ok = literalText(e.Args[1])
		p.match = func(s string) bool { return len(s) >= len(p.word) && s[:len(p.word)] == p.word }
		return p, ok && p.word != ""
	case ">":
		zero, isLiteral := e.Args[1].(*Literal)
		place, isCall := e.Args[0].(*Call)
		if !isLiteral || zero.Value != int64(0) || !isCall || place.Function.Name != "strpos" || len(place.Args) != 2 {
			return parsedSearch{}, false
		}
		p.of = place.Args[0]
		p.word, ok = literalText(place.Args[1])
		return p, ok && p.word != ""
	}
	return parsedSearch{}, false
}

func literalText(e Expr) (string, bool) {
	l, ok := e.(*Literal)
	if !ok {
		return "", false
	}
	s, ok := l.Value.(string)
	return s, ok
}
