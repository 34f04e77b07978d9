package function

import (
	"math"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/decimal128"

	"github.com/traillake/traillake/query/types"
)

var mathFunctions = []entry{
	{sig: "abs(tinyint) tinyint", make: absolute[int8]("tinyint")},
	{sig: "abs(smallint) smallint", make: absolute[int16]("smallint")},
	{sig: "abs(integer) integer", make: absolute[int32]("integer")},
	{sig: "abs(bigint) bigint", make: absolute[int64]("bigint")},
	{sig: "abs(real) real", make: pure1(func(v float32) float32 { return float32(math.Abs(float64(v))) })},
	{sig: "abs(double) double", make: pure1(math.Abs)},
	{sig: "abs(decimal(p,s)) decimal(p,s)", make: pure1(decimal128.Num.Abs)},
	{sig: "sign(tinyint) tinyint", make: pure1(signOf[int8])},
	{sig: "sign(smallint) smallint", make: pure1(signOf[int16])},
	{sig: "sign(integer) integer", make: pure1(signOf[int32])},
	{sig: "sign(bigint) bigint", make: pure1(signOf[int64])},
	{sig: "sign(double) double", make: pure1(signOfFloat[float64])},
	{sig: "sign(real) real", make: pure1(signOfFloat[float32])},
	{sig: "sign(decimal(p,s)) decimal(1,0)", make: pure1(func(v decimal128.Num) decimal128.Num {
		return decimal128.FromI64(int64(v.Sign()))
	})},
	{sig: "sqrt(double) double", make: pure1(math.Sqrt)},
	{sig: "cbrt(double) double", make: pure1(math.Cbrt)},
	{sig: "exp(double) double", make: pure1(math.Exp)},
	{sig: "ln(double) double", make: pure1(math.Log)},
	{sig: "log2(double) double", make: pure1(func(v float64) float64 { return math.Log(v) / math.Ln2 })},
	{sig: "log10(double) double", make: pure1(log10)},
	{sig: "log(double, double) double", make: pure2(func(base, v float64) float64 { return math.Log(v) / math.Log(base) })},
	{sig: "pow(double, double) double", make: pure2(power)},
	{sig: "power(double, double) double", make: pure2(power)},
	{sig: "sin(double) double", make: pure1(math.Sin)},
	{sig: "cos(double) double", make: pure1(math.Cos)},
	{sig: "tan(double) double", make: pure1(math.Tan)},
	{sig: "asin(double) double", make: pure1(math.Asin)},
	{sig: "acos(double) double", make: pure1(math.Acos)},
	{sig: "atan(double) double", make: pure1(math.Atan)},
	{sig: "atan2(double, double) double", make: pure2(math.Atan2)},
	{sig: "sinh(double) double", make: pure1(math.Sinh)},
	{sig: "cosh(double) double", make: pure1(math.Cosh)},
	{sig: "tanh(double) double", make: pure1(math.Tanh)},
	{sig: "degrees(double) double", make: pure1(func(v float64) float64 { return v * 180 / math.Pi })},
	{sig: "radians(double) double", make: pure1(func(v float64) float64 { return v * math.Pi / 180 })},
	{sig: "pi() double", make: c0(func(*Context) float64 { return math.Pi })},
	{sig: "e() double", make: c0(func(*Context) float64 { return math.E })},
	{sig: "infinity() double", make: c0(func(*Context) float64 { return math.Inf(1) })},
	{sig: "nan() double", make: c0(func(*Context) float64 { return math.NaN() })},
	{sig: "is_nan(double) boolean", make: pure1(math.IsNaN)},
	{sig: "is_nan(real) boolean", make: pure1(func(v float32) bool { return v != v })},
	{sig: "is_finite(double) boolean", make: pure1(func(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) })},
	{sig: "is_finite(real) boolean", make: pure1(func(v float32) bool { return !math.IsNaN(float64(v)) && !math.IsInf(float64(v), 0) })},
	{sig: "is_infinite(double) boolean", make: pure1(func(v float64) bool { return math.IsInf(v, 0) })},
	{sig: "from_base(varchar(x), bigint) bigint", make: f2(fromBase)},
	{sig: "to_base(bigint, bigint) varchar(64)", make: f2(toBase)},
	{sig: "width_bucket(double, double, double, bigint) bigint", make: f4(widthBucket)},
	{sig: "width_bucket(double, array(double)) bigint", make: widthBucketArray},
}

