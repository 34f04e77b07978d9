package function

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/function/regex"
	"github.com/traillake/traillake/query/types"
)

// regexFunctions take Java's syntax, as Trino does.
var regexFunctions = []entry{
	{sig: "regexp_like(varchar(x), joniregexp) boolean", make: matching(func(re *regex.Regexp, s string) (bool, error) { return re.Match(s) })},
	{sig: "regexp_count(varchar(x), joniregexp) bigint", make: matching(func(re *regex.Regexp, s string) (int64, error) {
		all, err := re.All(s)
		return int64(len(all)), err
	})},
	{sig: "regexp_extract(varchar(x), joniregexp) varchar(x)", make: matching(func(re *regex.Regexp, s string) (string, error) { return group(re, s, 0) })},
	{sig: "regexp_extract(varchar(x), joniregexp, bigint) varchar(x)", make: extractGroup},
	{sig: "regexp_extract_all(varchar(x), joniregexp) array(varchar(x))", make: extractAll},
	{sig: "regexp_extract_all(varchar(x), joniregexp, bigint) array(varchar(x))", make: extractAll},
	{sig: "regexp_split(varchar(x), joniregexp) array(varchar(x))", make: regexpSplit},
	{sig: "regexp_position(varchar(x), joniregexp) integer", make: regexpPosition},
	{sig: "regexp_position(varchar(x), joniregexp, integer) integer", make: regexpPosition},
	{sig: "regexp_position(varchar(x), joniregexp, integer, integer) integer", make: regexpPosition},
	{sig: "regexp_replace(varchar(x), joniregexp) varchar(x)", make: matching(func(re *regex.Regexp, s string) (string, error) {
		return replaceMatches(re, s, func() (replacement, error) { return nil, nil })
	})},
	{sig: "regexp_replace(varchar(x), joniregexp, varchar(y)) varchar(z)", make: regexpReplace, result: regexpReplacedType},
	{sig: "regexp_replace(varchar, joniregexp, function(array(varchar),varchar(x))) varchar", make: regexpReplaceLambda},
}

// compileRegexp reads a pattern; its faults are the user's.
func compileRegexp(pattern string) (*regex.Regexp, error) {
	re, err := regex.Compile(pattern)
	return re, regexpFault(err)
}

func regexpFault(err error) error {
	if err == nil {
		return nil
	}
	return invalidArgument("%s", err.Error())
}

// matching adapts a function of a text and a pattern.
func matching[R any](f func(re *regex.Regexp, s string) (R, error)) maker {
	return func(c *call) Kernel {
		var cache compiled[*regex.Regexp]
		return f2(func(s, pattern string) (R, error) {
			re, err := cache.get(pattern, compileRegexp)
			if err != nil {
				return *new(R), err
			}
			v, err := f(re, s)
			if errors.Is(err, regex.ErrTooLong) {
				err = regexpFault(err)
			}
			return v, err
		})(c)
	}
}

// group returns a group of the first match; NULL without a match.
func group(re *regex.Regexp, s string, n int64) (string, error) {
	if n < 0 || n > int64(re.Groups()) {
		return "", noSuchGroup(re, n)
	}
	m, err := re.Find(s, 0)
	switch {
	case err != nil:
		return "", regexpFault(err)
	case m == nil || m[2*n] < 0:
		return "", errNull
	}
	return s[m[2*n]:m[2*n+1]], nil
}

func noSuchGroup(re *regex.Regexp, n int64) error {
	if n < 0 {
		return invalidArgument("Group cannot be negative")
	}
	return invalidArgument("Pattern has %d groups. Cannot access group %d", re.Groups(), n)
}

func extractGroup(c *call) Kernel {
	var cache compiled[*regex.Regexp]
	return f3(func(s, pattern string, n int64) (string, error) {
		re, err := cache.get(pattern, compileRegexp)
		if err != nil {
			return "", err
		}
		return group(re, s, n)
	})(c)
}

// textLists makes a kernel whose rows are arrays of texts; put with ok false is NULL.
func textLists(f func(ctx *Context, args []Value) func(row int, put func(s string, ok bool)) error) maker {
	return func(c *call) Kernel {
		return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
			b := array.NewBuilder(ctx.Mem, c.result.Arrow()).(*array.ListBuilder)
			defer b.Release()
			words := b.ValueBuilder().(*array.StringBuilder)
			body := f(ctx, args)
			for i := range rows {
				if anyNull(args, i) {
					b.AppendNull()
					continue
				}
				b.Append(true)
				err := body(i, func(s string, ok bool) {
					if ok {
						words.Append(s)
					} else {
						words.AppendNull()
					}
				})
				if err != nil {
					return nil, err
				}
			}
			return b.NewArray(), nil
		}
	}
}

