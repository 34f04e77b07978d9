package function

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// regexFunctions run on RE2 syntax, whose time is linear in the text.
var regexFunctions = []entry{
	{sig: "regexp_like(varchar(x), varchar) boolean", make: matching(func(re *regexp.Regexp, s string) (bool, error) { return re.MatchString(s), nil })},
	{sig: "regexp_count(varchar(x), varchar) bigint", make: matching(func(re *regexp.Regexp, s string) (int64, error) { return int64(len(re.FindAllStringIndex(s, -1))), nil })},
	{sig: "regexp_extract(varchar(x), varchar) varchar(x)", make: matching(func(re *regexp.Regexp, s string) (string, error) { return group(re, s, 0) })},
	{sig: "regexp_extract(varchar(x), varchar, bigint) varchar(x)", make: extractGroup},
	{sig: "regexp_extract_all(varchar(x), varchar) array(varchar(x))", make: extractAll},
	{sig: "regexp_extract_all(varchar(x), varchar, bigint) array(varchar(x))", make: extractAll},
	{sig: "regexp_split(varchar(x), varchar) array(varchar(x))", make: regexpSplit},
	{sig: "regexp_position(varchar(x), varchar) integer", make: regexpPosition},
	{sig: "regexp_position(varchar(x), varchar, bigint) integer", make: regexpPosition},
	{sig: "regexp_position(varchar(x), varchar, bigint, bigint) integer", make: regexpPosition},
	{sig: "regexp_replace(varchar(x), varchar) varchar", make: matching(func(re *regexp.Regexp, s string) (string, error) { return re.ReplaceAllLiteralString(s, ""), nil })},
	{sig: "regexp_replace(varchar(x), varchar, varchar) varchar", make: regexpReplace},
	{sig: "regexp_replace(varchar(x), varchar, function(array(varchar(x)),varchar)) varchar", make: regexpReplaceLambda},
}

// compileRegexp reads a Java-style pattern. What RE2 lacks is refused by name.
func compileRegexp(pattern string) (*regexp.Regexp, error) {
	if what := unsupportedRegexp(pattern); what != "" {
		return nil, invalidArgument("Invalid regular expression '%s': %s is not supported", pattern, what)
	}
	re, err := regexp.Compile(javaClasses(pattern))
	if err != nil {
		return nil, invalidArgument("Invalid regular expression '%s': %v", pattern, err)
	}
	return re, nil
}

// unsupportedRegexp names the first construct that cannot be matched in linear time.
func unsupportedRegexp(p string) string {
	inClass := false
	for i := 0; i < len(p); i++ {
		switch p[i] {
		case '\\':
			i++
			if i < len(p) && !inClass && (p[i] >= '1' && p[i] <= '9' || p[i] == 'k') {
				return "a backreference (\\" + p[i:i+1] + ")"
			}
		case '[':
			inClass = true
		case ']':
			inClass = false
		case '(':
			if inClass {
				continue
			}
			for prefix, what := range map[string]string{
				"(?=": "look-ahead (?=", "(?!": "negative look-ahead (?!", "(?<=": "look-behind (?<=",
				"(?<!": "negative look-behind (?<!", "(?>": "an atomic group (?>",
			} {
				if strings.HasPrefix(p[i:], prefix) {
					return what
				}
			}
		case '*', '+', '?', '}':
			if !inClass && i+1 < len(p) && p[i+1] == '+' {
				return "a possessive quantifier (" + p[i:i+2] + ")"
			}
		}
	}
	return ""
}

// javaClasses rewrites \h and \Z, which RE2 spells out.
func javaClasses(p string) string {
	var b strings.Builder
	for i := 0; i < len(p); i++ {
		if p[i] == '\\' && i+1 < len(p) {
			i++
			switch p[i] {
			case 'Z':
				b.WriteString(`\n?\z`)
			case 'h':
				b.WriteString(`[ \t]`)
			default:
				b.WriteString(p[i-1 : i+1])
			}
			continue
		}
		b.WriteByte(p[i])
	}
	return b.String()
}

// matching adapts a function of a text and a pattern.
func matching[R any](f func(re *regexp.Regexp, s string) (R, error)) maker {
	return func(c *call) Kernel {
		var cache compiled[*regexp.Regexp]
		return f2(func(s, pattern string) (R, error) {
			re, err := cache.get(pattern, compileRegexp)
			if err != nil {
				return *new(R), err
			}
			return f(re, s)
		})(c)
	}
}

