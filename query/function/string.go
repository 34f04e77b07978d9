package function

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/types"
)

var stringFunctions = []entry{
	{sig: "lower(varchar(x)) varchar(x)", make: pure1(strings.ToLower)},
	{sig: "upper(varchar(x)) varchar(x)", make: pure1(strings.ToUpper)},
	{sig: "length(varchar(x)) bigint", make: pure1(func(s string) int64 { return int64(utf8.RuneCountInString(s)) })},
	{sig: "starts_with(varchar, varchar) boolean", make: pure2(strings.HasPrefix)},
	{sig: "ends_with(varchar, varchar) boolean", make: pure2(strings.HasSuffix)},
	{sig: "replace(varchar, varchar) varchar", make: pure2(func(s, old string) string { return strings.ReplaceAll(s, old, "") })},
	{sig: "replace(varchar, varchar, varchar) varchar", make: f3(func(s, old, repl string) (string, error) { return strings.ReplaceAll(s, old, repl), nil })},
	{sig: "||(varchar, varchar) varchar", result: concatType, make: concatStrings},
	{sig: "concat(varchar, varchar, varchar...) varchar", make: concatStrings},
	{sig: "trim(varchar(x)) varchar(x)", make: pure1(func(s string) string { return strings.TrimFunc(s, unicode.IsSpace) })},
}

// concatType is unbounded: Trino's operator takes unbounded arguments.
func concatType([]types.Type) (types.Type, error) { return types.VarcharType, nil }

func concatStrings(c *call) Kernel {
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		cols := make([]column[string], len(args))
		for i, a := range args {
			cols[i] = columnOf[string](a)
		}
		var buf []byte
		return each(ctx, c, rows, func(i int) (string, error) {
			buf = buf[:0]
			for _, col := range cols {
				if col.null(i) {
					return "", errNull
				}
				buf = append(buf, col.at(i)...)
			}
			return string(buf), nil
		})
	}
}

// levenshtein is the number of insertions, deletions and substitutions between a and b.
func levenshtein(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			cost := diagonal
			if x != y {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
