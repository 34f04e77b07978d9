package function

import (
	"math"
	"math/big"
	"math/rand/v2"
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
	{sig: "log10(double) double", make: pure1(math.Log10)},
	{sig: "log(double, double) double", make: pure2(func(base, v float64) float64 { return math.Log(v) / math.Log(base) })},
	{sig: "pow(double, double) double", make: pure2(math.Pow)},
	{sig: "power(double, double) double", make: pure2(math.Pow)},
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
	{sig: "is_infinite(double) boolean", make: pure1(func(v float64) bool { return math.IsInf(v, 0) })},
	{sig: "random() double", make: randomFloat, volatile: true},
	{sig: "rand() double", make: randomFloat, volatile: true},
	{sig: "random(bigint) bigint", make: randomBelow, volatile: true},
	{sig: "rand(bigint) bigint", make: randomBelow, volatile: true},
	{sig: "random(bigint, bigint) bigint", make: randomBetween, volatile: true},
	{sig: "rand(bigint, bigint) bigint", make: randomBetween, volatile: true},
	{sig: "from_base(varchar(x), bigint) bigint", make: f2(fromBase)},
	{sig: "to_base(bigint, bigint) varchar(64)", make: f2(toBase)},
	{sig: "width_bucket(double, double, double, bigint) bigint", make: f4(widthBucket)},
	{sig: "width_bucket(double, array(double)) bigint", make: widthBucketArray},
	{sig: "normal_cdf(double, double, double) double", make: f3(normalCDF)},
	{sig: "inverse_normal_cdf(double, double, double) double", make: f3(inverseNormalCDF)},
	{sig: "wilson_interval_lower(bigint, bigint, double) double", make: f3(wilson(-1))},
	{sig: "wilson_interval_upper(bigint, bigint, double) double", make: f3(wilson(1))},
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

func randomFloat(c *call) Kernel {
	return func(ctx *Context, _ []Value, rows int) (arrow.Array, error) {
		return each(ctx, c, rows, func(int) (float64, error) { return rand.Float64(), nil })
	}
}

var randomBelow = f1(func(n int64) (int64, error) {
	if n <= 0 {
		return 0, invalidArgument("bound must be positive")
	}
	return rand.Int64N(n), nil
})

var randomBetween = f2(func(from, to int64) (int64, error) {
	if from >= to {
		return 0, invalidArgument("start value must be less than stop value")
	}
	if to-from <= 0 {
		return 0, outOfRange("random range %d to %d is too wide", from, to)
	}
	return from + rand.Int64N(to-from), nil
})

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
				if bins.IsNull(k) || math.IsNaN(bins.Value(k)) || math.IsInf(bins.Value(k), 0) {
					return 0, invalidArgument("Bin values must be finite")
				}
				if k > start && bins.Value(k) < bins.Value(k-1) {
					return 0, invalidArgument("Bin values are not sorted in ascending order")
				}
				if bins.Value(k) <= v.at(i) {
					n++
				}
			}
			return n, nil
		})
	}
}

func normalCDF(mean, sd, v float64) (float64, error) {
	if sd <= 0 {
		return 0, invalidArgument("standardDeviation must be > 0")
	}
	return 0.5 * (1 + math.Erf((v-mean)/(sd*math.Sqrt2))), nil
}

func inverseNormalCDF(mean, sd, p float64) (float64, error) {
	if p <= 0 || p >= 1 {
		return 0, invalidArgument("p must be 0 > p > 1")
	}
	if sd <= 0 {
		return 0, invalidArgument("sd must be > 0")
	}
	return mean + sd*math.Sqrt2*math.Erfinv(2*p-1), nil
}

// wilson is the bound of a binomial proportion's score interval.
func wilson(side float64) func(successes, trials int64, z float64) (float64, error) {
	return func(successes, trials int64, z float64) (float64, error) {
		switch {
		case successes < 0:
			return 0, invalidArgument("number of successes must not be negative")
		case trials <= 0:
			return 0, invalidArgument("number of trials must be positive")
		case successes > trials:
			return 0, invalidArgument("number of successes must not be larger than number of trials")
		case z < 0:
			return 0, invalidArgument("z-score must not be negative")
		}
		n := float64(trials)
		p := float64(successes) / n
		return (p + z*z/(2*n) + side*z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))) / (1 + z*z/n), nil
	}
}

