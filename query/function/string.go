package function

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"golang.org/x/text/unicode/norm"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/types"
)

// stringFunctions count in code points and from 1.
var stringFunctions = []entry{
	{sig: "lower(varchar(x)) varchar(x)", make: pure1(strings.ToLower)},
	{sig: "upper(varchar(x)) varchar(x)", make: pure1(strings.ToUpper)},
	{sig: "length(varchar(x)) bigint", make: pure1(codePoints)},
	{sig: "starts_with(varchar(x), varchar(y)) boolean", make: pure2(strings.HasPrefix)},
	{sig: "ends_with(varchar(x), varchar(y)) boolean", make: pure2(strings.HasSuffix)},
	{sig: "||(varchar, varchar) varchar", make: concatStrings},
	{sig: "concat(varchar...) varchar", make: concatStrings, result: twoOrMore("concatenation ", types.VarcharType)},
	{sig: "concat_ws(varchar, varchar...) varchar", make: concatWS, result: twoOrMore("", types.VarcharType)},
	{sig: "concat_ws(varchar, array(varchar)) varchar", make: concatWSArray},
	{sig: "chr(bigint) varchar(1)", make: f1(chr)},
	{sig: "codepoint(varchar(1)) integer", make: f1(codepoint)},
	{sig: "reverse(varchar(x)) varchar(x)", make: pure1(reverseText)},
	{sig: "replace(varchar(x), varchar(y)) varchar(x)", make: pure2(func(s, old string) string { return strings.ReplaceAll(s, old, "") })},
	{sig: "replace(varchar(x), varchar(y), varchar(z)) varchar(u)", result: replacedType, make: f3(func(s, old, repl string) (string, error) { return strings.ReplaceAll(s, old, repl), nil })},
	{sig: "translate(varchar(x), varchar(y), varchar(z)) varchar", make: f3(translate)},
	{sig: "strpos(varchar(x), varchar(y)) bigint", make: pure2(func(s, sub string) int64 { return findNth(s, sub, 1) })},
	{sig: "strpos(varchar(x), varchar(y), bigint) bigint", make: f3(strpos)},
	{sig: "substr(varchar(x), bigint) varchar(x)", make: pure2(func(s string, from int64) string { return substring(s, from, math.MaxInt64) })},
	{sig: "substr(varchar(x), bigint, bigint) varchar(x)", make: f3(func(s string, from, n int64) (string, error) { return substring(s, from, n), nil })},
	{sig: "substring(varchar(x), bigint) varchar(x)", make: pure2(func(s string, from int64) string { return substring(s, from, math.MaxInt64) })},
	{sig: "substring(varchar(x), bigint, bigint) varchar(x)", make: f3(func(s string, from, n int64) (string, error) { return substring(s, from, n), nil })},
	{sig: "trim(varchar(x)) varchar(x)", make: pure1(func(s string) string { return strings.TrimFunc(s, isBlank) })},
	{sig: "ltrim(varchar(x)) varchar(x)", make: pure1(func(s string) string { return strings.TrimLeftFunc(s, isBlank) })},
	{sig: "rtrim(varchar(x)) varchar(x)", make: pure1(func(s string) string { return strings.TrimRightFunc(s, isBlank) })},
	{sig: "trim(varchar(x), codepoints) varchar(x)", make: pure2(strings.Trim)},
	{sig: "ltrim(varchar(x), codepoints) varchar(x)", make: pure2(strings.TrimLeft)},
	{sig: "rtrim(varchar(x), codepoints) varchar(x)", make: pure2(strings.TrimRight)},
	{sig: "lpad(varchar(x), bigint, varchar(y)) varchar", make: f3(func(s string, n int64, with string) (string, error) { return pad(s, n, with, true) })},
	{sig: "rpad(varchar(x), bigint, varchar(y)) varchar", make: f3(func(s string, n int64, with string) (string, error) { return pad(s, n, with, false) })},
	{sig: "levenshtein_distance(varchar(x), varchar(y)) bigint", make: pure2(func(a, b string) int64 { return int64(levenshtein([]rune(a), []rune(b))) })},
	{sig: "hamming_distance(varchar(x), varchar(y)) bigint", make: f2(hamming)},
	{sig: "normalize(varchar(x), varchar(y)) varchar", make: f2(normalize)},
	{sig: "soundex(varchar) varchar(4)", make: f1(soundex)},
	{sig: "luhn_check(varchar) boolean", make: f1(luhn)},
}

func codePoints(s string) int64 { return int64(utf8.RuneCountInString(s)) }

// isBlank tells what trim takes away: Java's white space, without the blanks at which no line breaks.
func isBlank(r rune) bool {
	switch {
	case r >= '\t' && r <= '\r' || r >= 0x1C && r <= 0x1F:
		return true
	case r == 0xA0 || r == 0x2007 || r == 0x202F:
		return false
	}
	return unicode.In(r, unicode.Zs, unicode.Zl, unicode.Zp)
}

func chr(n int64) (string, error) {
	if n < 0 || n > unicode.MaxRune || n >= 0xD800 && n <= 0xDFFF {
		return "", invalidArgument("Not a valid Unicode code point: %d", n)
	}
	return string(rune(n)), nil
}

