package plan

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/types"
)

func call(t *testing.T, name string, args ...Expr) *Call {
	t.Helper()
	var of []function.Arg
	for _, a := range args {
		of = append(of, function.Arg{Type: a.Type()})
	}
	f, err := function.Resolve(name, of, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Call{Function: f, Args: args}
}

func word(s string) Expr { return &Literal{Value: s, Typ: types.VarcharType} }

// likes is LIKE by trying everything.
func likes(text, pattern string) bool {
	if pattern == "" {
		return text == ""
	}
	if pattern[0] == '%' {
		for i := range len(text) + 1 {
			if likes(text[i:], pattern[1:]) {
				return true
			}
		}
		return false
	}
	return text != "" && (pattern[0] == '_' || pattern[0] == text[0]) && likes(text[1:], pattern[1:])
}

// TestSearchHolds compares with a simple matcher, and holds Find to its promise: wherever
// the first text lies for which the condition holds, it finds nothing behind it.
func TestSearchHolds(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	random := func(letters string, n int) string {
		var b strings.Builder
		for range rng.IntN(n) {
			b.WriteByte(letters[rng.IntN(len(letters))])
		}
		return b.String()
	}
	column := &Column{Index: 3, Typ: types.VarcharType}
	zero := &Literal{Value: int64(0), Typ: types.BigIntType}
	compiled := 0
	for range 3000 {
		text := random("ab%_", 6)
		cond, want := Expr(call(t, "like", column, word(text))), func(s string) bool { return likes(s, text) }
		switch rng.IntN(3) {
		case 0:
			cond, want = call(t, "starts_with", column, word(text)), func(s string) bool { return strings.HasPrefix(s, text) }
		case 1:
			cond, want = call(t, ">", call(t, "strpos", column, word(text)), zero), func(s string) bool { return strings.Contains(s, text) }
		}
		of, cond, ok := SplitSearch(cond)
		if !ok {
			continue
		}
		compiled++
		test, ok := CompileSearch(cond)
		if of != Expr(column) || !ok || len(test.Below()) != 0 {
			t.Fatalf("%s: of %v, below %v", String(cond), of, test.Below())
		}
		var data []byte
		first := -1 // the end of the first text for which it holds
		for range 5 {
			s := random("ab%_", 7)
			data = append(append(data, 0, 0, 0, 0), s...)
			if got := test.Holds([]byte(s)); got != want(s) {
				t.Fatalf("%s of %q: %v, want %v", String(cond), s, got, want(s))
			}
			if first < 0 && want(s) {
				first = len(data)
			}
		}
		if at := test.Find(data); first >= 0 && (at < 0 || at > first) {
			t.Fatalf("%s in %q: at %d, the text that holds ends at %d", String(cond), data, at, first)
		}
	}
	if compiled < 1500 {
		t.Errorf("only %d conditions are searched for", compiled)
	}
}

// TestSplitSearchRefuses: what fails for some texts, or is not of one text, is evaluated elsewhere.
func TestSplitSearchRefuses(t *testing.T) {
	column := &Column{Typ: types.VarcharType}
	one := &Literal{Value: int64(1), Typ: types.BigIntType}
	for _, e := range []Expr{
		call(t, "like", column, word("%")), call(t, "like", column, word("")), call(t, "like", column, column),
		call(t, "like", column, word("a!"), word("!")), call(t, "like", column, word("a"), word("!!")),
		call(t, "starts_with", column, word("")), call(t, ">", call(t, "strpos", column, word("a")), one),
		call(t, ">", call(t, "strpos", column, word("a"), one), &Literal{Value: int64(0), Typ: types.BigIntType}),
		call(t, "lower", column), call(t, "now"), column, word("a"),
	} {
		if _, _, ok := SplitSearch(e); ok {
			t.Errorf("%s is searched for", String(e))
		}
	}
}
