package function

import (
	"math/big"

	"github.com/apache/arrow/go/v15/arrow/decimal128"

	"github.com/traillake/traillake/query/types"
)

const maxPrecision = types.MaxDecimalPrecision

// decimalArithmetic has Trino's result types
// (https://trino.io/docs/current/functions/decimal.html).
var decimalArithmetic = []entry{
	{sig: "+(decimal(p,s), decimal(q,t)) decimal(p,s)", result: sumType, make: decimalBinary(false, func(a, b *big.Int) *big.Int { return a.Add(a, b) })},
	{sig: "-(decimal(p,s), decimal(q,t)) decimal(p,s)", result: sumType, make: decimalBinary(false, func(a, b *big.Int) *big.Int { return a.Sub(a, b) })},
	{sig: "*(decimal(p,s), decimal(q,t)) decimal(p,s)", result: productType, make: decimalBinary(true, func(a, b *big.Int) *big.Int { return a.Mul(a, b) })},
	{sig: "/(decimal(p,s), decimal(q,t)) decimal(p,s)", result: quotientType, make: decimalQuotient},
	{sig: "%(decimal(p,s), decimal(q,t)) decimal(p,s)", result: remainderType, make: decimalRemainder},
	{sig: "negate(decimal(p,s)) decimal(p,s)", make: pure1(decimal128.Num.Negate)},
}

// minScale is the fraction that products and quotients keep when their digits
// do not fit.
const minScale = 6

func sumType(a []types.Type) (types.Type, error) {
	whole := max(a[0].Precision-a[0].Scale, a[1].Precision-a[1].Scale)
	scale := min(max(a[0].Scale, a[1].Scale), maxPrecision-whole)
	return types.DecimalOf(min(maxPrecision, whole+scale+1), scale), nil
}

func productType(a []types.Type) (types.Type, error) {
	whole := a[0].Precision - a[0].Scale + a[1].Precision - a[1].Scale
	return fitted(whole, a[0].Scale+a[1].Scale), nil
}

func quotientType(a []types.Type) (types.Type, error) {
	whole := a[0].Precision - a[0].Scale + a[1].Scale
	return fitted(whole, max(minScale, a[0].Scale+a[1].Precision+1)), nil
}

// fitted is the decimal with that many digits before and after the point; when
// there are too many, those after it are cut to what is free, or to minScale.
func fitted(whole, scale int) types.Type {
	if whole+scale > maxPrecision {
		scale = min(scale, max(maxPrecision-whole, minScale))
	}
	return types.DecimalOf(max(1, min(maxPrecision, whole+scale)), scale)
}

func remainderType(a []types.Type) (types.Type, error) {
	scale := max(a[0].Scale, a[1].Scale)
	whole := min(a[0].Precision-a[0].Scale, a[1].Precision-a[1].Scale)
	return types.DecimalOf(min(maxPrecision, whole+scale), scale), nil
}

var bigTen = big.NewInt(10)

func pow10(n int) *big.Int { return new(big.Int).Exp(bigTen, big.NewInt(int64(n)), nil) }

// checked turns a big number into a decimal of at most 38 digits.
func checked(v *big.Int) (decimal128.Num, error) {
	if v.CmpAbs(pow10(maxPrecision)) >= 0 {
		return decimal128.Num{}, outOfRange("Decimal overflow")
	}
	return decimal128.FromBigInt(v), nil
}

// decimalBinary brings both sides to one scale (a product needs none), applies
// op, and rounds to the result's scale, which may be smaller.
func decimalBinary(product bool, op func(a, b *big.Int) *big.Int) maker {
	return func(c *call) Kernel {
		scaleA, scaleB := pow10(0), pow10(0)
		scale := c.args[0].Scale + c.args[1].Scale
		if !product {
			scale = max(c.args[0].Scale, c.args[1].Scale)
			scaleA = pow10(scale - c.args[0].Scale)
			scaleB = pow10(scale - c.args[1].Scale)
		}
		return f2(func(x, y decimal128.Num) (decimal128.Num, error) {
			a, b := x.BigInt(), y.BigInt()
			return checked(rescale(op(a.Mul(a, scaleA), b.Mul(b, scaleB)), scale, c.result.Scale))
		})(c)
	}
}

func decimalQuotient(c *call) Kernel {
	up := pow10(c.result.Scale - c.args[0].Scale + c.args[1].Scale)
	return f2(func(x, y decimal128.Num) (decimal128.Num, error) {
		a, b := x.BigInt(), y.BigInt()
		if b.Sign() == 0 {
			return decimal128.Num{}, errDivisionByZero
		}
		return checked(divideRounded(a.Mul(a, up), b))
	})(c)
}

// divideRounded is a/b rounded half away from zero.
func divideRounded(a, b *big.Int) *big.Int {
	q, r := new(big.Int).QuoRem(a, b, new(big.Int))
	if r.Lsh(r, 1).CmpAbs(b) >= 0 {
		q.Add(q, big.NewInt(int64(a.Sign()*b.Sign())))
	}
	return q
}

func decimalRemainder(c *call) Kernel {
	scaleA := pow10(c.result.Scale - c.args[0].Scale)
	scaleB := pow10(c.result.Scale - c.args[1].Scale)
	return f2(func(x, y decimal128.Num) (decimal128.Num, error) {
		a, b := x.BigInt(), y.BigInt()
		if b.Sign() == 0 {
			return decimal128.Num{}, errDivisionByZero
		}
		return checked(a.Rem(a.Mul(a, scaleA), b.Mul(b, scaleB)))
	})(c)
}

// rescale changes the scale of a decimal, rounding half away from zero.
func rescale(v *big.Int, from, to int) *big.Int {
	if to >= from {
		return v.Mul(v, pow10(to-from))
	}
	return divideRounded(v, pow10(from-to))
}