func extractAll(c *call) Kernel {
	var cache compiled[*regex.Regexp]
	return textLists(func(_ *Context, args []Value) func(int, func(string, bool)) error {
		s, pattern := columnOf[string](args[0]), columnOf[string](args[1])
		return func(row int, put func(string, bool)) error {
			re, err := cache.get(pattern.at(row), compileRegexp)
			if err != nil {
				return err
			}
			n := int64(0)
			if len(args) == 3 {
				n = columnOf[int64](args[2]).at(row)
			}
			if n < 0 || n > int64(re.Groups()) {
				return noSuchGroup(re, n)
			}
			text := s.at(row)
			all, err := re.All(text)
			if err != nil {
				return regexpFault(err)
			}
			for _, m := range all {
				if m[2*n] < 0 {
					put("", false)
				} else {
					put(text[m[2*n]:m[2*n+1]], true)
				}
			}
			return nil
		}
	})(c)
}

// regexpSplit keeps empty texts, also the last.
func regexpSplit(c *call) Kernel {
	var cache compiled[*regex.Regexp]
	return textLists(func(_ *Context, args []Value) func(int, func(string, bool)) error {
		s, pattern := columnOf[string](args[0]), columnOf[string](args[1])
		return func(row int, put func(string, bool)) error {
			re, err := cache.get(pattern.at(row), compileRegexp)
			if err != nil {
				return err
			}
			text, from := s.at(row), 0
			all, err := re.All(text)
			if err != nil {
				return regexpFault(err)
			}
			for _, m := range all {
				put(text[from:m[0]], true)
				from = m[1]
			}
			put(text[from:], true)
			return nil
		}
	})(c)
}

// regexpPosition is the place of the n-th match from a start, in code points; -1 without one.
func regexpPosition(c *call) Kernel {
	var cache compiled[*regex.Regexp]
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		s, pattern := columnOf[string](args[0]), columnOf[string](args[1])
		return each(ctx, c, rows, func(i int) (int32, error) {
			if anyNull(args, i) {
				return 0, errNull
			}
			start, nth := int32(1), int32(1)
			if len(args) > 2 {
				start = columnOf[int32](args[2]).at(i)
			}
			if len(args) > 3 {
				nth = columnOf[int32](args[3]).at(i)
			}
			if start < 1 {
				return 0, invalidArgument("start position cannot be smaller than 1")
			}
			if nth < 1 {
				return 0, invalidArgument("occurrence cannot be smaller than 1")
			}
			re, err := cache.get(pattern.at(i), compileRegexp)
			if err != nil {
				return 0, err
			}
			return nthMatch(re, s.at(i), start, nth)
		})
	}
}

func nthMatch(re *regex.Regexp, text string, start, nth int32) (int32, error) {
	if int(start) > utf8.RuneCountInString(text) {
		return -1, nil
	}
	from := len(cut(text, int(start-1)))
	for from <= len(text) {
		m, err := re.Find(text, from)
		if err != nil {
			return 0, regexpFault(err)
		}
		if m == nil {
			break
		}
		if nth--; nth == 0 {
			return int32(utf8.RuneCountInString(text[:m[0]])) + 1, nil
		}
		from = regex.Next(text, m)
	}
	return -1, nil
}

// replacement is a parsed replacement text: literal parts and group numbers.
type replacement []replacementPart

type replacementPart struct {
	text  string
	group int // -1 for text
}

// parseReplacement reads $1, ${name} and backslash escapes, as Java does.
func parseReplacement(re *regex.Regexp, s string) (replacement, error) {
	var parts replacement
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			parts = append(parts, replacementPart{text.String(), -1})
			text.Reset()
		}
	}
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			if i++; i >= len(s) {
				return nil, invalidArgument("Illegal replacement sequence: %s", s)
			}
			text.WriteByte(s[i])
		case s[i] != '$':
			text.WriteByte(s[i])
		default:
			n, next, err := groupReference(re, s, i+1)
			if err != nil {
				return nil, err
			}
			flush()
			parts = append(parts, replacementPart{group: n})
			i = next - 1
		}
	}
	flush()
	return parts, nil
}

