package function

import (
	"math"

	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/types"
)

// statistics are the aggregates over numbers and booleans.
var statistics = []aggEntry{
	{sig: "bool_and(boolean) boolean", make: boolFold(false), repeats: RepeatsNothing},
	{sig: "every(boolean) boolean", make: boolFold(false), repeats: RepeatsNothing},
	{sig: "bool_or(boolean) boolean", make: boolFold(true), repeats: RepeatsNothing},
	{sig: "bitwise_and_agg(bigint) bigint", make: bitFold(func(a, b int64) int64 { return a & b })},
	{sig: "bitwise_or_agg(bigint) bigint", make: bitFold(func(a, b int64) int64 { return a | b })},
	{sig: "bitwise_xor_agg(bigint) bigint", make: bitFold(func(a, b int64) int64 { return a ^ b })},
	{sig: "geometric_mean(double) double", make: geometricMean},
	{sig: "geometric_mean(real) real", make: geometricMean},
	{sig: "geometric_mean(bigint) double", make: geometricMean},
	{sig: "stddev(double) double", make: momentsOf(2, func(m moments) float64 { return math.Sqrt(m.v / (m.n - 1)) })},
	{sig: "stddev_samp(double) double", make: momentsOf(2, func(m moments) float64 { return math.Sqrt(m.v / (m.n - 1)) })},
	{sig: "stddev_pop(double) double", make: momentsOf(1, func(m moments) float64 { return math.Sqrt(m.v / m.n) })},
	{sig: "variance(double) double", make: momentsOf(2, func(m moments) float64 { return m.v / (m.n - 1) })},
	{sig: "var_samp(double) double", make: momentsOf(2, func(m moments) float64 { return m.v / (m.n - 1) })},
	{sig: "var_pop(double) double", make: momentsOf(1, func(m moments) float64 { return m.v / m.n })},
	{sig: "skewness(double) double", make: momentsOf(3, func(m moments) float64 { return math.Sqrt(m.n) * m.m3 / halfCubed(m.m2) })},
	{sig: "kurtosis(double) double", make: momentsOf(4, kurtosis)},
	{sig: "covar_pop(double, double) double", make: jointOf(1, func(j joint) float64 { return j.cxy / j.n })},
	{sig: "covar_pop(real, real) real", make: jointOf(1, func(j joint) float64 { return j.cxy / j.n })},
	{sig: "covar_samp(double, double) double", make: jointOf(2, func(j joint) float64 { return j.cxy / (j.n - 1) })},
	{sig: "covar_samp(real, real) real", make: jointOf(2, func(j joint) float64 { return j.cxy / (j.n - 1) })},
	{sig: "corr(double, double) double", make: jointOf(1, joint.correlation)},
	{sig: "corr(real, real) real", make: jointOf(1, joint.correlation)},
	{sig: "regr_slope(double, double) double", make: jointOf(1, func(j joint) float64 { return j.cxy / j.cxx })},
	{sig: "regr_slope(real, real) real", make: jointOf(1, func(j joint) float64 { return j.cxy / j.cxx })},
	{sig: "regr_intercept(double, double) double", make: jointOf(1, func(j joint) float64 { return j.my - j.cxy/j.cxx*j.mx })},
	{sig: "regr_intercept(real, real) real", make: jointOf(1, func(j joint) float64 { return j.my - j.cxy/j.cxx*j.mx })},
}

// settled is a state that is empty until the first value.
type settled[T any] struct {
	v  T
	ok bool
}

// foldWith makes an aggregate of an associative operation.
func foldWith[T any](op func(a, b T) T, read func(v Value, row int) T, emit func(b array.Builder, v T)) aggMaker {
	return func(c *call) func(*Context) Accumulator {
		return func(ctx *Context) Accumulator {
			put := func(s *settled[T], v T) {
				if s.ok {
					v = op(s.v, v)
				}
				*s = settled[T]{v, true}
			}
			return &folder[settled[T]]{
				ctx: ctx, c: c, fixed: 16,
				add: func(s *settled[T], args []Value, row int) error {
					if !anyNull(args, row) {
						put(s, read(args[0], row))
					}
					return nil
				},
				merge: func(s, o *settled[T]) error {
					if o.ok {
						put(s, o.v)
					}
					return nil
				},
				emit: func(b array.Builder, s *settled[T]) error {
					if s.ok {
						emit(b, s.v)
					} else {
						b.AppendNull()
					}
					return nil
				},
			}
		}
	}
}

func boolFold(or bool) aggMaker {
	return foldWith(
		func(a, b bool) bool {
			if or {
				return a || b
			}
			return a && b
		},
		func(v Value, row int) bool { return v.Array.(*array.Boolean).Value(v.Row(row)) },
		func(b array.Builder, v bool) { b.(*array.BooleanBuilder).Append(v) })
}

func bitFold(op func(a, b int64) int64) aggMaker {
	return foldWith(op,
		func(v Value, row int) int64 { return types.Int64At(v.Array, v.Row(row)) },
		func(b array.Builder, v int64) { b.(*array.Int64Builder).Append(v) })
}

func geometricMean(c *call) func(*Context) Accumulator {
	return func(ctx *Context) Accumulator {
		return &folder[total[float64]]{
			ctx: ctx, c: c, fixed: 16,
			add: func(s *total[float64], args []Value, row int) error {
				if !anyNull(args, row) {
					s.sum += math.Log(floatAt(args[0], row))
					s.count++
				}
				return nil
			},
			merge: func(s, o *total[float64]) error { s.sum += o.sum; s.count += o.count; return nil },
			emit: func(b array.Builder, s *total[float64]) error {
				if s.count == 0 {
					b.AppendNull()
				} else {
					unbox(b, math.Exp(s.sum/float64(s.count)))
				}
				return nil
			},
		}
	}
}

