package console

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// contentTypes is what the console's files are served as, by their endings.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".svg":  "image/svg+xml",
}

// file is a file of the console.
type file struct {
	contentType string
	// forever: the name has a hash of the content in it, so the content never changes.
	forever    bool
	plain      []byte
	compressed func() []byte // gzip, made when it is first asked for
}

func newFile(name string, b []byte) *file {
	ending := path.Ext(name)
	f := &file{contentType: contentTypes[ending], plain: b, forever: ending == ".js" || ending == ".css"}
	f.compressed = sync.OnceValue(func() []byte {
		var out bytes.Buffer
		z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
		if err != nil {
			return nil // the level is right
		}
		_, err = z.Write(b)
		if err != nil || z.Close() != nil {
			return nil // writing to memory does not fail
		}
		return out.Bytes()
	})
	return f
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.contentType)
	h.Set("Vary", "Accept-Encoding")
	if f.forever {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	b := f.plain
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		if z := f.compressed(); z != nil && len(z) < len(b) {
			h.Set("Content-Encoding", "gzip")
			b = z
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(b)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(b) // the browser has gone: nobody is left to tell
	}
}