// group returns a group of the first match; NULL without a match.
func group(re *regexp.Regexp, s string, n int64) (string, error) {
	if n < 0 || n > int64(re.NumSubexp()) {
		return "", noSuchGroup(re, n)
	}
	m := re.FindStringSubmatchIndex(s)
	if m == nil || m[2*n] < 0 {
		return "", errNull
	}
	return s[m[2*n]:m[2*n+1]], nil
}

func noSuchGroup(re *regexp.Regexp, n int64) error {
	if n < 0 {
		return invalidArgument("Group cannot be negative")
	}
	return invalidArgument("Pattern has %d groups. Cannot access group %d", re.NumSubexp(), n)
}

func extractGroup(c *call) Kernel {
	var cache compiled[*regexp.Regexp]
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
	var cache compiled[*regexp.Regexp]
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
			if n < 0 || n > int64(re.NumSubexp()) {
				return noSuchGroup(re, n)
			}
			text := s.at(row)
			for _, m := range re.FindAllStringSubmatchIndex(text, -1) {
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
	var cache compiled[*regexp.Regexp]
	return textLists(func(_ *Context, args []Value) func(int, func(string, bool)) error {
		s, pattern := columnOf[string](args[0]), columnOf[string](args[1])
		return func(row int, put func(string, bool)) error {
			re, err := cache.get(pattern.at(row), compileRegexp)
			if err != nil {
				return err
			}
			text, from := s.at(row), 0
			for _, m := range re.FindAllStringIndex(text, -1) {
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
	var cache compiled[*regexp.Regexp]
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		s, pattern := columnOf[string](args[0]), columnOf[string](args[1])
		return each(ctx, c, rows, func(i int) (int32, error) {
			if anyNull(args, i) {
				return 0, errNull
			}
			start, nth := int64(1), int64(1)
			if len(args) > 2 {
				start = columnOf[int64](args[2]).at(i)
			}
			if len(args) > 3 {
				nth = columnOf[int64](args[3]).at(i)
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
			text := s.at(i)
			if start > int64(utf8.RuneCountInString(text)) {
				return -1, nil
			}
			from := len(cut(text, int(start-1)))
			for _, m := range re.FindAllStringIndex(text, -1) {
				if m[0] >= from {
					if nth--; nth == 0 {
						return int32(utf8.RuneCountInString(text[:m[0]])) + 1, nil
					}
				}
			}
			return -1, nil
		})
	}
}

// replacement is a parsed replacement text: literal parts and group numbers.
type replacement []replacementPart

type replacementPart struct {
	text  string
	group int // -1 for text
}

// parseReplacement reads $1, ${name} and backslash escapes, as Java does.
func parseReplacement(re *regexp.Regexp, s string) (replacement, error) {
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
func groupReference(re *regexp.Regexp, s string, i int) (n, next int, err error) {
	bad := invalidArgument("Illegal replacement sequence: %s", s)
	if i < len(s) && s[i] == '{' {
		end := strings.IndexByte(s[i:], '}')
		if end < 0 {
			return 0, 0, bad
		}
		name := s[i+1 : i+end]
		if n = re.SubexpIndex(name); n < 0 {
			return 0, 0, invalidArgument("Illegal replacement sequence: unknown group { %s }", name)
		}
		return n, i + end + 1, nil
	}
	next = i
	for next < len(s) && s[next] >= '0' && s[next] <= '9' {
		v, _ := strconv.Atoi(s[i : next+1])
		if v > re.NumSubexp() {
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

func regexpReplace(c *call) Kernel {
	var cache compiled[*regexp.Regexp]
	var replacements compiled[replacement]
	return f3(func(s, pattern, with string) (string, error) {
		re, err := cache.get(pattern, compileRegexp)
		if err != nil {
			return "", err
		}
		r, err := replacements.get(pattern+"\x00"+with, func(string) (replacement, error) { return parseReplacement(re, with) })
		if err != nil {
			return "", err
		}
		var out []byte
		from := 0
		for _, m := range re.FindAllStringSubmatchIndex(s, -1) {
			out = append(out, s[from:m[0]]...)
			out = r.append(out, s, m)
			from = m[1]
		}
		return string(append(out, s[from:]...)), nil
	})(c)
}

// regexpReplaceLambda hands the groups of every match of a batch to the lambda at once.
func regexpReplaceLambda(c *call) Kernel {
	var cache compiled[*regexp.Regexp]
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
			matches[i] = re.FindAllStringSubmatchIndex(text, -1)
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
