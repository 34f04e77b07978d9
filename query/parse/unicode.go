package parse

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

func isHex(s string) bool { return strings.Trim(s, "0123456789abcdefABCDEF") == "" }

// unescapeUnicode resolves the \XXXX, \+XXXXXX and \\ of U&'…' for an escape
// character. What is wrong with them is said as Trino says it.
func unescapeUnicode(s, escape string) (text, wrong string) {
	switch {
	case escape == "":
		return "", "Empty Unicode escape character"
	case len(escape) > 1 || escape <= " " || escape >= "\x7f" || strings.ContainsAny(escape, `+'"`) || isHex(escape):
		return "", "Invalid Unicode escape character: " + escape
	}
	var b strings.Builder
	for s != "" {
		plain, rest, found := strings.Cut(s, escape)
		b.WriteString(plain)
		if !found {
			break
		}
		if s = rest; strings.HasPrefix(s, escape) {
			b.WriteString(escape)
			s = s[1:]
			continue
		}
		r, n, wrong := unicodeEscape(s)
		if wrong != "" {
			return "", wrong
		}
		b.WriteRune(r)
		s = s[n:]
	}
	return b.String(), ""
}

// unicodeEscape reads the XXXX or +XXXXXX that s starts with; n is its length.
func unicodeEscape(s string) (r rune, n int, wrong string) {
	digits, n := s, 4
	if strings.HasPrefix(s, "+") {
		digits, n = s[1:], 6
	} else if first, size := utf8.DecodeRuneInString(s); s != "" && !isHex(s[:size]) {
		return 0, 0, "Invalid hexadecimal digit: " + string(first)
	}
	have := len(digits) - len(strings.TrimLeft(digits, "0123456789abcdefABCDEF"))
	if have < n {
		return 0, 0, "Incomplete escape sequence: " + digits[:have]
	}
	code, _ := strconv.ParseUint(digits[:n], 16, 32)
	switch {
	case code > utf8.MaxRune:
		return 0, 0, "Invalid escaped character: " + digits[:n]
	case utf16.IsSurrogate(rune(code)):
		return 0, 0, "Invalid escaped character: " + digits[:n] + ". Escaped character is a surrogate. Use '\\+123456' instead."
	}
	return rune(code), n + len(s) - len(digits), ""
}
