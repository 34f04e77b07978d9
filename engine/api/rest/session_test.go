package rest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/traillake/traillake/engine/api/apitest"
)

// browser is a client that keeps cookies.
type browser struct {
	t      *testing.T
	base   string
	client *http.Client
}

func newBrowser(t *testing.T, base string) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, base: base, client: &http.Client{Jar: jar}}
}

// fetch sends a request with headers, given as name, value, name, value.
func (b *browser) fetch(method, path, body string, header ...string) (status int, h http.Header, answer string) {
	b.t.Helper()
	r, err := http.NewRequest(method, b.base+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(raw)
}

const (
	session = "/api/v1/session"
	rightID = `{"accessKeyId": "` + apitest.KeyID + `", "secretAccessKey": "` + apitest.Secret + `"}`
	wrongID = `{"accessKeyId": "` + apitest.KeyID + `", "secretAccessKey": "guess"}`
)

var asJSON = []string{"Content-Type", "application/json"}

// signIn signs in and returns the session's CSRF token.
func (b *browser) signIn() string {
	b.t.Helper()
	status, _, answer := b.fetch("POST", session, rightID, asJSON...)
	var s struct{ CSRFToken string }
	if err := json.Unmarshal([]byte(answer), &s); err != nil || status != 200 || s.CSRFToken == "" {
		b.t.Fatalf("sign in: %d %s %v", status, answer, err)
	}
	return s.CSRFToken
}

// TestSession walks through a session: signing in, asking, changing, signing out.
func TestSession(t *testing.T) {
	e := &apitest.Engine{}
	b := newBrowser(t, serve(t, e))
	if status, h, answer := b.fetch("GET", session, ""); status != 401 || h.Get("WWW-Authenticate") == "" || !strings.Contains(answer, `"MissingAuthenticationToken"`) {
		t.Errorf("before: %d %s", status, answer)
	}
	csrf := b.signIn()
	status, h, answer := b.fetch("GET", session, "", "Sec-Fetch-Site", "same-origin")
	var who struct {
		AccessKeyID, UserName, ARN, AccountID, Region, ServerVersion, CSRFToken string
		Expires, IdleExpires                                                    time.Time
	}
	if err := json.Unmarshal([]byte(answer), &who); err != nil || status != 200 {
		t.Fatalf("who am I: %d %s %v", status, answer, err)
	}
	if who.AccessKeyID != apitest.KeyID || who.UserName != "root" || who.AccountID != apitest.AccountID || who.Region != "us-east-1" ||
		who.ARN != "arn:aws:iam::123456789012:root" || who.ServerVersion != "v1.2.3" || who.CSRFToken != csrf ||
		!who.IdleExpires.After(time.Now()) || !who.Expires.After(who.IdleExpires) || h.Get("Cache-Control") != "no-store" || strings.Contains(answer, apitest.Secret) {
		t.Errorf("who am I: %+v", who)
	}
	for _, c := range []struct {
		request, body string
		csrf          string
		status        int
	}{
		{"GET /api/v1/imports", "", "", 200},
		{"GET /api/v1/queries/q/stream", "", "", 200},
		{"POST /api/v1/queries", `{"queryStatement": "SELECT 1"}`, csrf, 200},
		{"PUT /api/v1/uploads/id/key", "x", csrf, 204},
		{"POST /api/v1/queries", `{"queryStatement": "SELECT 1"}`, "", 403},
		{"PUT /api/v1/uploads/id/key", "x", "", 403},
		{"DELETE /api/v1/event-data-stores/s", "", "guess", 403},
		{"DELETE /api/v1/session", "", "", 403},
		{"PUT /api/v1/session", "", csrf, 405},
	} {
		method, path, _ := strings.Cut(c.request, " ")
		e.Calls()
		status, _, answer := b.fetch(method, path, c.body, "X-TrailLake-CSRF", c.csrf)
		calls := e.Calls()
		if status != c.status || status == 403 && !strings.Contains(answer, `"AccessDenied"`) {
			t.Errorf("%s, token %.5q: %d %s", c.request, c.csrf, status, answer)
		}
		if (len(calls) == 1) != (status < 300) || len(calls) == 1 && calls[0].Principal != apitest.Principal() {
			t.Errorf("%s: the engine was asked %+v", c.request, calls)
		}
	}
	if status, h, answer := b.fetch("DELETE", session, "", "X-TrailLake-CSRF", csrf); status != 204 || !strings.Contains(h.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("sign out: %d %s %s", status, h, answer)
	}
	if status, _, _ := b.fetch("GET", "/api/v1/imports", ""); status != 401 {
		t.Errorf("after signing out: %d", status)
	}
}

// TestSessionReplaced: signing in again ends the session before.
func TestSessionReplaced(t *testing.T) {
	base := serve(t, &apitest.Engine{})
	b := newBrowser(t, base)
	b.signIn()
	r, err := http.NewRequest("GET", base+session, nil)
	if err != nil {
		t.Fatal(err)
	}
	before := b.client.Jar.Cookies(r.URL)
	b.signIn()
	for _, c := range before {
		r.AddCookie(c)
	}
	if status, _, answer := do(t, r); status != 401 || !strings.Contains(answer, "sign in again") {
		t.Errorf("the session before: %d %s", status, answer)
	}
	if status, _, _ := b.fetch("GET", session, ""); status != 200 {
		t.Errorf("the new session: %d", status)
	}
}

func TestSignIn(t *testing.T) {
	base := serve(t, &apitest.Engine{})
	for _, c := range []struct {
		name, body string
		header     []string
		status     int
		want       string
	}{
		{"gRPC's names", `{"access_key_id": "` + apitest.KeyID + `", "secret_access_key": "` + apitest.Secret + `"}`, asJSON, 200, "csrfToken"},
		{"from the console", rightID, append([]string{"Sec-Fetch-Site", "same-origin"}, asJSON...), 200, "csrfToken"},
		{"wrong secret", wrongID, asJSON, 401, `"UnrecognizedClientException"`},
		{"nothing", `{}`, asJSON, 401, `"UnrecognizedClientException"`},
		{"no JSON", apitest.Secret, asJSON, 400, `"InvalidParameter"`},
		{"too long", `{"a": "` + strings.Repeat("x", 9000) + `"}`, asJSON, 413, "8192"},
		{"a form", rightID, []string{"Content-Type", "text/plain"}, 415, "application/json"},
		{"another site", rightID, append([]string{"Sec-Fetch-Site", "cross-site"}, asJSON...), 403, `"AccessDenied"`},
		{"another origin", rightID, append([]string{"Origin", "http://evil.example"}, asJSON...), 403, `"AccessDenied"`},
	} {
		b := newBrowser(t, base)
		status, h, answer := b.fetch("POST", session, c.body, c.header...)
		if status != c.status || !strings.Contains(answer, c.want) || strings.Contains(answer, apitest.Secret) || (h.Get("Set-Cookie") != "") != (status == 200) {
			t.Errorf("%s: %d %s", c.name, status, answer)
		}
	}
}

// TestSignInSlowed: who guesses waits; Basic and sessions go on meanwhile.
func TestSignInSlowed(t *testing.T) {
	base := serve(t, &apitest.Engine{})
	in := newBrowser(t, base)
	in.signIn()
	b := newBrowser(t, base)
	for range 10 {
		if status, _, answer := b.fetch("POST", session, wrongID, asJSON...); status != 401 {
			t.Fatalf("guess: %d %s", status, answer)
		}
	}
	status, h, answer := b.fetch("POST", session, rightID, asJSON...)
	wait, err := strconv.Atoi(h.Get("Retry-After"))
	if status != 429 || err != nil || wait < 1 || wait > 10 || !strings.Contains(answer, `"Throttling"`) {
		t.Errorf("after ten guesses: %d, retry after %s, %s", status, h.Get("Retry-After"), answer)
	}
	if status, _, _ := in.fetch("GET", "/api/v1/imports", ""); status != 200 {
		t.Errorf("a session: %d", status)
	}
	if status, _, _ := do(t, newRequest(t, "GET", base+"/api/v1/imports", "")); status != 200 {
		t.Errorf("Basic: %d", status)
	}
}

// TestSessionBesideKeys: an Authorization header goes before a session, needs no
// CSRF token, and is told who it is without a session's members.
func TestSessionBesideKeys(t *testing.T) {
	b := newBrowser(t, serve(t, &apitest.Engine{}))
	b.signIn()
	basic := newRequest(t, "GET", b.base, "").Header.Get("Authorization")
	if status, _, answer := b.fetch("POST", "/api/v1/queries", `{"queryStatement": "SELECT 1"}`, "Authorization", basic); status != 200 {
		t.Errorf("Basic: %d %s", status, answer)
	}
	if status, _, _ := b.fetch("GET", "/api/v1/imports", "", "Authorization", "Basic bm9ib2R5OnJpZ2h0"); status != 401 {
		t.Errorf("wrong Basic with a session: %d", status)
	}
	status, _, answer := b.fetch("GET", session, "", "Authorization", basic)
	if status != 200 || !strings.Contains(answer, apitest.KeyID) || strings.Contains(answer, "csrfToken") || strings.Contains(answer, "xpires") {
		t.Errorf("who am I: %d %s", status, answer)
	}
	if status, _, answer := b.fetch("GET", session, "", "Authorization", "Basic bm9ib2R5OnJpZ2h0"); status != 401 {
		t.Errorf("who am I, wrong: %d %s", status, answer)
	}
}