// roundingFunctions are ceil, floor, round and truncate.
func roundingFunctions() []entry {
	list := []entry{
		{sig: "floor(real) real", make: pure1(func(v float32) float32 { return float32(math.Floor(float64(v))) })},
		{sig: "floor(double) double", make: pure1(math.Floor)},
		{sig: "floor(decimal(p,s)) decimal(p,0)", result: wholeType, make: wholeDecimal(-1)},
		{sig: "round(real) real", make: pure1(func(v float32) float32 { return float32(math.Round(float64(v))) })},
		{sig: "round(double) double", make: pure1(math.Round)},
		{sig: "round(decimal(p,s)) decimal(p,0)", result: wholeType, make: wholeDecimal(0)},
		{sig: "round(real, integer) real", make: pure2(func(v float32, d int32) float32 { return float32(roundPlaces(float64(v), d)) })},
		{sig: "round(double, integer) double", make: pure2(roundPlaces)},
		{sig: "round(decimal(p,s), integer) decimal(p,s)", result: roundedType, make: roundDecimal},
		{sig: "truncate(real) real", make: pure1(func(v float32) float32 { return float32(math.Trunc(float64(v))) })},
		{sig: "truncate(double) double", make: pure1(math.Trunc)},
		{sig: "truncate(decimal(p,s)) decimal(p,0)", result: truncatedType, make: wholeDecimal(2)},
		{sig: "truncate(decimal(p,s), integer) decimal(p,s)", make: truncateDecimal},
	}
	for _, name := range []string{"ceil", "ceiling"} {
		list = append(list,
			entry{sig: name + "(real) real", make: pure1(func(v float32) float32 { return float32(math.Ceil(float64(v))) })},
			entry{sig: name + "(double) double", make: pure1(math.Ceil)},
			entry{sig: name + "(decimal(p,s)) decimal(p,0)", result: wholeType, make: wholeDecimal(1)})
	}
	for _, kind := range []types.Type{types.TinyIntType, types.SmallIntType, types.IntegerType, types.BigIntType} {
		n := kind.String()
		for _, name := range []string{"floor", "ceil", "ceiling", "round"} {
			list = append(list, entry{sig: name + "(" + n + ") " + n, make: sameArray})
		}
	}
	return append(list,
		entry{sig: "round(tinyint, integer) tinyint", make: f2(roundInteger[int8])},
		entry{sig: "round(smallint, integer) smallint", make: f2(roundInteger[int16])},
		entry{sig: "round(integer, integer) integer", make: f2(roundInteger[int32])},
		entry{sig: "round(bigint, integer) bigint", make: f2(roundInteger[int64])})
}

// roundPlaces rounds half away from zero on the number's shortest decimal text.
func roundPlaces(v float64, places int32) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) || places > 400 {
		return v
	}
	if places < -400 {
		return 0
	}
	r, ok := new(big.Rat).SetString(strconv.FormatFloat(v, 'f', -1, 64))
	if !ok {
		return v
	}
	scale := new(big.Rat).SetInt(pow10(int(max(places, -places))))
	if places < 0 {
		scale.Inv(scale)
	}
	r.Mul(r, scale)
	whole := new(big.Rat).SetInt(divideRounded(r.Num(), r.Denom()))
	out, _ := whole.Quo(whole, scale).Float64()
	return math.Copysign(out, v)
}

func roundInteger[T signed](v T, places int32) (T, error) {
	if places >= 0 {
		return v, nil
	}
	if places < -19 {
		return 0, nil
	}
	unit := pow10(int(-places))
	out := divideRounded(big.NewInt(int64(v)), unit)
	out.Mul(out, unit)
	if !out.IsInt64() || int64(T(out.Int64())) != out.Int64() {
		return 0, outOfRange("rounding overflow: %d", v)
	}
	return T(out.Int64()), nil
}

func wholeType(a []types.Type) (types.Type, error) {
	p := a[0].Precision - a[0].Scale + min(a[0].Scale, 1)
	return types.DecimalOf(min(maxPrecision, max(p, 1)), 0), nil
}

func truncatedType(a []types.Type) (types.Type, error) {
	return types.DecimalOf(max(a[0].Precision-a[0].Scale, 1), 0), nil
}

func roundedType(a []types.Type) (types.Type, error) {
	return types.DecimalOf(min(maxPrecision, a[0].Precision+1), a[0].Scale), nil
}

// wholeDecimal rounds to no fraction: down (-1), half away from zero (0), up (1), to zero (2).
func wholeDecimal(mode int) maker {
	return func(c *call) Kernel {
		unit := pow10(c.args[0].Scale)
		return f1(func(v decimal128.Num) (decimal128.Num, error) {
			n := v.BigInt()
			if mode == 0 {
				return checked(divideRounded(n, unit))
			}
			q, r := new(big.Int).QuoRem(n, unit, new(big.Int))
			if r.Sign() == mode {
				q.Add(q, big.NewInt(int64(mode)))
			}
			return checked(q)
		})(c)
	}
}

func roundDecimal(c *call) Kernel {
	scale := c.args[0].Scale
	return f2(func(v decimal128.Num, places int32) (decimal128.Num, error) {
		if int(places) >= scale {
			return v, nil
		}
		drop := scale - int(places)
		if drop > 2*maxPrecision {
			return decimal128.Num{}, nil
		}
		n := divideRounded(v.BigInt(), pow10(drop))
		return checked(n.Mul(n, pow10(drop)))
	})(c)
}

func truncateDecimal(c *call) Kernel {
	scale := c.args[0].Scale
	return f2(func(v decimal128.Num, places int32) (decimal128.Num, error) {
		if int(places) >= scale {
			return v, nil
		}
		drop := scale - int(places)
		if drop > 2*maxPrecision {
			return decimal128.Num{}, nil
		}
		n := v.BigInt()
		n.Quo(n, pow10(drop))
		return checked(n.Mul(n, pow10(drop)))
	})(c)
}
