package function

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"

	"github.com/traillake/traillake/query/types"
)

// varcharCasts are the casts between varchar (or char) and numbers and booleans,
// and from every scalar type to varchar.
func varcharCasts() map[castPair]maker {
	m := map[castPair]maker{
		{types.Varchar, types.Varchar}: truncateVarchar,
		{types.Char, types.Varchar}:    truncateVarchar,
		{types.Varchar, types.Char}:    varcharToChar,
		{types.Char, types.Char}:       varcharToChar,
		{types.Varchar, types.Boolean}: f1(parseBoolean),
		{types.Varchar, types.Double}:  f1(parseDouble),
		{types.Varchar, types.Decimal}: varcharToDecimal,
		{types.Varchar, types.Real}: f1(func(s string) (float32, error) {
			v, err := parseFloat(s, 32)
			if err != nil {
				return 0, badCast("Cannot cast '%s' to REAL", s)
			}
			return float32(v), nil
		}),
	}
	m[castPair{types.Varchar, types.TinyInt}] = varcharToInteger[int8](8, "TINYINT")
	m[castPair{types.Varchar, types.SmallInt}] = varcharToInteger[int16](16, "SMALLINT")
	m[castPair{types.Varchar, types.Integer}] = varcharToInteger[int32](32, "INT")
	m[castPair{types.Varchar, types.BigInt}] = varcharToInteger[int64](64, "BIGINT")
	for k := types.Boolean; k <= types.IPAddress; k++ {
		switch k {
		case types.Varchar, types.Char, types.Varbinary, types.JSON:
		default:
			m[castPair{k, types.Varchar}] = toVarchar
		}
	}
	return m
}

// cut returns the first n code points of s.
func cut(s string, n int) string {
	if n == types.Unbounded || len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// truncateVarchar cuts to the length asked for. A char arrives without padding.
func truncateVarchar(c *call) Kernel {
	n := c.result.Length
	if n == types.Unbounded || c.args[0].Kind == types.Char && n >= c.args[0].Length {
		return sameArray(c)
	}
	return pure1(func(s string) string { return cut(s, n) })(c)
}

func varcharToChar(c *call) Kernel {
	n := c.result.Length
	return pure1(func(s string) string { return unpadded(cut(s, n)) })(c)
}

func parseBoolean(s string) (bool, error) {
	switch strings.ToLower(s) {
	case "t", "true", "1":
		return true, nil
	case "f", "false", "0":
		return false, nil
	}
	return false, badCast("Cannot cast '%s' to BOOLEAN", s)
}

func varcharToInteger[T signed](bits int, name string) maker {
	return f1(func(s string) (T, error) {
		v, err := strconv.ParseInt(asciiDigits(strings.TrimFunc(s, isBlank)), 10, bits)
		if err != nil {
			return 0, badCast("Cannot cast '%s' to %s", s, name)
		}
		return T(v), nil
	})
}

// asciiDigits writes the digits of all scripts as 0 to 9, as which Java reads them.
func asciiDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf || !unicode.IsDigit(r) {
			return r
		}
		for _, digits := range unicode.Nd.R16 { // whole scripts, in order
			if r >= rune(digits.Lo) && r <= rune(digits.Hi) {
				return '0' + (r-rune(digits.Lo))%10
			}
		}
		for _, digits := range unicode.Nd.R32 {
			if r >= rune(digits.Lo) && r <= rune(digits.Hi) {
				return '0' + (r-rune(digits.Lo))%10
			}
		}
		return r
	}, s)
}

var javaDouble = regexp.MustCompile(`^[+-]?(NaN|Infinity|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[fFdD]?|` +
	`0[xX]([\da-fA-F]+\.?[\da-fA-F]*|\.[\da-fA-F]+)[pP][+-]?\d+[fFdD]?)$`)

func parseFloat(s string, bits int) (float64, error) {
	s = strings.TrimSpace(s)
	if !javaDouble.MatchString(s) {
		return 0, strconv.ErrSyntax
	}
	if !strings.HasSuffix(s, "Infinity") {
		s = strings.TrimRight(s, "fFdD")
	}
	if strings.HasSuffix(s, "NaN") {
		s = "NaN" // a sign means nothing here
	}
	v, err := strconv.ParseFloat(s, bits)
	if n, ok := err.(*strconv.NumError); ok && n.Err == strconv.ErrRange {
		err = nil // too large is Infinity
	}
	return v, err
}

func parseDouble(s string) (float64, error) {
	v, err := parseFloat(s, 64)
	if err != nil {
		return 0, badCast("Cannot cast '%s' to DOUBLE", s)
	}
	return v, nil
}

var decimalText = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?$`)

func varcharToDecimal(c *call) Kernel {
	to := c.result
	return f1(func(s string) (decimal128.Num, error) {
		fail := func(why string) error {
			return badCast("Cannot cast VARCHAR '%s' to DECIMAL(%d, %d). %s", s, to.Precision, to.Scale, why)
		}
		text := asciiDigits(s)
		if !decimalText.MatchString(text) {
			return decimal128.Num{}, fail("Value is not a number.")
		}
		r, _ := new(big.Rat).SetString(text)
		scaled := new(big.Int).Mul(r.Num(), pow10(to.Scale))
		return fitDecimal(divideRounded(scaled, r.Denom()), to, func() error { return fail("Value too large.") })
	})(c)
}

// toVarchar prints any scalar. Doubles have the form d.dEx here, unlike in results.
func toVarchar(c *call) Kernel {
	from, to := c.args[0], c.result
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		var buf []byte
		return each(ctx, c, rows, func(i int) (string, error) {
			arr, row := args[0].Array, args[0].Row(i)
			if types.IsNull(arr, row) {
				return "", errNull
			}
			buf = appendCastText(buf[:0], from, arr, row)
			if n := to.Length; n != types.Unbounded && len(buf) > n && utf8.RuneCount(buf) > n {
				return "", tooLongForVarchar(from, to, arr, row, string(buf))
			}
			return string(buf), nil
		})
	}
}

// tooLongForVarchar words the fault of a value whose text exceeds varchar(n), which Trino words by type.
func tooLongForVarchar(from, to types.Type, arr arrow.Array, row int, text string) error {
	switch from.Kind {
	case types.Real, types.Double:
		return badCast("Value %s (%s) cannot be represented as %s", types.AppendText(nil, from, arr, row), text, to)
	case types.Boolean, types.Time, types.IntervalDaySecond, types.IntervalYearMonth, types.UUID:
		return badCast("Cannot cast '%s' to %s", text, to)
	}
	return badCast("Value %s cannot be represented as %s", text, to)
}

func appendCastText(dst []byte, from types.Type, arr arrow.Array, row int) []byte {
	switch a := arr.(type) {
	case *array.Float64:
		return appendCastFloat(dst, a.Value(row), 64)
	case *array.Float32:
		return appendCastFloat(dst, float64(a.Value(row)), 32)
	}
	return types.AppendText(dst, from, arr, row)
}

func appendCastFloat(dst []byte, v float64, bits int) []byte {
	switch {
	case v == 0 && math.Signbit(v):
		return append(dst, "-0E0"...)
	case v == 0:
		return append(dst, "0E0"...)
	case math.IsNaN(v) || math.IsInf(v, 0):
		return types.AppendFloat(dst, v, bits)
	case bits == 32: // Trino shows seven of a real's digits
		v, _ = strconv.ParseFloat(string(types.AppendScientific(nil, v, 32)), 64)
		v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'e', 6, 64), 64)
	}
	return types.AppendScientific(dst, v, 64)
}
