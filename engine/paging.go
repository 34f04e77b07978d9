package engine

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
)

// defaultPage is the page size of lists when none is asked for; AWS does not say its own.
const defaultPage = 100

// tokenSigner makes paging tokens that cannot be made up or used for another
// call: a token names the call it belongs to and is authenticated. Tokens live
// as long as the process.
type tokenSigner struct{ key []byte }

// token is the content of a paging token.
type token struct {
	Call   string `json:"c"` // the operation and the parameters that must not change
	Offset int64  `json:"o"`
}

func newTokenSigner(random io.Reader) (tokenSigner, error) {
	key := make([]byte, 32)
	if _, err := io.ReadFull(random, key); err != nil {
		return tokenSigner{}, fmt.Errorf("make the paging key: %w", err)
	}
	return tokenSigner{key: key}, nil
}

func (s tokenSigner) sign(t token) string {
	body, _ := json.Marshal(t) // two plain members: cannot fail
	return base64.RawURLEncoding.EncodeToString(append(s.mac(body), body...))
}

// open returns the offset a token holds for a call.
func (s tokenSigner) open(text, call string) (int64, error) {
	bad := Errorf(InvalidNextToken, "NextToken %q: was not given out for this call with these parameters; start without one", clip(text))
	if len(text) < 4 || len(text) > 1000 {
		return 0, bad
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) < 16 || !hmac.Equal(raw[:16], s.mac(raw[16:])) {
		return 0, bad
	}
	var t token
	if json.Unmarshal(raw[16:], &t) != nil || t.Call != call || t.Offset < 0 {
		return 0, bad
	}
	return t.Offset, nil
}

func (s tokenSigner) mac(body []byte) []byte {
	h := hmac.New(sha256.New, s.key)
	h.Write(body)
	return h.Sum(nil)[:16]
}

// callName builds the part of a token that ties it to a call; long parameters are hashed.
func callName(op string, params ...string) string {
	h := sha256.New()
	for _, p := range params {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return op + ":" + base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:9])
}

// pageSize checks MaxResults.
func pageSize(asked *int32, highest, standard int32) (int32, error) {
	if asked == nil {
		return standard, nil
	}
	if *asked < 1 || *asked > highest {
		return 0, Errorf(InvalidMaxResults, "MaxResults %d: must be 1 to %d", *asked, highest)
	}
	return *asked, nil
}

// paginate cuts one page out of a list that does not change its order.
func paginate[T any](s tokenSigner, items []T, p Page, call string) ([]T, string, error) {
	size, err := pageSize(p.MaxResults, 1000, defaultPage)
	if err != nil {
		return nil, "", err
	}
	var offset int64
	if p.NextToken != nil {
		if offset, err = s.open(*p.NextToken, call); err != nil {
			return nil, "", err
		}
	}
	if offset > int64(len(items)) {
		offset = int64(len(items))
	}
	items = items[offset:]
	if len(items) <= int(size) {
		return items, "", nil
	}
	return items[:size], s.sign(token{Call: call, Offset: offset + int64(size)}), nil
}

// text returns the string a pointer holds, or "".
func text[T ~string](p *T) string {
	if p == nil {
		return ""
	}
	return string(*p)
}
