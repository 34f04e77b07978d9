package console

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
)

// placeholder stands in index.html where the nonce goes.
const placeholder = "{{nonce}}"

// page is index.html around its nonces.
type page [][]byte

func newPage(index []byte) (page, error) {
	p := bytes.Split(index, []byte(placeholder))
	if len(p) < 2 {
		return nil, fmt.Errorf("the console's index.html has no place for the nonce (%s)", placeholder)
	}
	return p, nil
}

// serve writes the page. It names the files of this build, so a browser must ask
// for it every time.
func (p page) serve(w http.ResponseWriter, r *http.Request, nonce string) {
	b := bytes.Join(p, []byte(nonce))
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(b)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(b) // the browser has gone: nobody is left to tell
	}
}
