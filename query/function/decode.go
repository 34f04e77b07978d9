package function

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The messages of these decoders are those of the Java library, which Trino passes on.

// validUTF8 replaces each malformed sequence. A sequence that is well formed but
// for its value (a surrogate, an overlong form) is one.
func validUTF8(b []byte, with string) string {
	if utf8.Valid(b) {
		return string(b)
	}
	var out strings.Builder
	for len(b) > 0 {
		if r, size := utf8.DecodeRune(b); r != utf8.RuneError || size > 1 {
			out.Write(b[:size])
			b = b[size:]
			continue
		}
		out.WriteString(with)
		b = b[malformedUTF8(b):]
	}
	return out.String()
}

// malformedUTF8 is the length of the malformed sequence that b begins with.
func malformedUTF8(b []byte) int {
	size := 1
	switch c := b[0]; {
	case c >= 0xC0 && c < 0xE0:
		size = 2
	case c >= 0xE0 && c < 0xF0:
		size = 3
	case c >= 0xF0 && c < 0xF8:
		size = 4
	case c >= 0xF8 && c < 0xFC:
		size = 5
	case c >= 0xFC && c < 0xFE:
		size = 6
	}
	for i := 1; i < size; i++ {
		if i >= len(b) || b[i]&0xC0 != 0x80 {
			return i
		}
	}
	return size
}

func fromUTF8(b []byte, with string) string { return validUTF8(b, with) }

func fromUTF8With(b []byte, with string) (string, error) {
	if utf8.RuneCountInString(with) > 1 {
		return "", invalidArgument("Replacement character string must empty or a single character")
	}
	return fromUTF8(b, with), nil
}

func fromUTF8WithRune(b []byte, with int64) (string, error) {
	if with < 0 || with > unicode.MaxRune || with >= 0xD800 && with <= 0xDFFF {
		return "", invalidArgument("Invalid replacement character")
	}
	return fromUTF8(b, string(rune(with))), nil
}

func fromHex(s string) ([]byte, error) {
	if len(s)%2 != 0 {
		return nil, invalidArgument("invalid input length %d", len(s))
	}
	for _, r := range s {
		if r >= utf8.RuneSelf || !isHexDigit(byte(r)) {
			return nil, notHex(r)
		}
	}
	return hex.DecodeString(s)
}

func isHexDigit(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func notHex(r rune) error { return invalidArgument("not a hexadecimal digit: \"%c\" = %d", r, r) }

// decodeBase64 takes text with or without padding.
func decodeBase64(enc *base64.Encoding) func(string) ([]byte, error) {
	strict := enc.WithPadding(base64.NoPadding)
	return func(s string) ([]byte, error) {
		if len(s) == 1 {
			return nil, invalidArgument("Input byte[] should at least have 2 bytes for base64 bytes")
		}
		body := s
		if i := strings.IndexByte(s, '='); i >= 0 {
			body = s[:i]
		}
		for i := range len(body) {
			if !isWordByte(body[i]) && (enc == base64.StdEncoding && strings.IndexByte("+/", body[i]) < 0 || enc == base64.URLEncoding && strings.IndexByte("-_", body[i]) < 0) {
				return nil, invalidArgument("Illegal base64 character %x", int8(body[i]))
			}
		}
		end := len(body)
		if end < len(s) {
			switch {
			case len(body)%4 == 0 || len(body)%4 == 2 && !strings.HasPrefix(s[end:], "=="):
				return nil, invalidArgument("Input byte array has wrong 4-byte ending unit")
			case len(body)%4 == 2:
				end += 2
			case len(body)%4 == 3:
				end++
			}
		}
		if len(body)%4 == 1 {
			return nil, invalidArgument("Last unit does not have enough valid bits")
		}
		if end < len(s) {
			return nil, invalidArgument("Input byte array has incorrect ending byte at %d", end)
		}
		return strict.DecodeString(body)
	}
}

func decodeBase32(s string) ([]byte, error) {
	body := strings.TrimRight(s, "=")
	if n := len(body) % 8; n == 1 || n == 3 || n == 6 {
		return nil, invalidArgument("Invalid input length %d", len(body))
	}
	for _, r := range body {
		if (r < 'A' || r > 'Z') && (r < '2' || r > '7') {
			if r <= ' ' || r >= 0x7F {
				return nil, invalidArgument("Unrecognized character: 0x%x", r)
			}
			return nil, invalidArgument("Unrecognized character: %c", r)
		}
	}
	return base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(body)
}
