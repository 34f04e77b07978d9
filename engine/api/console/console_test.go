package console_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/traillake/traillake/engine/api/console"
)

// get asks as a browser does that opens a page, or with the headers given.
func get(t *testing.T, method, path string, header ...string) *http.Response {
	t.Helper()
	h, err := console.Handler()
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(method, path, nil)
	r.Header.Set("Accept", "text/html,*/*;q=0.8")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, resp *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// files are the paths of the bundle's files, but the page's.
func files(t *testing.T) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir("static", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && path != "static/index.html" {
			out = append(out, strings.TrimPrefix(filepath.ToSlash(path), "static"))
		}
		return err
	})
	if err != nil || len(out) < 5 {
		t.Fatalf("%d files: %v", len(out), err)
	}
	return out
}

func TestPage(t *testing.T) {
	for _, path := range []string{"/", "/query", "/stores/0f1e/imports", "/nowhere"} {
		resp := get(t, "GET", path)
		page := body(t, resp)
		if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/html; charset=utf-8" || !strings.Contains(page, `<div id="root">`) {
			t.Errorf("GET %s: %d %s", path, resp.StatusCode, resp.Header.Get("Content-Type"))
		}
		if resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("GET %s: a page with a nonce may be kept: %q", path, resp.Header.Get("Cache-Control"))
		}
		if resp = get(t, "HEAD", path); resp.StatusCode != 200 || body(t, resp) != "" {
			t.Errorf("HEAD %s: %d with a body", path, resp.StatusCode)
		}
	}
	if resp := get(t, "GET", "/", "Accept", "*/*"); resp.StatusCode != 200 {
		t.Errorf("GET / by a program: %d", resp.StatusCode)
	}
	if resp := get(t, "DELETE", "/"); resp.StatusCode != 405 || resp.Header.Get("Allow") == "" {
		t.Errorf("DELETE /: %d", resp.StatusCode)
	}
}

func TestNotFound(t *testing.T) {
	for _, path := range []string{"/index.html", "/static/", "/../console.go", "/assets/none", "/x.js", "/assets/"} {
		if resp := get(t, "GET", path); resp.StatusCode != 404 {
			t.Errorf("GET %s: %d, want 404", path, resp.StatusCode)
		}
	}
	if resp := get(t, "GET", "/nowhere", "Accept", "application/json"); resp.StatusCode != 404 {
		t.Errorf("GET /nowhere by a program: %d, want 404", resp.StatusCode)
	}
}

func TestFiles(t *testing.T) {
	types := map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
	for _, path := range append(files(t), "/favicon.ico") {
		want := types[filepath.Ext(path)]
		if path == "/favicon.ico" {
			want = "image/svg+xml"
		}
		resp := get(t, "GET", path)
		plain := body(t, resp)
		if resp.StatusCode != 200 || want == "" || resp.Header.Get("Content-Type") != want || len(plain) == 0 {
			t.Errorf("GET %s: %d %q, %d bytes", path, resp.StatusCode, resp.Header.Get("Content-Type"), len(plain))
		}
		if cache := resp.Header.Get("Cache-Control"); strings.HasPrefix(path, "/assets/") != strings.Contains(cache, "immutable") {
			t.Errorf("GET %s: Cache-Control %q", path, cache)
		}
		resp = get(t, "GET", path, "Accept-Encoding", "gzip, br")
		b := []byte(body(t, resp))
		if resp.Header.Get("Content-Encoding") == "gzip" {
			z, err := gzip.NewReader(bytes.NewReader(b))
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			if b, err = io.ReadAll(z); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
		} else if len(plain) > 4096 {
			t.Errorf("GET %s: %d bytes without compression", path, len(plain))
		}
		if string(b) != plain {
			t.Errorf("GET %s: the compressed answer has another content", path)
		}
	}
}

// TestPolicy: nothing runs but the console's own files, and style elements only
// with the nonce, which every answer has another of.
func TestPolicy(t *testing.T) {
	nonces := map[string]bool{}
	for range 3 {
		resp := get(t, "GET", "/")
		policy := resp.Header.Get("Content-Security-Policy")
		for _, directive := range []string{"default-src 'none'", "script-src 'self';", "frame-ancestors 'none'", "connect-src 'self'"} {
			if !strings.Contains(policy, directive) {
				t.Errorf("policy %q lacks %s", policy, directive)
			}
		}
		if regexp.MustCompile(`unsafe|https?:|\*`).MatchString(policy) {
			t.Errorf("policy = %q", policy)
		}
		m := regexp.MustCompile(`'nonce-([A-Z2-7]{20,})'`).FindStringSubmatch(policy)
		if m == nil {
			t.Fatalf("policy %q has no nonce", policy)
		}
		nonces[m[1]] = true
		if page := body(t, resp); !strings.Contains(page, `nonce="`+m[1]+`"`) || strings.Contains(page, "{{") {
			t.Errorf("the page has not the nonce %s", m[1])
		}
	}
	if len(nonces) != 3 {
		t.Errorf("%d nonces in 3 answers", len(nonces))
	}
}

// TestSelfContained: the page has no code of its own in the markup (the policy
// would stop it), everything it names is served, and no style sheet loads
// anything from elsewhere.
func TestSelfContained(t *testing.T) {
	page := body(t, get(t, "GET", "/"))
	named := regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllStringSubmatch(page, -1)
	if len(named) < 3 {
		t.Fatalf("the page names %d files", len(named))
	}
	for _, m := range named {
		if r := get(t, "GET", m[1]); r.StatusCode != 200 || !strings.HasPrefix(m[1], "/") {
			t.Errorf("the page names %s: %d", m[1], r.StatusCode)
		}
	}
	if regexp.MustCompile(`(?i)\son\w+=|\sstyle=|<style|<script(?:\s[^>]*)?>[^<]`).MatchString(page) {
		t.Error("the page has code or style in its markup")
	}
	for _, path := range files(t) {
		if !strings.HasSuffix(path, ".css") {
			continue
		}
		for _, m := range regexp.MustCompile(`(?:url\(|@import)\s*["']?([^"')]{1,60})`).FindAllStringSubmatch(body(t, get(t, "GET", path)), -1) {
			if !strings.HasPrefix(m[1], "data:image/") {
				t.Errorf("%s loads %s", path, m[1])
			}
		}
	}
}

// TestLockfile: the packages the bundle is made of have exact versions and
// checksums, and the file names no registry's address.
func TestLockfile(t *testing.T) {
	lock, err := os.ReadFile("web/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	if m := regexp.MustCompile(`"resolved": "([^"]*)"`).FindSubmatch(lock); m != nil {
		t.Errorf("package-lock.json names an address: %s (npm config: omit-lockfile-registry-resolved)", m[1])
	}
	if !bytes.Contains(lock, []byte(`"integrity": "sha512-`)) {
		t.Error("package-lock.json has no checksums")
	}
	manifest, err := os.ReadFile("web/package.json")
	if err != nil {
		t.Fatal(err)
	}
	if m := regexp.MustCompile(`": "[\^~>*][^"]*"`).FindAll(manifest, -1); len(m) > 1 { // engines.node is one
		t.Errorf("package.json has versions that are not exact: %s", m)
	}
}