// groupReference reads what follows a $. A number takes as many digits as name a group.
func groupReference(re *regex.Regexp, s string, i int) (n, next int, err error) {
	bad := invalidArgument("Illegal replacement sequence: %s", s)
	if i < len(s) && s[i] == '{' {
		end := strings.IndexByte(s[i:], '}')
		if end < 0 {
			end = len(s) - i
		}
		name := s[i+1 : i+end]
		if n = re.GroupIndex(name); n < 0 {
			return 0, 0, invalidArgument("Illegal replacement sequence: unknown group { %s }", name)
		}
		return n, i + end + 1, nil
	}
	next = i
	for next < len(s) && s[next] >= '0' && s[next] <= '9' {
		v, _ := strconv.Atoi(s[i : next+1])
		if v > re.Groups() {
			break
		}
		n = v
		next++
	}
	if next == i {
		if i < len(s) && s[i] >= '0' && s[i] <= '9' {
			return 0, 0, invalidArgument("Illegal replacement sequence: unknown group %c", s[i])
		}
		return 0, 0, bad
	}
	return n, next, nil
}

func (r replacement) append(dst []byte, s string, m []int) []byte {
	for _, p := range r {
		switch {
		case p.group < 0:
			dst = append(dst, p.text...)
		case m[2*p.group] >= 0:
			dst = append(dst, s[m[2*p.group]:m[2*p.group+1]]...)
		}
	}
	return dst
}

// regexpReplacedType has room for the replacement, half of which may name groups, at every place.
func regexpReplacedType(args []types.Type) (types.Type, error) {
	x, y := lengthOf(args[0]), lengthOf(args[2])
	return boundedVarchar(x + max(x*y/2, y)*(x+1)), nil
}

func regexpReplace(c *call) Kernel {
	var cache compiled[*regex.Regexp]
	var replacements compiled[replacement]
	return f3(func(s, pattern, with string) (string, error) {
		re, err := cache.get(pattern, compileRegexp)
		if err != nil {
			return "", err
		}
		return replaceMatches(re, s, func() (replacement, error) {
			return replacements.get(pattern+"\x00"+with, func(string) (replacement, error) { return parseReplacement(re, with) })
		})
	})(c)
}

// replaceMatches reads the replacement, which may be faulty, only for a match.
func replaceMatches(re *regex.Regexp, s string, with func() (replacement, error)) (string, error) {
	all, err := re.All(s)
	if err != nil {
		return "", regexpFault(err)
	}
	if len(all) == 0 {
		return s, nil
	}
	r, err := with()
	if err != nil {
		return "", err
	}
	var out []byte
	from := 0
	for _, m := range all {
		out = append(out, s[from:m[0]]...)
		out = r.append(out, s, m)
		from = m[1]
	}
	return string(append(out, s[from:]...)), nil
}

// regexpReplaceLambda hands the groups of every match of a batch to the lambda at once.
func regexpReplaceLambda(c *call) Kernel {
	var cache compiled[*regex.Regexp]
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		s, pattern := columnOf[string](args[0]), columnOf[string](args[1])
		b := array.NewListBuilder(ctx.Mem, arrow.BinaryTypes.String)
		defer b.Release()
		words := b.ValueBuilder().(*array.StringBuilder)
		matches := make([][][]int, rows)
		var rowOf []int32
		for i := range rows {
			if s.null(i) || pattern.null(i) {
				continue
			}
			re, err := cache.get(pattern.at(i), compileRegexp)
			if err != nil {
				return nil, err
			}
			text := s.at(i)
			if matches[i], err = re.All(text); err != nil {
				return nil, regexpFault(err)
			}
			for _, m := range matches[i] {
				b.Append(true)
				rowOf = append(rowOf, int32(i))
				for g := 2; g < len(m); g += 2 {
					if m[g] < 0 {
						words.AppendNull()
					} else {
						words.Append(text[m[g]:m[g+1]])
					}
				}
			}
		}
		groups := b.NewArray()
		defer groups.Release()
		out, err := applyLambda(ctx, args[2].Lambda, []arrow.Array{groups}, rowOf)
		if err != nil {
			return nil, err
		}
		defer out.Release()
		return joinMatches(ctx, c, s, pattern, matches, valuesOf[string](out), rows)
	}
}

// joinMatches puts the lambda's texts between what did not match; a NULL text makes the row NULL.
func joinMatches(ctx *Context, c *call, s, pattern column[string], matches [][][]int, with values[string], rows int) (arrow.Array, error) {
	next := 0
	return each(ctx, c, rows, func(i int) (string, error) {
		if s.null(i) || pattern.null(i) {
			return "", errNull
		}
		text, from, null := s.at(i), 0, false
		var out []byte
		for _, m := range matches[i] {
			out = append(out, text[from:m[0]]...)
			if with.IsNull(next) {
				null = true
			} else {
				out = append(out, with.Value(next)...)
			}
			next++
			from = m[1]
		}
		if null {
			return "", errNull
		}
		return string(append(out, text[from:]...)), nil
	})
}
