package function

import (
	"net/url"
	"strconv"
	"strings"
)

var urlFunctions = []entry{
	{sig: "url_extract_protocol(varchar(x)) varchar(x)", make: ofURL(func(u *url.URL) (string, error) { return u.Scheme, nil })},
	{sig: "url_extract_host(varchar(x)) varchar(x)", make: ofURL(func(u *url.URL) (string, error) { return u.Hostname(), nil })},
	{sig: "url_extract_port(varchar(x)) bigint", make: ofURL(func(u *url.URL) (int64, error) {
		n, err := strconv.ParseInt(u.Port(), 10, 64)
		if err != nil {
			return 0, errNull
		}
		return n, nil
	})},
	{sig: "url_extract_path(varchar(x)) varchar(x)", make: ofURL(func(u *url.URL) (string, error) { return u.Path, nil })},
	{sig: "url_extract_query(varchar(x)) varchar(x)", make: ofURL(func(u *url.URL) (string, error) {
		q, err := url.PathUnescape(u.RawQuery)
		if err != nil {
			return u.RawQuery, nil
		}
		return q, nil
	})},
	{sig: "url_extract_fragment(varchar(x)) varchar(x)", make: ofURL(func(u *url.URL) (string, error) { return u.Fragment, nil })},
	{sig: "url_extract_parameter(varchar(x), varchar(y)) varchar(x)", make: f2(urlParameter)},
	{sig: "url_encode(varchar(x)) varchar", make: pure1(urlEncode)},
	{sig: "url_decode(varchar(x)) varchar(x)", make: f1(urlDecode)},
}

// ofURL adapts a function of a parsed URL; what is no URL gives NULL.
func ofURL[R any](f func(u *url.URL) (R, error)) maker {
	return f1(func(s string) (R, error) {
		u, err := url.Parse(s)
		if err != nil || strings.ContainsAny(s, " <>\"{}|\\^`") {
			return *new(R), errNull
		}
		return f(u)
	})
}

func urlParameter(s, name string) (string, error) {
	u, err := url.Parse(s)
	if err != nil {
		return "", errNull
	}
	for _, pair := range strings.Split(u.RawQuery, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if k, err := url.QueryUnescape(key); err != nil || k != name {
			continue
		}
		v, err := url.QueryUnescape(value)
		if err != nil {
			return "", errNull
		}
		return v, nil
	}
	return "", errNull
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

func urlDecode(s string) (string, error) {
	v, err := url.QueryUnescape(s)
	if err != nil {
		return "", invalidArgument("%v", err)
	}
	return v, nil
}