// moduloFunctions are "%" under the name mod.
func moduloFunctions() []entry {
	var list []entry
	for _, topic := range [][]entry{
		integerArithmetic[int8]("tinyint"), integerArithmetic[int16]("smallint"), integerArithmetic[int32]("integer"),
		integerArithmetic[int64]("bigint"), floatArithmetic[float32]("real"), floatArithmetic[float64]("double"), decimalArithmetic,
	} {
		for _, e := range topic {
			if e.sig[0] == '%' {
				e.sig = "mod" + e.sig[1:]
				list = append(list, e)
			}
		}
	}
	return list
}

func absolute[T signed](name string) maker {
	return f1(func(v T) (T, error) {
		switch {
		case v >= 0:
			return v, nil
		case v == -v:
			return 0, outOfRange("Value %d is out of range for abs(%s)", v, name)
		}
		return -v, nil
	})
}

func signOf[T signed](v T) T {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

func signOfFloat[T float](v T) T {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return v // zero with its sign, NaN
}

func fromBase(s string, base int64) (int64, error) {
	if base < 2 || base > 36 {
		return 0, invalidArgument("Radix must be between 2 and 36")
	}
	v, err := strconv.ParseInt(s, int(base), 64)
	if err != nil {
		return 0, invalidArgument("Not a valid base-%d number: %s", base, s)
	}
	return v, nil
}

func toBase(v, base int64) (string, error) {
	if base < 2 || base > 36 {
		return "", invalidArgument("Radix must be between 2 and 36")
	}
	return strconv.FormatInt(v, int(base)), nil
}

func widthBucket(v, low, high float64, count int64) (int64, error) {
	switch {
	case count <= 0:
		return 0, invalidArgument("bucketCount must be greater than 0")
	case math.IsNaN(v):
		return 0, invalidArgument("operand must not be NaN")
	case math.IsNaN(low) || math.IsInf(low, 0):
		return 0, invalidArgument("first bound must be finite")
	case math.IsNaN(high) || math.IsInf(high, 0):
		return 0, invalidArgument("second bound must be finite")
	case low == high:
		return 0, invalidArgument("bounds cannot equal each other")
	}
	lower, upper := math.Min(low, high), math.Max(low, high)
	var n int64
	switch {
	case v < lower:
		n = 0
	case v >= upper:
		if count == math.MaxInt64 {
			return 0, outOfRange("Bucket for value %s is out of range", types.AppendFloat(nil, v, 64))
		}
		n = count + 1
	default:
		n = int64(float64(count)*(v-lower)/(upper-lower)) + 1
	}
	if low > high {
		n = count - n + 1
	}
	return n, nil
}

func widthBucketArray(c *call) Kernel {
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		v, l := columnOf[float64](args[0]), listColumnOf(args[1])
		bins := valuesOf[float64](l.elements)
		return each(ctx, c, rows, func(i int) (int64, error) {
			start, end, ok := l.at(i)
			switch {
			case !ok || v.null(i):
				return 0, errNull
			case start == end:
				return 0, invalidArgument("Bins cannot be an empty array")
			case math.IsNaN(v.at(i)):
				return 0, invalidArgument("Operand cannot be NaN")
			}
			n := int64(0)
			for k := start; k < end; k++ {
				bin := bins.Value(k) // a NULL counts as zero, as in Trino
				if math.IsNaN(bin) || math.IsInf(bin, 0) {
					return 0, invalidArgument("Bin value must be finite, got %s", types.AppendFloat(nil, bin, 64))
				}
				if k > start && bin < bins.Value(k-1) {
					return 0, invalidArgument("Bin values are not sorted in ascending order")
				}
				if bin <= v.at(i) {
					n++
				}
			}
			return n, nil
		})
	}
}

// power differs from IEEE where Java does: 1 to the power of NaN or infinity is NaN.
func power(x, y float64) float64 {
	switch {
	case math.Abs(x) == 1 && math.IsInf(y, 0), x == 1 && math.IsNaN(y):
		return math.NaN()
	case x == 10 && y == math.Trunc(y) && math.Abs(y) < 400:
		return math.Pow10(int(y))
	}
	return math.Pow(x, y)
}

// log10 takes the power of two out of v first, so that powers of ten are exact
// and others as near as Java's.
func log10(v float64) float64 {
	// The two parts of log10(2) add up to more digits than one number has.
	const high, low = 3.01029995663611771306e-01, 3.69423907715893078616e-13
	if !(v > 0) || math.IsInf(v, 1) {
		return math.Log10(v)
	}
	fraction, exponent := math.Frexp(v)
	fraction, exponent = fraction*2, exponent-1
	if exponent < 0 {
		fraction, exponent = fraction/2, exponent+1
	}
	return float64(exponent)*high + (float64(exponent)*low + math.Log(fraction)/math.Ln10)
}
