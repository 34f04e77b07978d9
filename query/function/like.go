package function

import (
	"strings"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

var likeFunctions = []entry{
	{sig: "like(varchar, varchar) boolean", make: like2},
	{sig: "like(varchar, varchar, varchar) boolean", make: like3},
}

// compiled keeps the last pattern that was compiled. A constant pattern is thus
// compiled once per call of a query; it is safe for concurrent use.
type compiled[T any] struct {
	last atomic.Pointer[compiledEntry[T]]
}

type compiledEntry[T any] struct {
	key   string
	value T
}

func (c *compiled[T]) get(key string, compile func(string) (T, error)) (T, error) {
	if e := c.last.Load(); e != nil && e.key == key {
		return e.value, nil
	}
	v, err := compile(key)
	if err == nil {
		c.last.Store(&compiledEntry[T]{strings.Clone(key), v})
	}
	return v, err
}

func like2(c *call) Kernel {
	var cache compiled[func(string) bool]
	byRow := f2(func(s, pattern string) (bool, error) {
		m, err := cache.get(pattern, func(p string) (func(string) bool, error) { return compileLike(p, "", false) })
		if err != nil {
			return false, err
		}
		return m(s), nil
	})(c)
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		s, isText := args[0].Array.(*array.String)
		pattern, isConst := args[1].Array.(*array.String)
		if isText && isConst && !args[0].Const && args[1].Const && pattern.IsValid(0) {
			if word, ok := wordOf(pattern.Value(0)); ok {
				return containing(ctx.Mem, s, word), nil
			}
		}
		return byRow(ctx, args, rows)
	}
}

func like3(c *call) Kernel {
	var cache compiled[func(string) bool]
	return f3(func(s, pattern, escape string) (bool, error) {
		m, err := cache.get(escape+"\x00"+pattern, func(string) (func(string) bool, error) { return compileLike(pattern, escape, true) })
		if err != nil {
			return false, err
		}
		return m(s), nil
	})(c)
}

// likePart is literal text, or one wildcard.
type likePart struct {
	literal  string
	wildcard byte // '%', '_' or 0
}

func parseLike(pattern, escape string, escaped bool) ([]likePart, error) {
	esc := rune(-1)
	if escaped {
		runes := []rune(escape)
		if len(runes) != 1 {
			return nil, invalidArgument("Escape string must be a single character")
		}
		esc = runes[0]
	}
	var parts []likePart
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			parts = append(parts, likePart{literal: text.String()})
			text.Reset()
		}
	}
	pending := false
	for _, r := range pattern {
		switch {
		case pending:
			if r != '%' && r != '_' && r != esc {
				return nil, invalidArgument("Escape character must be followed by '%%', '_' or the escape character itself")
			}
			text.WriteRune(r)
			pending = false
		case r == esc:
			pending = true
		case r == '%' || r == '_':
			flush()
			if n := len(parts); r == '_' || n == 0 || parts[n-1].wildcard != '%' {
				parts = append(parts, likePart{wildcard: byte(r)})
			}
		default:
			text.WriteRune(r)
		}
	}
	if pending {
		return nil, invalidArgument("Escape character must be followed by '%%', '_' or the escape character itself")
	}
	flush()
	return parts, nil
}

// compileLike turns a pattern into the cheapest test that decides it.
func compileLike(pattern, escape string, escaped bool) (func(string) bool, error) {
	parts, err := parseLike(pattern, escape, escaped)
	if err != nil {
		return nil, err
	}
	if len(parts) == 3 && parts[0].wildcard == '%' && parts[1].wildcard == 0 && parts[2].wildcard == '%' {
		word := parts[1].literal
		return func(s string) bool { return strings.Contains(s, word) }, nil
	}
	return newLikePattern(parts).match, nil
}

// LikeWord compiles a pattern of LIKE that has a text in it: the longest text that
// every matching one has, and which of those match; nil is all of them. ok is false
// when there is no such text, or the pattern is wrong.
func LikeWord(pattern, escape string, escaped bool) (word string, match func(string) bool, ok bool) {
	parts, err := parseLike(pattern, escape, escaped)
	if err != nil {
		return "", nil, false
	}
	for _, p := range parts {
		if len(p.literal) > len(word) {
			word = p.literal
		}
	}
	if len(parts) == 3 && parts[0].wildcard == '%' && parts[1].wildcard == 0 && parts[2].wildcard == '%' {
		return word, nil, true
	}
	return word, newLikePattern(parts).match, word != ""
}
