// Package console serves the web console: static files in the binary that talk
// to the REST front only. Nothing is loaded from another address, and the
// content security policy forbids it.
package console

import (
	"embed"
	"net/http"
	"strconv"
)

//go:embed static
var static embed.FS

// page is a file of the console and what it is served as.
type page struct{ file, contentType string }

// pages is every path the console has. A browser asks for /favicon.ico by itself.
var pages = map[string]page{
	"/":            {"index.html", "text/html; charset=utf-8"},
	"/console.js":  {"console.js", "text/javascript; charset=utf-8"},
	"/console.css": {"console.css", "text/css; charset=utf-8"},
	"/favicon.svg": {"favicon.svg", "image/svg+xml"},
	"/favicon.ico": {"favicon.svg", "image/svg+xml"},
}

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Handler serves the console at its paths and answers 404 elsewhere.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		p, ok := pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		b, err := static.ReadFile("static/" + p.file)
		if err != nil { // a file of the binary cannot be missing: a test reads them all
			http.Error(w, "internal error", http.StatusInternalServerError)
			return
		}
		h.Set("Content-Type", p.contentType)
		h.Set("Cache-Control", "no-cache")
		h.Set("Content-Length", strconv.Itoa(len(b)))
		if r.Method == http.MethodGet {
			_, _ = w.Write(b) // the browser has gone: nobody is left to tell
		}
	})
}
