package auth

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
)

// canonicalRequest is the text whose digest is signed (AWS General Reference,
// "Create a signed AWS API request", step 1): method, path, query, the signed
// headers with their values, their names, the body's digest.
//
// The AWS SDK's signer is not used for it, because it leaves out headers that
// other signers sign (User-Agent) and adds ones that they do not (Content-Length).
func canonicalRequest(r *http.Request, signedHeaders []string, payloadHash string) (string, error) {
	query, err := canonicalQuery(r.URL.RawQuery)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(r.Method)
	b.WriteByte('\n')
	b.WriteString(canonicalPath(r.URL))
	b.WriteByte('\n')
	b.WriteString(query)
	b.WriteByte('\n')
	for _, name := range signedHeaders {
		values, present := headerValues(r, name)
		if !present {
			return "", newError(IncompleteSignature, "'%s' is named in SignedHeaders but the request has no such header.", name)
		}
		b.WriteString(name)
		b.WriteByte(':')
		for i, v := range values {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(strings.Join(strings.Fields(v), " "))
		}
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
	b.WriteString(strings.Join(signedHeaders, ";"))
	b.WriteByte('\n')
	b.WriteString(payloadHash)
	return b.String(), nil
}

// headerValues finds a header by its lower-case name. Go's server keeps Host and
// Content-Length outside the header map.
func headerValues(r *http.Request, name string) ([]string, bool) {
	switch name {
	case "host":
		return []string{r.Host}, r.Host != ""
	case "content-length":
		if v, ok := r.Header["Content-Length"]; ok {
			return v, true
		}
		return []string{formatLength(r.ContentLength)}, r.ContentLength >= 0
	case "transfer-encoding":
		return r.TransferEncoding, len(r.TransferEncoding) > 0
	}
	v, ok := r.Header[http.CanonicalHeaderKey(name)]
	return v, ok
}

// canonicalPath is the path as it was sent, without dot segments and empty
// segments, each segment escaped once more (every service but S3 does so).
func canonicalPath(u *url.URL) string {
	sent := u.EscapedPath()
	clean := path.Clean("/" + sent)
	if clean != "/" && strings.HasSuffix(sent, "/") {
		clean += "/"
	}
	return escape(clean, "/")
}

func canonicalQuery(raw string) (string, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return "", newError(IncompleteSignature, "the query string cannot be read: %v", err)
	}
	pairs := make([]string, 0, len(values))
	for k, vs := range values {
		for _, v := range vs {
			pairs = append(pairs, escape(k, "")+"="+escape(v, ""))
		}
	}
	// Sorted by name, then by value. "=" sorts after digits, so whole pairs would
	// sort wrongly where one name is the beginning of another.
	slices.SortFunc(pairs, func(a, b string) int {
		ak, av, _ := strings.Cut(a, "=")
		bk, bv, _ := strings.Cut(b, "=")
		if c := strings.Compare(ak, bk); c != 0 {
			return c
		}
		return strings.Compare(av, bv)
	})
	return strings.Join(pairs, "&"), nil
}

// escape percent-encodes every byte but RFC 3986's unreserved ones and those in keep.
func escape(s, keep string) string {
	const hexDigits = "0123456789ABCDEF"
	var b strings.Builder
	b.Grow(len(s))
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9',
			c == '-', c == '.', c == '_', c == '~', strings.IndexByte(keep, c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hexDigits[c>>4])
			b.WriteByte(hexDigits[c&15])
		}
	}
	return b.String()
}
