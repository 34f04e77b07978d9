package function

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/traillake/traillake/query/types"
)

// jsonReader walks over JSON text without building a tree. Every method is
// false, and the reader of no more use, where the text is not JSON.
type jsonReader struct {
	s string
	i int
}

// maxJSONDepth bounds the recursion of readers.
const maxJSONDepth = 2000

func (j *jsonReader) space() {
	for j.i < len(j.s) {
		switch j.s[j.i] {
		case ' ', '\t', '\n', '\r':
			j.i++
		default:
			return
		}
	}
}

// peek skips blanks and returns the next byte, 0 at the end.
func (j *jsonReader) peek() byte {
	j.space()
	if j.i >= len(j.s) {
		return 0
	}
	return j.s[j.i]
}

// accept skips blanks and the byte c when it comes next.
func (j *jsonReader) accept(c byte) bool {
	if j.peek() != c {
		return false
	}
	j.i++
	return true
}

// end reports whether nothing but blanks is left.
func (j *jsonReader) end() bool { return j.peek() == 0 && j.i >= len(j.s) }

// text skips one value and returns its text.
func (j *jsonReader) text() (string, bool) {
	j.space()
	start := j.i
	ok := j.skip(0)
	return j.s[start:j.i], ok
}

// skip passes over one value.
func (j *jsonReader) skip(depth int) bool {
	if depth > maxJSONDepth {
		return false
	}
	switch j.peek() {
	case '{':
		return j.members(func(string) bool { return j.skip(depth + 1) })
	case '[':
		return j.elements(func(int) bool { return j.skip(depth + 1) })
	case '"':
		_, _, ok := j.rawString()
		return ok
	case 't':
		return j.word("true")
	case 'f':
		return j.word("false")
	case 'n':
		return j.word("null")
	}
	_, ok := j.number()
	return ok
}

func (j *jsonReader) word(w string) bool {
	if !strings.HasPrefix(j.s[j.i:], w) {
		return false
	}
	j.i += len(w)
	return true
}

// members calls f for every member of the object that comes next; f reads the value.
func (j *jsonReader) members(f func(key string) bool) bool {
	if !j.accept('{') {
		return false
	}
	if j.accept('}') {
		return true
	}
	for {
		if j.peek() != '"' {
			return false
		}
		key, ok := j.str()
		if !ok || !j.accept(':') || !f(key) {
			return false
		}
		if j.accept('}') {
			return true
		}
		if !j.accept(',') {
			return false
		}
	}
}

// elements calls f for every element of the array that comes next; f reads it.
func (j *jsonReader) elements(f func(i int) bool) bool {
	if !j.accept('[') {
		return false
	}
	if j.accept(']') {
		return true
	}
	for i := 0; ; i++ {
		if !f(i) {
			return false
		}
		if j.accept(']') {
			return true
		}
		if !j.accept(',') {
			return false
		}
	}
}

// rawString passes over a string and returns what is between the quotes.
func (j *jsonReader) rawString() (raw string, escaped, ok bool) {
	start := j.i + 1
	for i := start; i < len(j.s); i++ {
		switch c := j.s[i]; {
		case c == '"':
			j.i = i + 1
			return j.s[start:i], escaped, true
		case c == '\\':
			escaped = true
			i++
			if i < len(j.s) && !strings.ContainsRune(`"\/bfnrtu`, rune(j.s[i])) {
				return "", false, false
			}
		case c < ' ':
			return "", false, false
		}
	}
	return "", false, false
}

// str reads a string.
func (j *jsonReader) str() (string, bool) {
	raw, escaped, ok := j.rawString()
	if !ok || !escaped {
		return raw, ok
	}
	return unescapeJSON(raw)
}

var jsonEscapes = map[byte]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', '"': '"', '\\': '\\', '/': '/'}

func unescapeJSON(raw string) (string, bool) {
	var b strings.Builder
	b.Grow(len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			b.WriteByte(raw[i])
			continue
		}
		i++
		if raw[i] != 'u' {
			b.WriteByte(jsonEscapes[raw[i]])
			continue
		}
		r, ok := hex4(raw, i+1)
		if !ok {
			return "", false
		}
		i += 4
		if utf16.IsSurrogate(r) && strings.HasPrefix(raw[i+1:], `\u`) {
			if low, ok := hex4(raw, i+3); ok {
				if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
					r = pair
					i += 6
				}
			}
		}
		b.WriteRune(r)
	}
	return b.String(), true
}

func hex4(s string, at int) (rune, bool) {
	if at+4 > len(s) {
		return 0, false
	}
	v, err := strconv.ParseUint(s[at:at+4], 16, 16)
	return rune(v), err == nil
}

