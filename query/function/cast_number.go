package function

import (
	"math"
	"math/big"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow/decimal128"

	"github.com/traillake/traillake/query/types"
)

// numberCasts are the casts among numbers and booleans.
func numberCasts() map[castPair]maker {
	m := map[castPair]maker{}
	integerCasts[int8](m, types.TinyInt)
	integerCasts[int16](m, types.SmallInt)
	integerCasts[int32](m, types.Integer)
	integerCasts[int64](m, types.BigInt)
	floatCasts[float32](m, types.Real)
	floatCasts[float64](m, types.Double)
	m[castPair{types.Real, types.Double}] = pure1(func(v float32) float64 { return float64(v) })
	m[castPair{types.Double, types.Real}] = pure1(func(v float64) float32 { return float32(v) })
	m[castPair{types.Decimal, types.Decimal}] = func(c *call) Kernel {
		from, to := c.args[0], c.result
		return f1(func(v decimal128.Num) (decimal128.Num, error) {
			return fitDecimal(rescale(v.BigInt(), from.Scale, to.Scale), to, func() error {
				return outOfRange("Cannot cast DECIMAL(%d, %d) '%s' to DECIMAL(%d, %d)", from.Precision, from.Scale, v.ToString(int32(from.Scale)), to.Precision, to.Scale)
			})
		})(c)
	}
	m[castPair{types.Decimal, types.Boolean}] = pure1(func(v decimal128.Num) bool { return v.Sign() != 0 })
	m[castPair{types.Boolean, types.Decimal}] = func(c *call) Kernel {
		return decimalFrom(c, func(v bool) string {
			if v {
				return "1"
			}
			return "0"
		})
	}
	return m
}

// integerCasts adds the casts from integer type T to every number, and back from booleans and decimals.
func integerCasts[T signed](m map[castPair]maker, kind types.Kind) {
	m[castPair{kind, types.TinyInt}] = narrow[T, int8](types.TinyIntType)
	m[castPair{kind, types.SmallInt}] = narrow[T, int16](types.SmallIntType)
	m[castPair{kind, types.Integer}] = narrow[T, int32](types.IntegerType)
	m[castPair{kind, types.BigInt}] = narrow[T, int64](types.BigIntType)
	m[castPair{kind, types.Real}] = pure1(func(v T) float32 { return float32(v) })
	m[castPair{kind, types.Double}] = pure1(func(v T) float64 { return float64(v) })
	m[castPair{kind, types.Boolean}] = pure1(func(v T) bool { return v != 0 })
	m[castPair{types.Boolean, kind}] = pure1(func(v bool) T {
		if v {
			return 1
		}
		return 0
	})
	m[castPair{kind, types.Decimal}] = func(c *call) Kernel {
		return decimalFrom(c, func(v T) string { return strconv.FormatInt(int64(v), 10) })
	}
	m[castPair{types.Decimal, kind}] = func(c *call) Kernel {
		from, to := c.args[0], c.result
		return f1(func(v decimal128.Num) (T, error) {
			whole := rescale(v.BigInt(), from.Scale, 0)
			if !whole.IsInt64() || int64(T(whole.Int64())) != whole.Int64() {
				text := whole.String()
				if to.Kind == types.BigInt {
					text = v.ToString(int32(from.Scale))
				}
				return 0, outOfRange("Cannot cast '%s' to %s", text, upperName(to))
			}
			return T(whole.Int64()), nil
		})(c)
	}
}

func narrow[F, T signed](to types.Type) maker {
	return f1(func(v F) (T, error) {
		if int64(T(v)) != int64(v) {
			return 0, outOfRange("Out of range for %s: %d", to, v)
		}
		return T(v), nil
	})
}

