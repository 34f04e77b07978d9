package function

import (
	"math"
	"math/big"

	"github.com/apache/arrow/go/v15/arrow/decimal128"

	"github.com/traillake/traillake/query/types"
)

// roundingFunctions are ceil, floor, round and truncate.
func roundingFunctions() []entry {
	list := []entry{
		{sig: "floor(real) real", make: pure1(func(v float32) float32 { return float32(math.Floor(float64(v))) })},
		{sig: "floor(double) double", make: pure1(math.Floor)},
		{sig: "floor(decimal(p,s)) decimal(p,0)", result: wholeType, make: wholeDecimal(-1)},
		{sig: "round(real) real", make: pure1(func(v float32) float32 { return float32(roundPlaces(float64(v), 0)) })},
		{sig: "round(double) double", make: pure1(func(v float64) float64 { return roundPlaces(v, 0) })},
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
		entry{sig: "round(tinyint, integer) tinyint", make: roundInteger[int8]("tinyint")},
		entry{sig: "round(smallint, integer) smallint", make: roundInteger[int16]("smallint")},
		entry{sig: "round(integer, integer) integer", make: roundInteger[int32]("integer")},
		entry{sig: "round(bigint, integer) bigint", make: roundInteger[int64]("bigint")})
}

// roundPlaces rounds half away from zero in binary floating point, as Trino
// does: 1.005 has 1.00 in it. A number too large to have a fraction stays.
func roundPlaces(v float64, places int32) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return v
	}
	factor := math.Pow10(int(places))
	scaled := math.Abs(v) * factor
	switch {
	case factor == 0:
		return 0
	case scaled >= math.MaxInt64:
		return v
	}
	out := math.Floor(scaled)
	if scaled-out >= 0.5 {
		out++
	}
	out /= factor
	if v < 0 {
		return -out
	}
	return out
}

// roundInteger makes round(T, integer).
func roundInteger[T signed](name string) maker {
	return f2(func(v T, places int32) (T, error) {
		if places >= 0 {
			return v, nil
		}
		if places < -18 {
			return 0, outOfRange("numerical overflow: %d", v)
		}
		unit := pow10(int(-places))
		out := divideRounded(big.NewInt(int64(v)), unit)
		out.Mul(out, unit)
		switch {
		case !out.IsInt64():
			return 0, outOfRange("numerical overflow: %d", v)
		case int64(T(out.Int64())) != out.Int64():
			return 0, outOfRange("Out of range for %s: %d", name, out)
		}
		return T(out.Int64()), nil
	})
}

func wholeType(a []types.Type) (types.Type, error) {
	return types.DecimalOf(a[0].Precision-a[0].Scale+min(a[0].Scale, 1), 0), nil
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