func codepoint(s string) (int32, error) {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 || size != len(s) {
		return 0, invalidArgument("Input string must be a single character string")
	}
	return r, nil
}

func reverseText(s string) string {
	runes := []rune(s)
	slices.Reverse(runes)
	return string(runes)
}

// translate replaces each character of from by the one at its place in to, or drops it.
func translate(s, from, to string) (string, error) {
	source, target := []rune(from), []rune(to)
	return strings.Map(func(r rune) rune {
		switch i := slices.Index(source, r); {
		case i < 0:
			return r
		case i < len(target):
			return target[i]
		}
		return -1
	}, s), nil
}

func strpos(s, sub string, instance int64) (int64, error) {
	if instance == 0 {
		return 0, invalidArgument("'instance' must be a positive or negative number.")
	}
	return findNth(s, sub, instance), nil
}

// findNth returns the place of the n-th occurrence, from the end when negative, or 0.
func findNth(s, sub string, n int64) int64 {
	if sub == "" {
		return 1
	}
	at := -1
	switch {
	case n == 1:
		at = strings.Index(s, sub)
	case n > 0:
		for from := 0; n > 0; n-- {
			i := strings.Index(s[from:], sub)
			if i < 0 {
				return 0
			}
			at = from + i
			_, size := utf8.DecodeRuneInString(s[at:])
			from = at + size
		}
	default:
		for end := len(s); n < 0; n++ {
			if at = strings.LastIndex(s[:end], sub); at < 0 {
				return 0
			}
			_, size := utf8.DecodeLastRuneInString(s[:at+len(sub)])
			end = at + len(sub) - size
		}
	}
	if at < 0 {
		return 0
	}
	return codePoints(s[:at]) + 1
}

// substring takes n code points from a place, which counts from the end when negative.
func substring(s string, from, n int64) string {
	if from == 0 || n <= 0 || s == "" {
		return ""
	}
	if from < 0 {
		from += codePoints(s) + 1
		if from < 1 {
			return ""
		}
	}
	if from > int64(len(s)) {
		return ""
	}
	rest := s[len(cut(s, int(from-1))):]
	if n >= int64(len(rest)) {
		return rest
	}
	return cut(rest, int(n))
}

func pad(s string, n int64, with string, left bool) (string, error) {
	if err := checkPad(n); err != nil {
		return "", err
	}
	if with == "" {
		return "", invalidArgument("Padding string must not be empty")
	}
	missing := n - codePoints(s)
	if missing <= 0 {
		return cut(s, int(n)), nil
	}
	times := missing/codePoints(with) + 1
	padding := cut(strings.Repeat(with, int(times)), int(missing))
	if left {
		return padding + s, nil
	}
	return s + padding, nil
}

func hamming(a, b string) (int64, error) {
	x, y := []rune(a), []rune(b)
	if len(x) != len(y) {
		return 0, invalidArgument("The input strings to hamming_distance function must have the same length")
	}
	n := int64(0)
	for i := range x {
		if x[i] != y[i] {
			n++
		}
	}
	return n, nil
}

func normalize(s, form string) (string, error) {
	forms := map[string]norm.Form{"NFC": norm.NFC, "NFD": norm.NFD, "NFKC": norm.NFKC, "NFKD": norm.NFKD}
	f, ok := forms[strings.ToUpper(form)]
	if !ok {
		return "", invalidArgument("Normalization form must be one of [NFD, NFC, NFKD, NFKC]")
	}
	return f.String(s), nil
}

// checkPad checks the length that lpad and rpad are to fill.
func checkPad(n int64) error {
	const most = 1 << 30 // what an Arrow column can hold, with room
	switch {
	case n < 0 || n > math.MaxInt32:
		return invalidArgument("Target length must be in the range [0..%d]", math.MaxInt32)
	case n > most:
		return fault(ast.NotSupported, "a text padded to %d characters is not supported", n)
	}
	return nil
}

// twoOrMore is the result rule of functions whose last argument repeats and must be there.
func twoOrMore(what string, result types.Type) func([]types.Type) (types.Type, error) {
	return func(args []types.Type) (types.Type, error) {
		if len(args) < 2 {
			return types.Type{}, invalidArgument("There must be two or more %sarguments", what)
		}
		return result, nil
	}
}

// boundedVarchar is varchar of a computed length, unbounded when that is Trino's largest.
func boundedVarchar(n int64) types.Type {
	if n < 0 || n >= math.MaxInt32 {
		return types.VarcharType
	}
	return types.VarcharOf(int(n))
}

// lengthOf is the length of a varchar in Trino's arithmetic, where unbounded is the largest int.
func lengthOf(t types.Type) int64 {
	if t.Length == types.Unbounded {
		return math.MaxInt32
	}
	return int64(t.Length)
}

// replacedType has room for the replacement at every place of the text.
func replacedType(args []types.Type) (types.Type, error) {
	x, z := lengthOf(args[0]), lengthOf(args[2])
	return boundedVarchar(x + z*(x+1)), nil
}

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
