package function

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// splitFunctions take texts apart and put them together.
var splitFunctions = []entry{
	{sig: "split(varchar(x), varchar(y)) array(varchar(x))", make: splitText},
	{sig: "split(varchar(x), varchar(y), bigint) array(varchar(x))", make: splitText},
	{sig: "split_part(varchar(x), varchar(y), bigint) varchar(x)", make: f3(splitPart)},
	{sig: "split_to_map(varchar, varchar, varchar) map(varchar,varchar)", make: splitToMap},
	{sig: "split_to_map(varchar, varchar, varchar, function(varchar,varchar,varchar,varchar)) map(varchar,varchar)", make: splitToMapLambda},
	{sig: "split_to_multimap(varchar, varchar, varchar) map(varchar,array(varchar))", make: splitToMultimap},
}

var splitText = textLists(func(_ *Context, args []Value) func(int, func(string, bool)) error {
	s, sep := columnOf[string](args[0]), columnOf[string](args[1])
	return func(row int, put func(string, bool)) error {
		limit := int64(-1)
		if len(args) == 3 {
			if limit = columnOf[int64](args[2]).at(row); limit <= 0 {
				return invalidArgument("Limit must be positive")
			}
			if limit > math.MaxInt32 {
				return invalidArgument("Limit is too large")
			}
		}
		if sep.at(row) == "" {
			return invalidArgument("The delimiter may not be the empty string")
		}
		for _, part := range strings.SplitN(s.at(row), sep.at(row), int(limit)) {
			put(part, true)
		}
		return nil
	}
})

func splitPart(s, sep string, n int64) (string, error) {
	switch {
	case n <= 0:
		return "", invalidArgument("Index must be greater than zero")
	case sep == "":
		if n > codePoints(s) {
			return "", errNull
		}
		return substring(s, n, 1), nil
	}
	for {
		part, rest, more := strings.Cut(s, sep)
		if n--; n == 0 {
			return part, nil
		}
		if !more {
			return "", errNull
		}
		s = rest
	}
}

// splitEntries reads key-value texts.
// show is how the message about a bad entry shows it.
func splitEntries(s, entrySep, keySep, show string, put func(key, value string) error) error {
	switch {
	case entrySep == "":
		return invalidArgument("entryDelimiter is empty")
	case keySep == "":
		return invalidArgument("keyValueDelimiter is empty")
	case entrySep == keySep:
		return invalidArgument("entryDelimiter and keyValueDelimiter must not be the same")
	}
	for s != "" {
		entry, rest, _ := strings.Cut(s, entrySep)
		s = rest
		key, value, ok := strings.Cut(entry, keySep)
		if !ok || strings.Contains(value, keySep) {
			return invalidArgument("Key-value delimiter must appear exactly once in each entry. Bad input: "+show, entry)
		}
		if err := put(key, value); err != nil {
			return err
		}
	}
	return nil
}

var splitToMap = generic(func(_ *call, args []Value) func(array.Builder, int) error {
	s, entrySep, keySep := columnOf[string](args[0]), columnOf[string](args[1]), columnOf[string](args[2])
	return func(b array.Builder, row int) error {
		if anyNull(args, row) {
			b.AppendNull()
			return nil
		}
		m := b.(*array.MapBuilder)
		m.Append(true)
		seen := map[string]bool{}
		return splitEntries(s.at(row), entrySep.at(row), keySep.at(row), "'%s'", func(key, value string) error {
			if seen[key] {
				return invalidArgument("Duplicate keys (%s) are not allowed", key)
			}
			seen[key] = true
			m.KeyBuilder().(*array.StringBuilder).Append(key)
			m.ItemBuilder().(*array.StringBuilder).Append(value)
			return nil
		})
	}
})

// grouped keeps the values of each key in order of first appearance.
type grouped struct {
	keys   []string
	values map[string][]string
}

func (g *grouped) add(key, value string) {
	if _, ok := g.values[key]; !ok {
		g.keys = append(g.keys, key)
	}
	g.values[key] = append(g.values[key], value)
}

var splitToMultimap = generic(func(_ *call, args []Value) func(array.Builder, int) error {
	s, entrySep, keySep := columnOf[string](args[0]), columnOf[string](args[1]), columnOf[string](args[2])
	return func(b array.Builder, row int) error {
		if anyNull(args, row) {
			b.AppendNull()
			return nil
		}
		g := &grouped{values: map[string][]string{}}
		err := splitEntries(s.at(row), entrySep.at(row), keySep.at(row), "%s", func(key, value string) error {
			g.add(key, value)
			return nil
		})
		if err != nil {
			return err
		}
		m := b.(*array.MapBuilder)
		m.Append(true)
		for _, key := range g.keys {
			m.KeyBuilder().(*array.StringBuilder).Append(key)
			list := m.ItemBuilder().(*array.ListBuilder)
			list.Append(true)
			list.ValueBuilder().(*array.StringBuilder).AppendValues(g.values[key], nil)
		}
		return nil
	}
})

