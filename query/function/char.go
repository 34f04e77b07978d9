package function

import (
	"math"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/types"
)

// charFunctions are the functions that differ for char(n): those that see the
// blanks which pad it, and those whose result is char again. All others take a
// char as the varchar without its padding.
var charFunctions = []entry{
	{sig: "length(char(x)) bigint", make: charLength},
	{sig: "lower(char(x)) char(x)", make: pure1(strings.ToLower)},
	{sig: "upper(char(x)) char(x)", make: pure1(strings.ToUpper)},
	{sig: "reverse(char(x)) char(x)", make: charResult(reverseText)},
	{sig: "trim(char(x)) varchar(x)", make: pure1(func(s string) string { return strings.TrimFunc(s, isBlank) })},
	{sig: "ltrim(char(x)) varchar(x)", make: pure1(func(s string) string { return strings.TrimLeftFunc(s, isBlank) })},
	{sig: "rtrim(char(x)) varchar(x)", make: pure1(func(s string) string { return strings.TrimRightFunc(s, isBlank) })},
	{sig: "trim(char(x), codepoints) varchar(x)", make: pure2(strings.Trim)},
	{sig: "ltrim(char(x), codepoints) varchar(x)", make: pure2(strings.TrimLeft)},
	{sig: "rtrim(char(x), codepoints) varchar(x)", make: pure2(strings.TrimRight)},
	{sig: "substr(char(x), bigint) varchar(x)", make: charSubstr},
	{sig: "substr(char(x), bigint, bigint) varchar(x)", make: charSubstr},
	{sig: "substring(char(x), bigint) varchar(x)", make: charSubstr},
	{sig: "substring(char(x), bigint, bigint) varchar(x)", make: charSubstr},
	{sig: "lpad(char(x), bigint, varchar(y)) varchar", make: charLpad},
	{sig: "to_utf8(char(x)) varbinary", make: charToUTF8},
	{sig: "||(char(x), char(y)) char(u)", make: charConcat, result: charConcatType},
	{sig: "concat(char(x), char(y)) char(u)", make: charConcat, result: charConcatType},
	{sig: "like(char(x), varchar) boolean", make: paddedLike(like2)},
	{sig: "like(char(x), varchar, varchar) boolean", make: paddedLike(like3)},
}

// padded is the value of a char(n) with its blanks.
func padded(s string, n int) string {
	return s + strings.Repeat(" ", max(0, n-utf8.RuneCountInString(s)))
}

// unpadded is how a char lies in its array.
func unpadded(s string) string { return strings.TrimRight(s, " ") }

// charLength is the declared length: blanks that pad a char count.
func charLength(c *call) Kernel {
	n := int64(c.args[0].Length)
	return pure1(func(string) int64 { return n })(c)
}

// charResult adapts a function of the padded text whose result is char(n) too.
func charResult(f func(string) string) maker {
	return func(c *call) Kernel {
		n := c.args[0].Length
		return pure1(func(s string) string { return unpadded(f(padded(s, n))) })(c)
	}
}

func charSubstr(c *call) Kernel {
	n := c.args[0].Length
	if len(c.args) == 2 {
		return pure2(func(s string, from int64) string { return substring(padded(s, n), from, math.MaxInt64) })(c)
	}
	return f3(func(s string, from, count int64) (string, error) { return substring(padded(s, n), from, count), nil })(c)
}

func charLpad(c *call) Kernel {
	n := c.args[0].Length
	return f3(func(s string, size int64, with string) (string, error) { return pad(padded(s, n), size, with, true) })(c)
}

func charToUTF8(c *call) Kernel {
	n := c.args[0].Length
	return pure1(func(s string) []byte { return []byte(padded(s, n)) })(c)
}

func charConcatType(args []types.Type) (types.Type, error) {
	n := args[0].Length + args[1].Length
	if n > types.MaxCharLength {
		return types.Type{}, invalidArgument("CHAR length must be in range [0, %d], got %d", types.MaxCharLength, n)
	}
	return types.Type{Kind: types.Char, Length: n}, nil
}

func charConcat(c *call) Kernel {
	n := c.args[0].Length
	return pure2(func(a, b string) string { return unpadded(padded(a, n) + b) })(c)
}

// paddedLike matches a pattern against the padded value.
func paddedLike(like maker) maker {
	return func(c *call) Kernel {
		n, match := c.args[0].Length, like(c)
		return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
			pad := pure1(func(s string) string { return padded(s, n) })(&call{result: types.VarcharType})
			size := rows
			if args[0].Const {
				size = 1
			}
			whole, err := pad(ctx, args[:1], size)
			if err != nil {
				return nil, err
			}
			defer whole.Release()
			with := append([]Value{{Array: whole, Const: args[0].Const}}, args[1:]...)
			return match(ctx, with, rows)
		}
	}
}
