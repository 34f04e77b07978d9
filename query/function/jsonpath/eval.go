package jsonpath

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// state is what a path sees while it is evaluated.
type state struct {
	strict        bool
	root, current Item
	last          Item // the largest index, inside a subscript
	values        map[string]Item
	steps         int
}

// maxItems bounds what one evaluation may visit.
const maxItems = 1 << 22

// Eval returns the items that a path selects in a value. Errors are those that ON ERROR is for.
func (p *Path) Eval(root Item, values map[string]Item) ([]Item, error) {
	return p.root(&state{strict: p.strict, root: root, values: values})
}

func structural(format string, args ...any) error {
	return fmt.Errorf("structural error: "+format, args...)
}

// each applies f to every item; in lax mode, arrays are opened first if open is set.
func each(e expr, open bool, f func(s *state, v Item, out []Item) ([]Item, error)) expr {
	return func(s *state) ([]Item, error) {
		in, err := e(s)
		if err != nil {
			return nil, err
		}
		if open && !s.strict {
			in = opened(in)
		}
		if s.steps += len(in); s.steps > maxItems {
			return nil, fmt.Errorf("more than %d items", maxItems)
		}
		out := []Item{}
		for _, v := range in {
			if out, err = f(s, v, out); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
}

// opened replaces arrays by their elements.
func opened(in []Item) []Item {
	out := make([]Item, 0, len(in))
	for _, v := range in {
		if list, ok := v.([]Item); ok {
			out = append(out, list...)
		} else {
			out = append(out, v)
		}
	}
	return out
}

func member(e expr, key string) expr {
	return each(e, true, func(s *state, v Item, out []Item) ([]Item, error) {
		o, ok := v.(Object)
		found := false
		for _, m := range o {
			if m.Key == key {
				out, found = append(out, m.Value), true
			}
		}
		switch {
		case s.strict && !ok:
			return nil, structural("invalid item type. Expected: OBJECT, actual: %s", strings.ToUpper(typeName(v)))
		case s.strict && !found:
			return nil, structural("missing member '%s' in JSON object", key)
		}
		return out, nil
	})
}

func allMembers(e expr) expr {
	return each(e, true, func(s *state, v Item, out []Item) ([]Item, error) {
		o, ok := v.(Object)
		if s.strict && !ok {
			return nil, structural("invalid item type. Expected: OBJECT, actual: %s", strings.ToUpper(typeName(v)))
		}
		for _, m := range o {
			out = append(out, m.Value)
		}
		return out, nil
	})
}

// descendants finds a member at any depth, outer ones first.
func descendants(e expr, key string) expr {
	var walk func(v Item, out []Item) []Item
	walk = func(v Item, out []Item) []Item {
		switch v := v.(type) {
		case Object:
			for _, m := range v {
				if m.Key == key {
					out = append(out, m.Value)
				}
			}
			for _, m := range v {
				out = walk(m.Value, out)
			}
		case []Item:
			for _, x := range v {
				out = walk(x, out)
			}
		}
		return out
	}
	return each(e, false, func(_ *state, v Item, out []Item) ([]Item, error) { return walk(v, out), nil })
}

func allElements(e expr) expr {
	return each(e, false, func(s *state, v Item, out []Item) ([]Item, error) {
		list, ok := v.([]Item)
		switch {
		case ok:
			return append(out, list...), nil
		case s.strict:
			return nil, structural("invalid item type. Expected: ARRAY, actual: %s", strings.ToUpper(typeName(v)))
		}
		return append(out, v), nil
	})
}

// span is one subscript; to is nil for a single index.
type span struct{ from, to expr }

func elements(e expr, list []span) expr {
	return each(e, false, func(s *state, v Item, out []Item) ([]Item, error) {
		array, ok := v.([]Item)
		switch {
		case !ok && s.strict:
			return nil, structural("invalid item type. Expected: ARRAY, actual: %s", strings.ToUpper(typeName(v)))
		case !ok:
			array = []Item{v}
		}
		inner := *s
		inner.last = int64(len(array) - 1)
		for _, part := range list {
			from, err := index(&inner, part.from)
			if err != nil {
				return nil, err
			}
			to := from
			if part.to != nil {
				if to, err = index(&inner, part.to); err != nil {
					return nil, err
				}
			}
			if s.strict && (from < 0 || to >= int64(len(array)) || from > to) {
				return nil, structural("invalid array subscript: [%d, %d] for array of size %d", from, to, len(array))
			}
			for i := max(from, 0); i <= min(to, int64(len(array)-1)); i++ {
				out = append(out, array[i])
			}
		}
		return out, nil
	})
}

func index(s *state, e expr) (int64, error) {
	in, err := e(s)
	if err != nil {
		return 0, err
	}
	if len(in) == 1 {
		switch v := in[0].(type) {
		case int64:
			return v, nil
		case float64:
			if !math.IsNaN(v) && math.Abs(v) < 1<<31 {
				return int64(v), nil
			}
		case Decimal:
			if f := v.float(); math.Abs(f) < 1<<31 {
				return int64(f), nil
			}
		}
	}
	return 0, fmt.Errorf("array subscript is not a singleton numeric item")
}

// number1 is the single number of a sequence.
func number1(s *state, e expr) (Item, error) {
	in, err := e(s)
	if err != nil {
		return nil, err
	}
	if !s.strict {
		in = opened(in)
	}
	if len(in) == 1 {
		switch in[0].(type) {
		case int64, float64, Decimal:
			return in[0], nil
		}
	}
	return nil, fmt.Errorf("arithmetic operand is not a singleton numeric item")
}

func arithmetic(op byte, left, right expr) expr {
	return func(s *state) ([]Item, error) {
		l, err := number1(s, left)
		if err != nil {
			return nil, err
		}
		r, err := number1(s, right)
		if err != nil {
			return nil, err
		}
		v, err := compute(op, l, r)
		return []Item{v}, err
	}
}

// sign negates every number, or leaves it.
func sign(negative bool, e expr) expr {
	return each(e, true, func(_ *state, v Item, out []Item) ([]Item, error) {
		switch n := v.(type) {
		case int64:
			if negative && n == math.MinInt64 {
				return nil, fmt.Errorf("bigint negation overflow: %d", n)
			} else if negative {
				v = -n
			}
		case float64:
			if negative {
				v = -n
			}
		case Decimal:
			if negative {
				v = Decimal{new(big.Int).Neg(n.Unscaled), n.Scale}
			}
		default:
			return nil, structural("invalid item type. Expected: NUMBER, actual: %s", strings.ToUpper(typeName(v)))
		}
		return append(out, v), nil
	})
}

func float(v Item) float64 {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case Decimal:
		return v.float()
	}
	return v.(float64)
}

func decimal(v Item) Decimal {
	if n, ok := v.(int64); ok {
		return Decimal{big.NewInt(n), 0}
	}
	return v.(Decimal)
}

func compute(op byte, l, r Item) (Item, error) {
	_, lf := l.(float64)
	_, rf := r.(float64)
	a, li := l.(int64)
	b, ri := r.(int64)
	switch {
	case lf || rf:
		return computeFloat(op, float(l), float(r)), nil
	case li && ri:
		return computeInteger(op, a, b)
	}
	return computeDecimal(op, decimal(l), decimal(r))
}

func computeFloat(op byte, a, b float64) Item {
	switch op {
	case '+':
		return a + b
	case '-':
		return a - b
	case '*':
		return a * b
	case '/':
		return a / b
	}
	return math.Mod(a, b)
}

// computeInteger computes in the type of the operands: numbers that fit are integers, as in SQL.
func computeInteger(op byte, a, b int64) (Item, error) {
	x, y, z := big.NewInt(a), big.NewInt(b), new(big.Int)
	switch op {
	case '+':
		z.Add(x, y)
	case '-':
		z.Sub(x, y)
	case '*':
		z.Mul(x, y)
	default:
		if b == 0 {
			return nil, fmt.Errorf("division by zero")
		}
		if z.Quo(x, y); op == '%' {
			z.Rem(x, y)
		}
	}
	small := int64(int32(a)) == a && int64(int32(b)) == b
	if !z.IsInt64() || small && int64(int32(z.Int64())) != z.Int64() {
		return nil, fmt.Errorf("numeric overflow: %d %c %d", a, op, b)
	}
	return z.Int64(), nil
}

func computeDecimal(op byte, a, b Decimal) (Item, error) {
	scale := max(a.Scale, b.Scale)
	switch op {
	case '+':
		return Decimal{new(big.Int).Add(a.rescaled(scale), b.rescaled(scale)), scale}, nil
	case '-':
		return Decimal{new(big.Int).Sub(a.rescaled(scale), b.rescaled(scale)), scale}, nil
	case '*':
		return Decimal{new(big.Int).Mul(a.Unscaled, b.Unscaled), a.Scale + b.Scale}, nil
	case '%':
		if b.Unscaled.Sign() != 0 {
			return Decimal{new(big.Int).Rem(a.rescaled(scale), b.rescaled(scale)), scale}, nil
		}
	default:
		if b.Unscaled.Sign() != 0 { // Trino's scale of a quotient of such numbers: half up
			n, d := a.rescaled(scale), b.rescaled(scale)
			n = new(big.Int).Mul(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil))
			q, rest := new(big.Int).QuoRem(n, d, new(big.Int))
			if rest.Lsh(rest, 1).CmpAbs(d) >= 0 {
				q.Add(q, big.NewInt(int64(n.Sign()*d.Sign())))
			}
			return Decimal{q, scale}, nil
		}
	}
	return nil, fmt.Errorf("division by zero")
}