// moments are the central moments of a set, kept so that two sets can be joined
// (Chan, Golub and LeVeque; Pébay for the third and fourth).
// v is m2 with Welford's rounding, which variances have and higher moments have not.
type moments struct{ n, mean, v, m2, m3, m4 float64 }

func (a moments) join(b moments) moments {
	if a.n == 0 {
		return b
	}
	if b.n == 0 {
		return a
	}
	n, d := a.n+b.n, b.mean-a.mean
	dn := d / n
	return moments{
		n:    n,
		mean: a.mean + b.n*dn,
		v:    a.v + b.v + d*dn*a.n*b.n,
		m2:   a.m2 + b.m2 + d*dn*a.n*b.n,
		m3:   a.m3 + b.m3 + d*dn*dn*a.n*b.n*(a.n-b.n) + 3*dn*(a.n*b.m2-b.n*a.m2),
		m4: a.m4 + b.m4 + d*dn*dn*dn*a.n*b.n*(a.n*a.n-a.n*b.n+b.n*b.n) +
			6*dn*dn*(a.n*a.n*b.m2+b.n*b.n*a.m2) + 4*dn*(a.n*b.m3-b.n*a.m3),
	}
}

// add is join with a single value, in the steps of Welford and Terriberry: they
// leave less rounding behind.
func (a moments) add(v float64) moments {
	n, d := a.n+1, v-a.mean
	dn := d / n
	dm2 := d * dn * a.n
	return moments{
		n:    n,
		mean: a.mean + dn,
		v:    a.v + d*(v-(a.mean+dn)),
		m2:   a.m2 + dm2,
		m3:   a.m3 + (dm2*dn*(n-2) - 3*dn*a.m2),
		m4:   a.m4 + (dm2*dn*dn*(n*n-3*n+3) + 6*dn*dn*a.m2 - 4*dn*a.m3),
	}
}

// halfCubed is x to the power of 1.5, rounded once: math.Pow is off in the last digit.
func halfCubed(x float64) float64 {
	root := math.Sqrt(x)
	product := x * root
	if x == 0 || math.IsInf(product, 0) || math.IsNaN(product) {
		return product
	}
	rest := math.FMA(x, root, -product) + x*(math.FMA(-root, root, x)/(2*root))
	return product + rest
}

func kurtosis(m moments) float64 {
	n := m.n
	return (n-1)*n*(n+1)/((n-2)*(n-3))*m.m4/(m.m2*m.m2) - 3*(n-1)*(n-1)/((n-2)*(n-3))
}

// momentsOf makes an aggregate that is NULL for fewer than least values.
func momentsOf(least float64, result func(m moments) float64) aggMaker {
	return func(c *call) func(*Context) Accumulator {
		return func(ctx *Context) Accumulator {
			return &folder[moments]{
				ctx: ctx, c: c, fixed: 48,
				add: func(s *moments, args []Value, row int) error {
					if !anyNull(args, row) {
						*s = s.add(floatAt(args[0], row))
					}
					return nil
				},
				merge: func(s, o *moments) error { *s = s.join(*o); return nil },
				emit: func(b array.Builder, s *moments) error {
					if s.n < least {
						b.AppendNull()
					} else {
						unbox(b, result(*s))
					}
					return nil
				},
			}
		}
	}
}

// joint are the co-moments of pairs (y, x), the order of Trino's arguments.
type joint struct{ n, mx, my, cxx, cyy, cxy float64 }

func (a joint) join(b joint) joint {
	if a.n == 0 {
		return b
	}
	if b.n == 0 {
		return a
	}
	n := a.n + b.n
	dx, dy, w := b.mx-a.mx, b.my-a.my, a.n*b.n/n
	return joint{
		n: n, mx: a.mx + dx*b.n/n, my: a.my + dy*b.n/n,
		cxx: a.cxx + b.cxx + dx*dx*w, cyy: a.cyy + b.cyy + dy*dy*w, cxy: a.cxy + b.cxy + dx*dy*w,
	}
}

func (a joint) add(y, x float64) joint {
	n, dx, dy := a.n+1, x-a.mx, y-a.my
	mx, my := a.mx+dx/n, a.my+dy/n
	return joint{
		n: n, mx: mx, my: my,
		cxx: a.cxx + dx*(x-mx), cyy: a.cyy + dy*(y-my), cxy: a.cxy + dx*(y-my),
	}
}

func (a joint) correlation() float64 { return a.cxy / math.Sqrt(a.cxx) / math.Sqrt(a.cyy) }

func jointOf(least float64, result func(j joint) float64) aggMaker {
	return func(c *call) func(*Context) Accumulator {
		return func(ctx *Context) Accumulator {
			return &folder[joint]{
				ctx: ctx, c: c, fixed: 48,
				add: func(s *joint, args []Value, row int) error {
					if !anyNull(args, row) {
						*s = s.add(floatAt(args[0], row), floatAt(args[1], row))
					}
					return nil
				},
				merge: func(s, o *joint) error { *s = s.join(*o); return nil },
				emit: func(b array.Builder, s *joint) error {
					if v := result(*s); s.n < least || math.IsNaN(v) {
						b.AppendNull()
					} else {
						unbox(b, v)
					}
					return nil
				},
			}
		}
	}
}