// floatCasts adds the casts between floating-point type T and integers, decimals and booleans.
func floatCasts[T float](m map[castPair]maker, kind types.Kind) {
	m[castPair{kind, types.TinyInt}] = roundTo[T, int8](types.TinyIntType)
	m[castPair{kind, types.SmallInt}] = roundTo[T, int16](types.SmallIntType)
	m[castPair{kind, types.Integer}] = roundTo[T, int32](types.IntegerType)
	m[castPair{kind, types.BigInt}] = roundTo[T, int64](types.BigIntType)
	m[castPair{kind, types.Boolean}] = pure1(func(v T) bool { return v != 0 })
	m[castPair{types.Boolean, kind}] = pure1(func(v bool) T {
		if v {
			return 1
		}
		return 0
	})
	bits := 64
	if kind == types.Real {
		bits = 32
	}
	m[castPair{types.Decimal, kind}] = func(c *call) Kernel {
		scale := int32(c.args[0].Scale)
		return pure1(func(v decimal128.Num) T {
			f, _ := strconv.ParseFloat(v.ToString(scale), bits)
			return T(f)
		})(c)
	}
	m[castPair{kind, types.Decimal}] = func(c *call) Kernel {
		from, to := c.args[0], c.result
		return f1(func(v T) (decimal128.Num, error) {
			fail := func() error {
				text := types.AppendFloat(nil, float64(v), bits)
				if v != v {
					return badCast("Cannot cast %s '%s' to DECIMAL(%d, %d)", upperName(from), text, to.Precision, to.Scale)
				}
				return outOfRange("Cannot cast %s '%s' to DECIMAL(%d, %d)", upperName(from), text, to.Precision, to.Scale)
			}
			r, ok := new(big.Rat).SetString(strconv.FormatFloat(float64(v), 'f', -1, bits))
			if !ok {
				return decimal128.Num{}, fail()
			}
			scaled := new(big.Int).Mul(r.Num(), pow10(to.Scale))
			return fitDecimal(divideRounded(scaled, r.Denom()), to, fail)
		})(c)
	}
}

// roundTo rounds half away from zero.
func roundTo[F float, T signed](to types.Type) maker {
	return f1(func(v F) (T, error) {
		f := float64(v)
		if math.IsNaN(f) {
			return 0, badCast("Cannot cast %s NaN to %s", floatName[F](), to)
		}
		r := math.Round(f)
		if r < -0x1p63 || r >= 0x1p63 || int64(T(r)) != int64(r) {
			return 0, outOfRange("Out of range for %s: %s", to, types.AppendFloat(nil, f, 64))
		}
		return T(int64(r)), nil
	})
}

func floatName[F float]() string {
	if _, ok := any(F(0)).(float32); ok {
		return "real"
	}
	return "double"
}

// decimalFrom casts values whose text is a whole number.
func decimalFrom[T any](c *call, text func(T) string) Kernel {
	from, to := c.args[0], c.result
	return f1(func(v T) (decimal128.Num, error) {
		n, _ := new(big.Int).SetString(text(v), 10)
		return fitDecimal(n.Mul(n, pow10(to.Scale)), to, func() error {
			return outOfRange("Cannot cast %s '%s' to DECIMAL(%d, %d)", upperName(from), text(v), to.Precision, to.Scale)
		})
	})(c)
}

// fitDecimal checks that an unscaled value has at most to.Precision digits.
func fitDecimal(v *big.Int, to types.Type, fail func() error) (decimal128.Num, error) {
	if v.CmpAbs(pow10(to.Precision)) >= 0 {
		return decimal128.Num{}, fail()
	}
	return decimal128.FromBigInt(v), nil
}

// upperName is how cast errors name a type.
func upperName(t types.Type) string {
	switch t.Kind {
	case types.Boolean:
		return "BOOLEAN"
	case types.TinyInt:
		return "TINYINT"
	case types.SmallInt:
		return "SMALLINT"
	case types.Integer:
		return "INTEGER"
	case types.BigInt:
		return "BIGINT"
	case types.Real:
		return "REAL"
	case types.Double:
		return "DOUBLE"
	}
	return t.String()
}