// methods are the item methods by name.
var methods = map[string]func(expr) expr{
	"type": func(e expr) expr {
		return each(e, false, func(_ *state, v Item, out []Item) ([]Item, error) { return append(out, typeName(v)), nil })
	},
	"size":     size,
	"keyvalue": keyValue,
	"double": func(e expr) expr {
		return numeric(e, "NUMBER or TEXT", func(v Item) (Item, error) {
			if text, ok := v.(string); ok {
				f, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
				if err != nil {
					return nil, fmt.Errorf("cannot convert '%s' to double", text)
				}
				return f, nil
			}
			return float(v), nil
		})
	},
	"ceiling": func(e expr) expr { return numeric(e, "NUMBER", rounded(math.Ceil)) },
	"floor":   func(e expr) expr { return numeric(e, "NUMBER", rounded(math.Floor)) },
	"abs": func(e expr) expr {
		return numeric(e, "NUMBER", func(v Item) (Item, error) {
			switch v := v.(type) {
			case int64:
				if v == math.MinInt64 {
					return nil, fmt.Errorf("value out of range: %d", v)
				}
				return max(v, -v), nil
			case float64:
				return math.Abs(v), nil
			}
			d := v.(Decimal)
			return Decimal{new(big.Int).Abs(d.Unscaled), d.Scale}, nil
		})
	},
}

