// Package console serves the web console: static files in the binary, made from
// the sources in web, that talk to the REST front only. Nothing is loaded from
// another address, and the content security policy forbids it.
package console

import (
	"crypto/rand"
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed static
var static embed.FS

// Handler serves the console: its files at their names, its page at "/" and at
// every other path that a browser opens as a page, for the page's own router.
func Handler() (http.Handler, error) {
	h := &handler{files: map[string]*file{}}
	err := fs.WalkDir(static, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := static.ReadFile(name)
		if err != nil {
			return err
		}
		h.files[strings.TrimPrefix(name, "static")] = newFile(path.Base(name), b)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the console's files: %w", err)
	}
	index := h.files["/index.html"]
	if index == nil {
		return nil, fmt.Errorf("the console has no index.html: run 'make console'")
	}
	delete(h.files, "/index.html")
	// A browser asks for /favicon.ico by itself.
	h.files["/favicon.ico"] = h.files["/favicon.svg"]
	h.page, err = newPage(index.plain)
	return h, err
}

type handler struct {
	files map[string]*file
	page  page
}

// ServeHTTP implements http.Handler.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	nonce := rand.Text()
	header := w.Header()
	header.Set("Content-Security-Policy", policy(nonce))
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	f, ok := h.files[r.URL.Path]
	if !ok && !isPage(r) {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	if ok {
		f.serve(w, r)
		return
	}
	h.page.serve(w, r, nonce)
}

// isPage tells whether a browser wants to show what is at a path that no file
// has. Programs that ask for a path that is not there shall hear so.
func isPage(r *http.Request) bool {
	p := r.URL.Path
	return p == "/" || !strings.HasPrefix(p, "/assets/") && path.Clean(p) == p &&
		!strings.Contains(path.Base(p), ".") && strings.Contains(r.Header.Get("Accept"), "text/html")
}
