package function

import (
	"cmp"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/types"
)

// comparisons are the operators over any type; arguments are of one type by then.
var comparisons = []entry{
	{sig: "=(T, T) boolean; T:comparable", make: equality(false)},
	{sig: "<>(T, T) boolean; T:comparable", make: equality(true)},
	{sig: "<(T, T) boolean; T:orderable", make: ordering(func(c int) bool { return c < 0 })},
	{sig: "<=(T, T) boolean; T:orderable", make: ordering(func(c int) bool { return c <= 0 })},
	{sig: ">(T, T) boolean; T:orderable", make: ordering(func(c int) bool { return c > 0 })},
	{sig: ">=(T, T) boolean; T:orderable", make: ordering(func(c int) bool { return c >= 0 })},
	{sig: "is distinct from(T, T) boolean; T:comparable", make: isDistinct},
	{sig: "greatest(E, E...) E; E:orderable", make: extreme(largest)},
	{sig: "least(E, E...) E; E:orderable", make: extreme(smallest)},
}

// equality makes "=" or, negated, "<>".
func equality(negate bool) maker {
	return func(c *call) Kernel {
		t := c.args[0]
		switch t.Kind {
		case types.Varchar, types.Char, types.JSON:
			return compareWith(func(a, b string) bool { return (a == b) != negate })
		case types.Boolean:
			return compareWith(func(a, b bool) bool { return (a == b) != negate })
		case types.BigInt:
			return compareWith(func(a, b int64) bool { return (a == b) != negate })
		case types.Integer:
			return compareWith(func(a, b int32) bool { return (a == b) != negate })
		case types.Timestamp:
			return compareWith(func(a, b arrow.Timestamp) bool { return (a == b) != negate })
		case types.Date:
			return compareWith(func(a, b arrow.Date32) bool { return (a == b) != negate })
		case types.Double:
			return compareWith(func(a, b float64) bool { return (a == b) != negate })
		}
		return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
			a, b := args[0], args[1]
			return each(ctx, c, rows, func(i int) (bool, error) {
				ra, rb := a.Row(i), b.Row(i)
				if types.IsNull(a.Array, ra) || types.IsNull(b.Array, rb) {
					return false, errNull
				}
				eq, known := types.Equal(t, a.Array, ra, b.Array, rb)
				if !known {
					return false, errNull
				}
				return eq != negate, nil
			})
		}
	}
}

// compareWith is a tight loop over two columns of plain values.
func compareWith[T any](test func(a, b T) bool) Kernel {
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		a, b := columnOf[T](args[0]), columnOf[T](args[1])
		out := array.NewBooleanBuilder(ctx.Mem)
		defer out.Release()
		out.Reserve(rows)
		nullable := args[0].Array.NullN() > 0 || args[1].Array.NullN() > 0 || args[0].Array.DataType().ID() == arrow.NULL
		if b.constant() && !nullable {
			v := b.at(0)
			for i := range rows {
				out.UnsafeAppend(test(a.at(i), v))
			}
			return out.NewArray(), nil
		}
		for i := range rows {
			if a.null(i) || b.null(i) {
				out.AppendNull()
			} else {
				out.Append(test(a.at(i), b.at(i)))
			}
		}
		return out.NewArray(), nil
	}
}

// ordered compares by the sign of cmp.Compare.
func ordered[T cmp.Ordered](test func(c int) bool) Kernel {
	return compareWith(func(a, b T) bool { return test(cmp.Compare(a, b)) })
}

func ordering(test func(c int) bool) maker {
	return func(c *call) Kernel {
		t := c.args[0]
		switch t.Kind {
		case types.Varchar:
			return ordered[string](test)
		case types.BigInt:
			return ordered[int64](test)
		case types.Integer:
			return ordered[int32](test)
		case types.Timestamp:
			return ordered[arrow.Timestamp](test)
		case types.Date:
			return ordered[arrow.Date32](test)
		case types.Double:
			return compareWith(func(a, b float64) bool { return a == a && b == b && test(cmp.Compare(a, b)) })
		case types.Real:
			return compareWith(func(a, b float32) bool { return a == a && b == b && test(cmp.Compare(a, b)) })
		case types.Char:
			return compareWith(func(a, b string) bool { return test(comparePadded(a, b)) })
		}
		return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
			a, b := args[0], args[1]
			return each(ctx, c, rows, func(i int) (bool, error) {
				ra, rb := a.Row(i), b.Row(i)
				if types.IsNull(a.Array, ra) || types.IsNull(b.Array, rb) {
					return false, errNull
				}
				order, known := types.Compare(t, a.Array, ra, b.Array, rb)
				if !known {
					return false, errNull
				}
				return test(order), nil
			})
		}
	}
}

func isDistinct(c *call) Kernel {
	t := c.args[0]
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		a, b := args[0], args[1]
		return each(ctx, c, rows, func(i int) (bool, error) {
			return types.Distinct(t, a.Array, a.Row(i), b.Array, b.Row(i)), nil
		})
	}
}

// comparePadded compares char values, whose padding with blanks is not stored.
func comparePadded(a, b string) int {
	n := min(len(a), len(b))
	if c := cmp.Compare(a[:n], b[:n]); c != 0 {
		return c
	}
	for _, r := range []byte(a[n:]) {
		if r != ' ' {
			return cmp.Compare(r, ' ')
		}
	}
	for _, r := range []byte(b[n:]) {
		if r != ' ' {
			return cmp.Compare(' ', r)
		}
	}
	return 0
}

// wanted says which of some values a function is after: the sign of the order of
// a better value and a worse one.
type wanted int

const (
	smallest wanted = -1
	largest  wanted = 1
)

// better reports whether element a[i] is wanted more than b[j]. NaN, and what
// holds a NULL, are wanted least, both as the smallest and as the largest.
func (w wanted) better(t types.Type, a arrow.Array, i int, b arrow.Array, j int) bool {
	return types.CompareAll(t, a, i, b, j, w == largest)*int(w) > 0
}

// betterBoxed is better for boxed values.
func (w wanted) betterBoxed(a, b any) bool { return compareBoxed(a, b, w == largest)*int(w) > 0 }

// extreme makes greatest and least: NULL when any argument is.
func extreme(want wanted) maker {
	return func(c *call) Kernel {
		t := c.result
		return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
			b := array.NewBuilder(ctx.Mem, t.Arrow())
			defer b.Release()
			b.Reserve(rows)
			for i := range rows {
				best := 0
				for k, a := range args {
					if types.IsNull(a.Array, a.Row(i)) {
						best = -1
						break
					}
					if k > 0 && want.better(t, a.Array, a.Row(i), args[best].Array, args[best].Row(i)) {
						best = k
					}
				}
				if best < 0 {
					b.AppendNull()
				} else {
					types.AppendFrom(b, args[best].Array, args[best].Row(i))
				}
			}
			return b.NewArray(), nil
		}
	}
}