func rounded(round func(float64) float64) func(Item) (Item, error) {
	return func(v Item) (Item, error) {
		switch v := v.(type) {
		case float64:
			return round(v), nil
		case Decimal:
			unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(v.Scale)), nil)
			q, rest := new(big.Int).QuoRem(v.Unscaled, unit, new(big.Int))
			q.Add(q, big.NewInt(int64(round(float64(rest.Sign())/2))))
			return Decimal{q, 0}, nil
		}
		return v, nil
	}
}

// numeric applies f to every number, or text if f takes it.
func numeric(e expr, expected string, f func(Item) (Item, error)) expr {
	return each(e, true, func(_ *state, v Item, out []Item) ([]Item, error) {
		switch v.(type) {
		case int64, float64, Decimal:
		case string:
			if expected == "NUMBER" {
				return nil, structural("invalid item type. Expected: %s, actual: STRING", expected)
			}
		default:
			return nil, structural("invalid item type. Expected: %s, actual: %s", expected, strings.ToUpper(typeName(v)))
		}
		v, err := f(v)
		return append(out, v), err
	})
}

func size(e expr) expr {
	return each(e, false, func(s *state, v Item, out []Item) ([]Item, error) {
		list, ok := v.([]Item)
		switch {
		case ok:
			return append(out, int64(len(list))), nil
		case s.strict:
			return nil, structural("invalid item type. Expected: ARRAY, actual: %s", strings.ToUpper(typeName(v)))
		}
		return append(out, int64(1)), nil
	})
}

func keyValue(e expr) expr {
	return func(s *state) ([]Item, error) {
		id := int64(-1)
		return each(e, true, func(_ *state, v Item, out []Item) ([]Item, error) {
			o, ok := v.(Object)
			if !ok {
				return nil, structural("invalid item type. Expected: OBJECT, actual: %s", strings.ToUpper(typeName(v)))
			}
			id++
			for _, m := range o {
				out = append(out, Object{{"name", m.Key}, {"value", m.Value}, {"id", id}})
			}
			return out, nil
		})(s)
	}
}
