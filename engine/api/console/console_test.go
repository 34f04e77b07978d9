package console_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/traillake/traillake/engine/api/console"
)

func get(t *testing.T, method, path string) *http.Response {
	t.Helper()
	w := httptest.NewRecorder()
	console.Handler().ServeHTTP(w, httptest.NewRequest(method, path, nil))
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

func TestPages(t *testing.T) {
	types := map[string]string{
		"/": "text/html; charset=utf-8", "/console.js": "text/javascript; charset=utf-8", "/console.css": "text/css; charset=utf-8",
		"/favicon.svg": "image/svg+xml", "/favicon.ico": "image/svg+xml",
	}
	for path, want := range types {
		resp := get(t, "GET", path)
		if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != want || len(body(t, resp)) < 100 {
			t.Errorf("GET %s: %d %s", path, resp.StatusCode, resp.Header.Get("Content-Type"))
		}
		if resp = get(t, "HEAD", path); resp.StatusCode != 200 || body(t, resp) != "" {
			t.Errorf("HEAD %s: %d with a body", path, resp.StatusCode)
		}
	}
	for _, path := range []string{"/index.html", "/static/", "/../console.go", "/x"} {
		if resp := get(t, "GET", path); resp.StatusCode != 404 {
			t.Errorf("GET %s: %d, want 404", path, resp.StatusCode)
		}
	}
	if resp := get(t, "DELETE", "/"); resp.StatusCode != 405 || resp.Header.Get("Allow") == "" {
		t.Errorf("DELETE /: %d", resp.StatusCode)
	}
}

// TestSelfContained: the page names no other address, has no code of its own in
// the markup (the policy would stop it), and everything it names is served.
func TestSelfContained(t *testing.T) {
	resp := get(t, "GET", "/")
	policy := resp.Header.Get("Content-Security-Policy")
	for _, directive := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, directive) {
			t.Errorf("policy %q lacks %s", policy, directive)
		}
	}
	if strings.Contains(policy, "unsafe") {
		t.Errorf("policy = %q", policy)
	}
	page := body(t, resp)
	for _, m := range regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if r := get(t, "GET", "/"+m[1]); r.StatusCode != 200 {
			t.Errorf("the page names %s: %d", m[1], r.StatusCode)
		}
	}
	if regexp.MustCompile(`(?i)\son\w+=|\sstyle=|<style|<script(?:\s[^>]*)?>[^<]`).MatchString(page) {
		t.Error("the page has code or style in its markup")
	}
	for _, path := range []string{"/", "/console.js", "/console.css"} {
		text := body(t, get(t, "GET", path))
		if found := regexp.MustCompile(`(?i)(https?:)?//[a-z0-9-]+\.[a-z]`).FindString(text); found != "" {
			t.Errorf("%s names another address: %s", path, found)
		}
		if strings.Contains(text, "innerHTML") || strings.Contains(text, "eval(") {
			t.Errorf("%s writes markup from text", path)
		}
	}
}

// TestElements: every element the script asks for is on the page.
func TestElements(t *testing.T) {
	page := body(t, get(t, "GET", "/"))
	script := body(t, get(t, "GET", "/console.js"))
	asked := regexp.MustCompile(`\$\("([^"]+)"\)`).FindAllStringSubmatch(script, -1)
	if len(asked) < 10 {
		t.Fatalf("only %d elements found in the script", len(asked))
	}
	for _, m := range asked {
		if !strings.Contains(page, `id="`+m[1]+`"`) {
			t.Errorf("the script asks for %s, which the page does not have", m[1])
		}
	}
}
