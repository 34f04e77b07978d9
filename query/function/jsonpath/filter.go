package jsonpath

import (
	"cmp"
	"strings"

	"github.com/traillake/traillake/query/function/regex"
)

// truth is a predicate's answer. An error inside a predicate makes it unknown.
type truth int8

const (
	no truth = iota
	unknown
	yes
)

func truthOf(v bool) truth {
	if v {
		return yes
	}
	return no
}

func (t truth) and(o truth) truth { return min(t, o) }
func (t truth) or(o truth) truth  { return max(t, o) }
func (t truth) not() truth        { return yes - t }

// filter keeps the items for which the condition is true.
func filter(e expr, cond test) expr {
	return each(e, true, func(s *state, v Item, out []Item) ([]Item, error) {
		inner := *s
		inner.current = v
		if cond(&inner) == yes {
			out = append(out, v)
		}
		return out, nil
	})
}

func exists(e expr) test {
	return func(s *state) truth {
		in, err := e(s)
		if err != nil {
			return unknown
		}
		return truthOf(len(in) > 0)
	}
}

// some asks for a pair of items that satisfies f; one that cannot be compared
// makes the answer unknown in strict mode, and unless a pair was found before in lax mode.
func some(left, right expr, f func(a, b Item) truth) test {
	return func(s *state) truth {
		l, err := left(s)
		if err != nil {
			return unknown
		}
		r, err := right(s)
		if err != nil {
			return unknown
		}
		if !s.strict {
			l, r = opened(l), opened(r)
		}
		answer := no
		for _, a := range l {
			for _, b := range r {
				switch f(a, b) {
				case yes:
					if !s.strict {
						return yes
					}
					answer = yes
				case unknown:
					return unknown
				}
			}
		}
		return answer
	}
}

func comparison(op string, left, right expr) test {
	return some(left, right, func(a, b Item) truth {
		if a == nil && b == nil {
			return truthOf(op == "==" || op == "<=" || op == ">=")
		}
		if a == nil || b == nil {
			return truthOf(op == "<>" || op == "!=")
		}
		c, ok := compare(a, b)
		if !ok {
			return unknown
		}
		switch op {
		case "==":
			return truthOf(c == 0)
		case "<>", "!=":
			return truthOf(c != 0)
		case "<":
			return truthOf(c < 0)
		case "<=":
			return truthOf(c <= 0)
		case ">":
			return truthOf(c > 0)
		}
		return truthOf(c >= 0)
	})
}

// compare orders two scalars of one kind.
func compare(a, b Item) (int, bool) {
	switch x := a.(type) {
	case string:
		y, ok := b.(string)
		return strings.Compare(x, y), ok
	case bool:
		y, ok := b.(bool)
		switch {
		case x == y:
			return 0, ok
		case x:
			return 1, ok
		}
		return -1, ok
	case int64, float64, Decimal:
		switch b.(type) {
		case int64, float64, Decimal:
			return compareNumbers(a, b), true
		}
	}
	return 0, false
}

func compareNumbers(a, b Item) int {
	_, af := a.(float64)
	_, bf := b.(float64)
	if af || bf {
		return cmp.Compare(float(a), float(b))
	}
	x, y := decimal(a), decimal(b)
	scale := max(x.Scale, y.Scale)
	return x.rescaled(scale).Cmp(y.rescaled(scale))
}

func startsWith(left, right expr) test {
	return some(left, right, func(a, b Item) truth {
		x, ok := a.(string)
		y, also := b.(string)
		if !ok || !also {
			return unknown
		}
		return truthOf(strings.HasPrefix(x, y))
	})
}

func matches(e expr, re *regex.Regexp) test {
	one := func(*state) ([]Item, error) { return []Item{nil}, nil }
	return some(e, one, func(a, _ Item) truth {
		text, ok := a.(string)
		if !ok {
			return unknown
		}
		found, err := re.Match(text)
		if err != nil {
			return unknown
		}
		return truthOf(found)
	})
}
