package function

import (
	"math/big"

	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/types"
)

var basicAggregates = []aggEntry{
	{sig: "count() bigint", make: countRows, repeats: RepeatsCount},
	{sig: "count(T) bigint", make: countRows, repeats: RepeatsCount},
	{sig: "count_if(boolean) bigint", make: countTrue, repeats: RepeatsCount},
	{sig: "sum(bigint) bigint", make: sumIntegers},
	{sig: "sum(double) double", make: sumFloats},
	{sig: "sum(real) real", make: sumFloats},
	{sig: "sum(decimal(p,s)) decimal(38,s)", make: sumDecimals},
	{sig: "sum(interval day to second) interval day to second", make: sumIntegers},
	{sig: "sum(interval year to month) interval year to month", make: sumIntegers},
	{sig: "avg(bigint) double", make: averageIntegers},
	{sig: "avg(double) double", make: averageFloats},
	{sig: "avg(real) real", make: averageFloats},
	{sig: "avg(decimal(p,s)) decimal(p,s)", make: averageDecimals},
	{sig: "avg(interval day to second) interval day to second", make: averageIntervals},
	{sig: "avg(interval year to month) interval year to month", make: averageIntervals},
	{sig: "min(T) T; T:orderable", make: extremeOf(smallest), repeats: RepeatsNothing},
	{sig: "max(T) T; T:orderable", make: extremeOf(largest), repeats: RepeatsNothing},
}

// anyNull reports whether an argument is NULL in a row: aggregates skip such rows.
func anyNull(args []Value, row int) bool {
	for _, a := range args {
		if types.IsNull(a.Array, a.Row(row)) {
			return true
		}
	}
	return false
}

func countRows(c *call) func(*Context) Accumulator {
	return counter(c, countBatch, noneNull, func(args []Value, row int) bool { return !anyNull(args, row) })
}

func countTrue(c *call) func(*Context) Accumulator {
	never := func([]Value) bool { return false }
	return counter(c, nil, never, func(args []Value, row int) bool {
		return !anyNull(args, row) && args[0].Array.(*array.Boolean).Value(args[0].Row(row))
	})
}

// counter counts the rows that counts names, which is every one of a batch of which
// all says so.
func counter(c *call, batch func([]int64, []int32, []Value) bool, all func([]Value) bool, counts func([]Value, int) bool) func(*Context) Accumulator {
	return func(ctx *Context) Accumulator {
		return &folder[int64]{
			ctx: ctx, c: c, fixed: 8,
			add: func(s *int64, args []Value, row int) error {
				if counts(args, row) {
					*s++
				}
				return nil
			},
			batch: batch,
			rows:  func(s *int64, n int64) { *s += n },
			times: func(states []int64, groups []int32, times []int64, args []Value) {
				if all(args) {
					countTimes(states, groups, times)
					return
				}
				for i, g := range groups {
					if counts(args, i) {
						states[g] += times[i]
					}
				}
			},
			merge: func(s, o *int64) error { *s += *o; return nil },
			emit:  func(b array.Builder, s *int64) error { b.(*array.Int64Builder).Append(*s); return nil },
		}
	}
}

// total is a sum and how many rows went into it.
type total[T any] struct {
	sum   T
	count int64
}

func sumIntegers(c *call) func(*Context) Accumulator {
	plus := func(s *total[int64], v, count int64) error {
		sum := s.sum + v
		if (sum > s.sum) != (v > 0) && v != 0 {
			return outOfRange("%s addition overflow: %d + %d", c.args[0], s.sum, v)
		}
		s.sum, s.count = sum, s.count+count
		return nil
	}
	return func(ctx *Context) Accumulator {
		return &folder[total[int64]]{
			ctx: ctx, c: c, fixed: 16,
			add: func(s *total[int64], args []Value, row int) error {
				if anyNull(args, row) {
					return nil
				}
				return plus(s, types.Int64At(args[0].Array, args[0].Row(row)), 1)
			},
			merge: func(s, o *total[int64]) error { return plus(s, o.sum, o.count) },
			emit: func(b array.Builder, s *total[int64]) error {
				if s.count == 0 {
					b.AppendNull()
				} else {
					appendInt64(b, s.sum)
				}
				return nil
			},
		}
	}
}