// number passes over a number and returns its text.
func (j *jsonReader) number() (string, bool) {
	start, i := j.i, j.i
	digits := func() bool {
		from := i
		for i < len(j.s) && j.s[i] >= '0' && j.s[i] <= '9' {
			i++
		}
		return i > from
	}
	if i < len(j.s) && j.s[i] == '-' {
		i++
	}
	zero := i < len(j.s) && j.s[i] == '0'
	first := i
	if !digits() || zero && i > first+1 {
		return "", false
	}
	if i < len(j.s) && j.s[i] == '.' {
		i++
		if !digits() {
			return "", false
		}
	}
	if i < len(j.s) && (j.s[i] == 'e' || j.s[i] == 'E') {
		i++
		if i < len(j.s) && (j.s[i] == '+' || j.s[i] == '-') {
			i++
		}
		if !digits() {
			return "", false
		}
	}
	j.i = i
	return j.s[start:i], true
}

// canonical copies one value without blanks and with the fewest escapes. Sorted
// is json_parse's form: members in the order of their keys, the last of equal
// keys counting, and numbers exact. Otherwise members stay where they are and
// fractions print as doubles.
func (j *jsonReader) canonical(dst []byte, sorted bool, depth int) ([]byte, bool) {
	if depth > maxJSONDepth {
		return dst, false
	}
	switch j.peek() {
	case '{':
		if sorted {
			return j.canonicalObject(dst, depth)
		}
		first := true
		dst = append(dst, '{')
		ok := j.members(func(key string) bool {
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = append(appendJSONString(dst, key), ':')
			var ok bool
			dst, ok = j.canonical(dst, sorted, depth+1)
			return ok
		})
		return append(dst, '}'), ok
	case '[':
		dst = append(dst, '[')
		ok := j.elements(func(i int) bool {
			if i > 0 {
				dst = append(dst, ',')
			}
			var ok bool
			dst, ok = j.canonical(dst, sorted, depth+1)
			return ok
		})
		return append(dst, ']'), ok
	case '"':
		s, ok := j.str()
		return appendJSONString(dst, s), ok
	case 't', 'f', 'n':
		start := j.i
		ok := j.skip(depth)
		return append(dst, j.s[start:j.i]...), ok
	}
	text, ok := j.number()
	return appendJSONNumber(dst, text, sorted), ok
}

func (j *jsonReader) canonicalObject(dst []byte, depth int) ([]byte, bool) {
	members := map[string][]byte{}
	var keys []string
	ok := j.members(func(key string) bool {
		value, ok := j.canonical(nil, true, depth+1)
		if _, seen := members[key]; !seen {
			keys = append(keys, key)
		}
		members[key] = value
		return ok
	})
	slices.Sort(keys)
	dst = append(dst, '{')
	for i, key := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendJSONString(dst, key), ':')
		dst = append(dst, members[key]...)
	}
	return append(dst, '}'), ok
}

// appendJSONNumber prints a number as json_parse keeps it, exactly, or as what
// is taken out of JSON text prints it, as a double.
func appendJSONNumber(dst []byte, text string, exact bool) []byte {
	if !strings.ContainsAny(text, ".eE") {
		if text == "-0" {
			return append(dst, '0')
		}
		return append(dst, text...)
	}
	if exact {
		return appendBigDecimal(dst, text)
	}
	v, _ := strconv.ParseFloat(text, 64)
	if math.IsInf(v, 0) {
		return append(types.AppendFloat(append(dst, '"'), v, 64), '"')
	}
	return types.AppendFloat(dst, v, 64)
}

// appendBigDecimal prints a number with all its digits as Java's BigDecimal
// does: plain down to 0.000001, else with one digit before the point and an exponent.
func appendBigDecimal(dst []byte, text string) []byte {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	digits, negative := strings.CutPrefix(mantissa, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	exp, _ := strconv.Atoi(strings.TrimPrefix(exponent, "+"))
	scale := len(fraction) - exp
	digits = strings.TrimLeft(whole+fraction, "0")
	if digits == "" {
		digits, negative = "0", false
	}
	if negative {
		dst = append(dst, '-')
	}
	adjusted := len(digits) - 1 - scale
	switch {
	case scale == 0:
		return append(dst, digits...)
	case scale > 0 && adjusted >= -6:
		if missing := scale + 1 - len(digits); missing > 0 {
			digits = strings.Repeat("0", missing) + digits
		}
		at := len(digits) - scale
		return append(append(append(dst, digits[:at]...), '.'), digits[at:]...)
	}
	dst = append(dst, digits[0])
	if len(digits) > 1 {
		dst = append(append(dst, '.'), digits[1:]...)
	}
	if adjusted == 0 {
		return dst
	}
	dst = append(dst, 'E')
	if adjusted > 0 {
		dst = append(dst, '+')
	}
	return strconv.AppendInt(dst, int64(adjusted), 10)
}

func appendJSONString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < 0xF0 {
			continue
		}
		dst = append(dst, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\b':
			dst = append(dst, `\b`...)
		case '\f':
			dst = append(dst, `\f`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		default:
			const hex = "0123456789ABCDEF"
			if c >= 0xF0 { // the first byte of a character that UTF-16 writes as two
				r, size := utf8.DecodeRuneInString(s[i:])
				high, low := utf16.EncodeRune(r)
				dst = fmt.Appendf(dst, `\u%04X\u%04X`, high, low)
				i += size - 1
				start = i + 1
				continue
			}
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(append(dst, s[start:]...), '"')
}
