package engine

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"sort"
	"strings"
	"time"
)

// defaultPage is the page size of lists when none is asked for; AWS does not say its own.
const defaultPage = 100

// tokenSigner makes paging tokens that cannot be made up or used for another
// call: a token names the call it belongs to and is authenticated. Tokens live
// as long as the process.
type tokenSigner struct{ key []byte }

// token is the content of a paging token.
type token struct {
	Call   string `json:"c"`           // the operation and the parameters that must not change
	Offset int64  `json:"o,omitempty"` // of a result: number of the next row
	After  []byte `json:"a,omitempty"` // of a list: the place of the last item given out
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

// open returns what a token holds for a call.
func (s tokenSigner) open(text, call string) (token, error) {
	bad := Errorf(InvalidNextToken, "NextToken %q: was not given out for this call with these parameters; start without one", clip(text))
	if len(text) < 4 || len(text) > 1000 {
		return token{}, bad
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) < 16 || !hmac.Equal(raw[:16], s.mac(raw[16:])) {
		return token{}, bad
	}
	var t token
	if json.Unmarshal(raw[16:], &t) != nil || t.Call != call || t.Offset < 0 {
		return token{}, bad
	}
	return t, nil
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

// paginate sorts a list by the places of its items, which are unique, and cuts one
// page out of it. The next page begins after the last item of this one, whatever
// has come or gone since.
func paginate[T any](s tokenSigner, items []T, p Page, call string, place func(*T) string) ([]T, string, error) {
	size, err := pageSize(p.MaxResults, 1000, defaultPage)
	if err != nil {
		return nil, "", err
	}
	slices.SortFunc(items, func(a, b T) int { return strings.Compare(place(&a), place(&b)) })
	if p.NextToken != nil {
		t, err := s.open(*p.NextToken, call)
		if err != nil {
			return nil, "", err
		}
		items = items[sort.Search(len(items), func(i int) bool { return place(&items[i]) > string(t.After) }):]
	}
	if len(items) <= int(size) {
		return items, "", nil
	}
	items = items[:size]
	return items, s.sign(token{Call: call, After: []byte(place(&items[size-1]))}), nil
}

// newestFirst is the place of an item in a list that begins with the newest.
func newestFirst(created time.Time, id string) string {
	return fmt.Sprintf("%016x %s", math.MaxInt64-created.UnixNano(), id)
}

// maxPlace is the length up to which an address is its own place: a token has at
// most 1000 characters, an object's key may be as long.
const maxPlace = 380

// addressPlace is the place of an item in a list by address.
func addressPlace(address string) string {
	if len(address) <= maxPlace {
		return address
	}
	sum := sha256.Sum256([]byte(address))
	return fmt.Sprintf("%s\x00%x", address[:maxPlace], sum[:8])
}

// text returns the string a pointer holds, or "".
func text[T ~string](p *T) string {
	if p == nil {
		return ""
	}
	return string(*p)
}