// splitToMapLambda asks the lambda for the value of each key that comes twice,
// one call per conflict because they are rare.
func splitToMapLambda(c *call) Kernel {
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		s, entrySep, keySep := columnOf[string](args[0]), columnOf[string](args[1]), columnOf[string](args[2])
		b := array.NewBuilder(ctx.Mem, c.result.Arrow()).(*array.MapBuilder)
		defer b.Release()
		for i := range rows {
			if s.null(i) || entrySep.null(i) || keySep.null(i) {
				b.AppendNull()
				continue
			}
			g := &grouped{values: map[string][]string{}}
			err := splitEntries(s.at(i), entrySep.at(i), keySep.at(i), "'%s'", func(key, value string) error {
				old, seen := g.values[key]
				if !seen {
					g.add(key, value)
					return nil
				}
				merged, err := mergeValues(ctx, args[3].Lambda, int32(i), key, old[0], value)
				g.values[key] = []string{merged}
				return err
			})
			if err != nil {
				return nil, err
			}
			b.Append(true)
			for _, key := range g.keys {
				b.KeyBuilder().(*array.StringBuilder).Append(key)
				b.ItemBuilder().(*array.StringBuilder).Append(g.values[key][0])
			}
		}
		return b.NewArray(), nil
	}
}

func mergeValues(ctx *Context, f Lambda, row int32, texts ...string) (string, error) {
	params := make([]arrow.Array, len(texts))
	defer releaseAll(params)
	for i, t := range texts {
		b := array.NewStringBuilder(ctx.Mem)
		b.Append(t)
		params[i] = b.NewArray()
		b.Release()
	}
	out, err := applyLambda(ctx, f, params, []int32{row})
	if err != nil {
		return "", err
	}
	defer out.Release()
	v := valuesOf[string](out)
	if v.IsNull(0) {
		return "", invalidArgument("The lambda of split_to_map returned NULL")
	}
	return strings.Clone(v.Value(0)), nil
}

// concatWS leaves NULL texts out; only a NULL separator makes the result NULL.
func concatWS(c *call) Kernel {
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		sep := columnOf[string](args[0])
		cols := make([]column[string], len(args)-1)
		for i, a := range args[1:] {
			cols[i] = columnOf[string](a)
		}
		var parts []string
		return each(ctx, c, rows, func(i int) (string, error) {
			if sep.null(i) {
				return "", errNull
			}
			parts = parts[:0]
			for _, col := range cols {
				if !col.null(i) {
					parts = append(parts, col.at(i))
				}
			}
			return strings.Join(parts, sep.at(i)), nil
		})
	}
}

func concatWSArray(c *call) Kernel {
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		sep, l := columnOf[string](args[0]), listColumnOf(args[1])
		words := valuesOf[string](l.elements)
		var parts []string
		return each(ctx, c, rows, func(i int) (string, error) {
			start, end, ok := l.at(i)
			if !ok || sep.null(i) {
				return "", errNull
			}
			parts = parts[:0]
			for k := start; k < end; k++ {
				if !words.IsNull(k) {
					parts = append(parts, words.Value(k))
				}
			}
			return strings.Join(parts, sep.at(i)), nil
		})
	}
}

// soundex is the American code of a word: its first letter and three digits.
// What is no letter is left out; a letter without a code is an error.
func soundex(s string) (string, error) {
	const codes = "01230120022455012623010202" // of A to Z
	var letters []rune
	for _, r := range s {
		if unicode.IsLetter(r) {
			letters = append(letters, unicode.ToUpper(r))
		}
	}
	if len(letters) == 0 {
		return "", nil
	}
	var out []byte
	last := byte('0')
	for i, r := range letters {
		if i > 0 && (r == 'H' || r == 'W') { // these do not separate equal codes
			continue
		}
		if r < 'A' || r > 'Z' {
			return "", invalidArgument("The character is not mapped: %c (index=%d)", r, r-'A')
		}
		code := codes[r-'A']
		switch {
		case i == 0:
			out = append(out, byte(r))
		case code != '0' && code != last:
			out = append(out, code)
		}
		last = code
		if len(out) == 4 {
			return string(out), nil
		}
	}
	return string(append(out, "000"[:4-len(out)]...)), nil
}

// luhn checks a number's last digit.
func luhn(s string) (bool, error) {
	if s == "" {
		return false, nil
	}
	digits := []byte(s)
	slices.Reverse(digits)
	sum := 0
	for i, c := range digits {
		if c < '0' || c > '9' {
			return false, invalidArgument("Input contains non-digit character")
		}
		n := int(c - '0')
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0, nil
}