// floats is a folder over float states; emit gets a state with rows in it.
func floats(c *call, emit func(s *total[float64]) float64) func(*Context) Accumulator {
	return func(ctx *Context) Accumulator {
		return &folder[total[float64]]{
			ctx: ctx, c: c, fixed: 16,
			add: func(s *total[float64], args []Value, row int) error {
				if !anyNull(args, row) {
					s.sum += floatAt(args[0], row)
					s.count++
				}
				return nil
			},
			merge: func(s, o *total[float64]) error { s.sum += o.sum; s.count += o.count; return nil },
			emit: func(b array.Builder, s *total[float64]) error {
				if s.count == 0 {
					b.AppendNull()
				} else {
					unbox(b, emit(s))
				}
				return nil
			},
		}
	}
}

// floatAt reads a number of any type but decimal.
func floatAt(v Value, row int) float64 {
	switch a := v.Array.(type) {
	case *array.Float64:
		return a.Value(v.Row(row))
	case *array.Float32:
		return float64(a.Value(v.Row(row)))
	}
	return float64(types.Int64At(v.Array, v.Row(row)))
}

func sumFloats(c *call) func(*Context) Accumulator {
	return floats(c, func(s *total[float64]) float64 { return s.sum })
}

func averageFloats(c *call) func(*Context) Accumulator {
	return floats(c, func(s *total[float64]) float64 { return s.sum / float64(s.count) })
}

func averageIntegers(c *call) func(*Context) Accumulator { return averageFloats(c) }

// exact is a folder over big sums of integers or decimals.
func exact(c *call, emit func(b array.Builder, s *total[*big.Int]) error) func(*Context) Accumulator {
	return func(ctx *Context) Accumulator {
		return &folder[total[*big.Int]]{
			ctx: ctx, c: c, fixed: 64,
			grow: func(s *total[*big.Int]) { s.sum = new(big.Int) },
			add: func(s *total[*big.Int], args []Value, row int) error {
				if anyNull(args, row) {
					return nil
				}
				s.count++
				if d, ok := args[0].Array.(*array.Decimal128); ok {
					s.sum.Add(s.sum, d.Value(args[0].Row(row)).BigInt())
				} else {
					s.sum.Add(s.sum, big.NewInt(types.Int64At(args[0].Array, args[0].Row(row))))
				}
				return nil
			},
			merge: func(s, o *total[*big.Int]) error { s.sum.Add(s.sum, o.sum); s.count += o.count; return nil },
			emit: func(b array.Builder, s *total[*big.Int]) error {
				if s.count == 0 {
					b.AppendNull()
					return nil
				}
				return emit(b, s)
			},
		}
	}
}

func sumDecimals(c *call) func(*Context) Accumulator {
	return exact(c, func(b array.Builder, s *total[*big.Int]) error { return appendDecimal(b, s.sum) })
}

func averageDecimals(c *call) func(*Context) Accumulator {
	return exact(c, func(b array.Builder, s *total[*big.Int]) error {
		return appendDecimal(b, divideRounded(s.sum, big.NewInt(s.count)))
	})
}

func averageIntervals(c *call) func(*Context) Accumulator {
	return exact(c, func(b array.Builder, s *total[*big.Int]) error {
		appendInt64(b, divideRounded(s.sum, big.NewInt(s.count)).Int64())
		return nil
	})
}

func appendDecimal(b array.Builder, v *big.Int) error {
	d, err := checked(v)
	if err == nil {
		b.(*array.Decimal128Builder).Append(d)
	}
	return err
}

// extremeOf makes min and max.
func extremeOf(want wanted) aggMaker {
	return func(c *call) func(*Context) Accumulator {
		switch t := c.args[0]; {
		case liesAsInteger(t):
			return integerExtreme(c, want)
		case t.Kind == types.Varchar:
			return textExtreme(c, want)
		}
		return func(ctx *Context) Accumulator {
			f := &folder[any]{ctx: ctx, c: c, fixed: 16}
			take := func(s *any, v any) {
				if *s == nil || want.betterBoxed(v, *s) {
					f.bytes += boxSize(v) - boxSize(*s)
					*s = v
				}
			}
			f.add = func(s *any, args []Value, row int) error {
				if v := box(args[0].Array, args[0].Row(row)); v != nil {
					take(s, v)
				}
				return nil
			}
			f.merge = func(s, o *any) error {
				if *o != nil {
					take(s, *o)
				}
				return nil
			}
			f.emit = func(b array.Builder, s *any) error { unbox(b, *s); return nil }
			return f
		}
	}
}
