package function

import (
	"math"
	"strconv"
	"strings"
	"unicode"

	"github.com/traillake/traillake/query/types"
)

var urlFunctions = []entry{
	{sig: "url_extract_protocol(varchar(x)) varchar(x)", make: ofURL(func(u *uri) (string, error) { return u.scheme, nil })},
	{sig: "url_extract_host(varchar(x)) varchar(x)", make: ofURL(func(u *uri) (string, error) { return u.host, nil })},
	{sig: "url_extract_port(varchar(x)) bigint", make: ofURL(func(u *uri) (int64, error) {
		if u.port < 0 {
			return 0, errNull
		}
		return u.port, nil
	})},
	{sig: "url_extract_path(varchar(x)) varchar(x)", make: ofURL(func(u *uri) (string, error) { return unescapeURL(u.path, false) })},
	{sig: "url_extract_query(varchar(x)) varchar(x)", make: ofURL(func(u *uri) (string, error) { return unescapeURL(u.query, false) })},
	{sig: "url_extract_fragment(varchar(x)) varchar(x)", make: ofURL(func(u *uri) (string, error) { return unescapeURL(u.fragment, false) })},
	{sig: "url_extract_parameter(varchar(x), varchar(y)) varchar(x)", make: f2(urlParameter)},
	{sig: "url_encode(varchar(x)) varchar(y)", make: pure1(urlEncode), result: func(args []types.Type) (types.Type, error) {
		return boundedVarchar(min(12*lengthOf(args[0]), math.MaxInt32)), nil
	}},
	{sig: "url_decode(varchar(x)) varchar(x)", make: f1(func(s string) (string, error) { return unescapeURL(s, true) })},
}

// ofURL adapts a function of a parsed URL; what is no URL gives NULL.
func ofURL[R any](f func(u *uri) (R, error)) maker {
	return f1(func(s string) (R, error) {
		u, ok := parseURI(s)
		if !ok {
			return *new(R), errNull
		}
		return f(u)
	})
}

// urlParameter takes the first parameter of the name, whose own escapes are not resolved.
func urlParameter(s, name string) (string, error) {
	u, ok := parseURI(s)
	if !ok || u.query == "" {
		return "", errNull
	}
	for pair := range strings.SplitSeq(u.query, "&") {
		if key, value, _ := strings.Cut(pair, "="); key == name {
			return unescapeURL(value, true)
		}
	}
	return "", errNull
}

// uri is the parts of a URI as java.net.URI sees them, escapes not resolved. An
// authority that is no host and port has neither.
type uri struct {
	scheme, host, path, query, fragment string
	port                                int64 // -1 without one
}

const uriOther = "-_.!~*'();:@&=+$,"

// uriText reports whether s has only characters that may stand in a part of a
// URI, with escapes of two hexadecimal digits.
func uriText(s, more string) bool {
	for i, r := range s {
		switch {
		case r == '%':
			if len(s) < i+3 || !isHexDigit(s[i+1]) || !isHexDigit(s[i+2]) {
				return false
			}
		case r >= 0x80:
			if unicode.IsControl(r) || unicode.In(r, unicode.Z) {
				return false
			}
		case !isWordByte(byte(r)) && !strings.ContainsRune(uriOther, r) && !strings.ContainsRune(more, r):
			return false
		}
	}
	return true
}

// parseURI follows RFC 2396 with Java's additions: characters beyond ASCII stand for themselves.
func parseURI(s string) (*uri, bool) {
	u := &uri{port: -1}
	rest, fragment, _ := strings.Cut(s, "#")
	u.fragment = fragment
	if !uriText(fragment, "/?[]") {
		return nil, false
	}
	if i := strings.IndexAny(rest, ":/?"); i >= 0 && rest[i] == ':' {
		u.scheme, rest = rest[:i], rest[i+1:]
		if !isScheme(u.scheme) || rest == "" {
			return nil, false
		}
		if rest[0] != '/' { // opaque: mailto:, arn:
			return u, uriText(rest, "/?[]")
		}
	}
	rest, u.query, _ = strings.Cut(rest, "?")
	if authority, ok := strings.CutPrefix(rest, "//"); ok {
		end := strings.IndexByte(authority, '/')
		if end < 0 {
			end = len(authority)
		}
		authority, rest = authority[:end], authority[end:]
		if authority == "" && rest == "" && u.query == "" && fragment == "" || !uriText(authority, "[]") {
			return nil, false
		}
		u.authority(authority)
	}
	u.path = rest
	return u, uriText(u.path, "/") && uriText(u.query, "/?[]")
}

func isScheme(s string) bool {
	for i := range len(s) {
		letter := isWordByte(s[i]) && s[i] > '9'
		if !letter && (i == 0 || !isWordByte(s[i]) && strings.IndexByte("+-.", s[i]) < 0) {
			return false
		}
	}
	return s != ""
}

// authority reads [user@]host[:port].
func (u *uri) authority(s string) {
	s = s[strings.LastIndexByte(s, '@')+1:]
	host, port, hasPort := s, "", false
	if i := strings.LastIndexByte(s, ':'); i > strings.LastIndexByte(s, ']') {
		host, port, hasPort = s[:i], s[i+1:], true
	}
	if !isHost(host) {
		return
	}
	if hasPort && port != "" {
		n, err := strconv.ParseInt(port, 10, 32)
		if err != nil || n < 0 {
			return
		}
		u.port = n
	}
	u.host = host
}

// isHost accepts names of letters, digits and hyphens, of which the last label
// begins with a letter, IPv4 addresses, and IPv6 addresses in brackets.
func isHost(s string) bool {
	if strings.HasPrefix(s, "[") {
		_, err := parseIP(strings.TrimSuffix(s[1:], "]"))
		return err == nil && strings.HasSuffix(s, "]")
	}
	if _, err := parseIP(s); err == nil {
		return !strings.Contains(s, ":")
	}
	labels := strings.Split(strings.TrimSuffix(s, "."), ".")
	for _, l := range labels {
		if l == "" || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		for i := range len(l) {
			if !isWordByte(l[i]) && l[i] != '-' {
				return false
			}
		}
	}
	return labels[len(labels)-1][0] > '9'
}

// urlEncode leaves letters, digits, "-", "_", "." and "*" and turns blanks into "+".
func urlEncode(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(s) {
		switch {
		case isWordByte(c) || strings.IndexByte("-_.*", c) >= 0:
			b.WriteByte(c)
		case c == ' ':
			b.WriteByte('+')
		default:
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

// unescapeURL resolves %XX; in a form "+" is a blank.
func unescapeURL(s string, form bool) (string, error) {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '+' && form:
			out = append(out, ' ')
		case s[i] != '%':
			out = append(out, s[i])
		case i+2 >= len(s):
			return "", invalidArgument("URLDecoder: Incomplete trailing escape (%%) pattern")
		default:
			for _, r := range s[i+1 : i+3] {
				if r >= 0x80 || !isHexDigit(byte(r)) {
					return "", invalidArgument("URLDecoder: Illegal hex characters in escape (%%) pattern - not a hexadecimal digit: \"%c\" = %d", r, r)
				}
			}
			v, _ := strconv.ParseUint(s[i+1:i+3], 16, 8)
			out = append(out, byte(v))
			i += 2
		}
	}
	return validUTF8(out, "\uFFFD"), nil
}
