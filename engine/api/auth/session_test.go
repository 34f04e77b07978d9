package auth_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/apitest"
	"github.com/traillake/traillake/engine/api/auth"
)

// signIns is a store of sessions with a clock and keys that a test may change.
type signIns struct {
	*auth.Sessions
	at   time.Time
	keys map[string]string // secret by id
}

func (s *signIns) Credential(_ context.Context, id string) (engine.Credential, bool) {
	secret, ok := s.keys[id]
	return engine.Credential{AccessKeyID: id, SecretAccessKey: secret, Principal: engine.Principal{AccessKeyID: id, UserName: "of " + id}}, ok
}

func newSignIns(t *testing.T, opts auth.SessionOptions) *signIns {
	t.Helper()
	s := &signIns{at: now, keys: map[string]string{"AKIA1": "right", "AKIA2": "other"}}
	var err error
	if s.Sessions, err = auth.NewSessions(auth.New(s, func() time.Time { return s.at }), opts); err != nil {
		t.Fatal(err)
	}
	return s
}

// enter signs in, as a browser at base, and returns its cookie header and the session.
func (s *signIns) enter(t *testing.T, base string) (cookie *http.Cookie, session auth.Session) {
	t.Helper()
	token, session, err := s.SignIn(context.Background(), "192.0.2.1:5000", "AKIA1", "right")
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	auth.SetCookie(w, httptest.NewRequest("POST", base, nil), token)
	return w.Result().Cookies()[0], session
}

func fetch(method, url string, cookie *http.Cookie, header ...string) *http.Request {
	r := httptest.NewRequest(method, url, nil)
	r.AddCookie(&http.Cookie{Name: cookie.Name, Value: cookie.Value})
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func TestSession(t *testing.T) {
	s := newSignIns(t, auth.SessionOptions{})
	const url = "http://lake:8700/api/v1/queries"
	cookie, session := s.enter(t, url)
	if session.Principal.UserName != "of AKIA1" || len(session.CSRFToken) < 43 || session.CSRFToken == cookie.Value {
		t.Errorf("session = %+v", session)
	}
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode || cookie.Secure || cookie.Path != "/" || cookie.Domain != "" ||
		cookie.Name != "traillake-session-8700" || !cookie.Expires.IsZero() {
		t.Errorf("cookie = %s", cookie)
	}
	csrf := []string{auth.CSRFHeader, session.CSRFToken}
	with := func(more ...string) []string { return append(append([]string{}, csrf...), more...) }
	for _, c := range []struct {
		name, method, url string
		header            []string
		crossSite         bool
	}{
		{"reading", "GET", url, nil, false},
		{"reading, from the console", "GET", url, []string{"Sec-Fetch-Site", "same-origin"}, false},
		{"reading, from the address bar", "GET", url, []string{"Sec-Fetch-Site", "none"}, false},
		{"reading, from another port of the host", "GET", url, []string{"Sec-Fetch-Site", "same-site"}, true},
		{"reading, from another site", "GET", url, []string{"Sec-Fetch-Site", "cross-site"}, true},
		{"changing", "POST", url, with("Sec-Fetch-Site", "same-origin", "Origin", "http://lake:8700"), false},
		{"changing, old browser", "POST", url, with("Origin", "http://lake:8700"), false},
		{"changing, no browser", "POST", url, csrf, false},
		{"changing, without the token", "POST", url, []string{"Sec-Fetch-Site", "same-origin"}, true},
		{"putting, without the token", "PUT", url, nil, true},
		{"deleting, without the token", "DELETE", url, nil, true},
		{"patching, without the token", "PATCH", url, nil, true},
		{"any other method, without the token", "BREW", url, nil, true},
		{"changing, with another token", "POST", url, []string{auth.CSRFHeader, session.CSRFToken[1:]}, true},
		{"changing, with the cookie as token", "POST", url, []string{auth.CSRFHeader, cookie.Value}, true},
		{"changing, from another site with the token", "POST", url, with("Sec-Fetch-Site", "cross-site"), true},
		{"changing, old browser, from another origin", "POST", url, with("Origin", "http://lake:3000"), true},
		{"changing, sandboxed page", "POST", url, with("Origin", "null"), true},
	} {
		got, err := s.Request(fetch(c.method, c.url, cookie, c.header...))
		var crossSite *auth.CrossSiteError
		switch {
		case c.crossSite && !errors.As(err, &crossSite):
			t.Errorf("%s: %+v, %v, want a CrossSiteError", c.name, got, err)
		case !c.crossSite && (err != nil || got.Principal != session.Principal):
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}

func TestSecureCookie(t *testing.T) {
	s := newSignIns(t, auth.SessionOptions{})
	token, _, err := s.SignIn(context.Background(), "192.0.2.1:5000", "AKIA1", "right")
	if err != nil {
		t.Fatal(err)
	}
	overTLS := httptest.NewRequest("POST", "https://lake/api/v1/session", nil)
	proxied := httptest.NewRequest("POST", "http://lake/api/v1/session", nil)
	proxied.Header.Set("Origin", "https://lake")
	for _, r := range []*http.Request{overTLS, proxied} {
		w := httptest.NewRecorder()
		auth.SetCookie(w, r, token)
		c := w.Result().Cookies()[0]
		if !c.Secure || c.Name != "__Host-traillake-session" || c.Path != "/" || c.Domain != "" {
			t.Errorf("cookie = %s", c)
		}
		if _, err := s.Request(fetch("GET", "http://lake/", c)); err != nil {
			t.Error(err)
		}
		out := httptest.NewRecorder()
		auth.ClearCookie(out, fetch("DELETE", "https://lake/", c))
		if cleared := out.Result().Cookies(); len(cleared) != 1 || cleared[0].Name != c.Name || cleared[0].MaxAge >= 0 || !cleared[0].Secure {
			t.Errorf("cleared = %v", cleared)
		}
	}
}

// TestSessionEnds: by the clock, by signing out, with the key, and when there are too many.
func TestSessionEnds(t *testing.T) {
	const url = "http://lake:8700/"
	opts := auth.SessionOptions{IdleTimeout: time.Hour, Lifetime: 3 * time.Hour, Max: 3}
	works := func(s *signIns, c *http.Cookie) bool {
		_, err := s.Request(fetch("GET", url, c))
		var refused *auth.Error
		if err != nil && (!errors.As(err, &refused) || refused.Kind != auth.MissingAuthenticationToken) {
			t.Errorf("error = %v", err)
		}
		return err == nil
	}
	t.Run("idle", func(t *testing.T) {
		s := newSignIns(t, opts)
		c, _ := s.enter(t, url)
		for range 2 {
			s.at = s.at.Add(time.Hour - 1)
			if !works(s, c) {
				t.Error("a used session ended")
			}
		}
		s.at = s.at.Add(time.Hour)
		if works(s, c) {
			t.Error("an idle session works")
		}
	})
	t.Run("lifetime", func(t *testing.T) {
		s := newSignIns(t, opts)
		c, session := s.enter(t, url)
		if want := now.Add(3 * time.Hour); !session.Expires.Equal(want) || !session.IdleExpires.Equal(now.Add(time.Hour)) {
			t.Errorf("expires %v, idle %v", session.Expires, session.IdleExpires)
		}
		for s.at.Before(now.Add(3*time.Hour - 30*time.Minute)) {
			s.at = s.at.Add(30 * time.Minute)
			if !works(s, c) {
				t.Fatal("a used session ended at", s.at)
			}
		}
		s.at = now.Add(3 * time.Hour)
		if works(s, c) {
			t.Error("a session works beyond its lifetime")
		}
	})
	t.Run("sign out", func(t *testing.T) {
		s := newSignIns(t, opts)
		c, _ := s.enter(t, url)
		other, _ := s.enter(t, url)
		s.End(fetch("DELETE", url, c))
		if works(s, c) || !works(s, other) {
			t.Error("signing out must end that session and no other")
		}
	})
	t.Run("key gone", func(t *testing.T) {
		s := newSignIns(t, opts)
		c, _ := s.enter(t, url)
		delete(s.keys, "AKIA1")
		if works(s, c) {
			t.Error("a session outlives its access key")
		}
	})
	t.Run("too many", func(t *testing.T) {
		s := newSignIns(t, opts)
		first, _ := s.enter(t, url)
		second, _ := s.enter(t, url)
		works(s, first)
		s.enter(t, url)
		s.enter(t, url)
		if !works(s, first) || works(s, second) {
			t.Error("the session used longest ago must go first")
		}
	})
	t.Run("made up", func(t *testing.T) {
		s := newSignIns(t, opts)
		c, _ := s.enter(t, url)
		if works(s, &http.Cookie{Name: c.Name, Value: c.Value[:len(c.Value)-1]}) || works(s, &http.Cookie{Name: c.Name}) {
			t.Error("a made-up token works")
		}
		if _, err := s.Request(httptest.NewRequest("GET", url, nil)); err == nil {
			t.Error("no cookie works")
		}
	})
}

// TestSignInSlowed: an address that guesses waits, also with the right secret;
// everybody else does not, and the wait never grows.
func TestSignInSlowed(t *testing.T) {
	s := newSignIns(t, auth.SessionOptions{})
	try := func(address, secret string) (wait time.Duration, in bool) {
		t.Helper()
		_, _, err := s.SignIn(context.Background(), address, "AKIA1", secret)
		var slow *auth.SlowDownError
		var refused *auth.Error
		switch {
		case errors.As(err, &slow):
			return slow.RetryAfter, false
		case errors.As(err, &refused) && refused.Kind == auth.UnrecognizedClient, err == nil:
			return 0, err == nil
		}
		t.Fatal(err)
		return 0, false
	}
	const guesser = "192.0.2.7:1111"
	for i := range 30 {
		if wait, in := try(guesser, "right"); !in {
			t.Fatalf("right secret, time %d: wait %v", i, wait)
		}
	}
	for i := range 10 {
		if wait, _ := try(guesser, fmt.Sprint("guess ", i)); wait != 0 {
			t.Fatalf("guess %d has to wait %v", i, wait)
		}
	}
	for range 3 {
		for _, secret := range []string{"guess", "right"} {
			if wait, in := try("192.0.2.7:2222", secret); wait != 10*time.Second || in {
				t.Errorf("%s after ten failures: wait %v, in %v", secret, wait, in)
			}
		}
	}
	if _, in := try("192.0.2.8:1111", "right"); !in {
		t.Error("another address has to wait")
	}
	s.at = s.at.Add(10 * time.Second)
	if wait, _ := try(guesser, "guess"); wait != 0 {
		t.Errorf("after its wait: wait %v", wait)
	}
	if wait, _ := try(guesser, "guess"); wait != 10*time.Second {
		t.Errorf("after one more failure: wait %v", wait)
	}

	// One network of IPv6 is one address, an IPv4 address in it is that address.
	for i := range 10 {
		try(fmt.Sprintf("[2001:db8:1:2::%x]:99", i), "guess")
	}
	if wait, _ := try("[2001:db8:1:2:ffff::1%eth0]:99", "right"); wait == 0 {
		t.Error("the next address of a network does not wait")
	}
	if _, in := try("[2001:db8:1:3::1]:99", "right"); !in {
		t.Error("the next network waits")
	}
	if wait, _ := try("[::ffff:192.0.2.7]:99", "right"); wait == 0 {
		t.Error("an IPv4 address in IPv6 does not wait")
	}
}

// TestSignInRefused: what is wrong does not show which part of it.
func TestSignInRefused(t *testing.T) {
	s := newSignIns(t, auth.SessionOptions{})
	s.keys["AKIA3"] = ""
	messages := map[string]bool{}
	for i, c := range [][2]string{{"AKIA1", "wrong"}, {"AKIA1", ""}, {"AKIA9", "right"}, {"AKIA9", ""}, {"AKIA3", ""}, {"", ""}, {"AKIA1", "other"}} {
		token, _, err := s.SignIn(context.Background(), fmt.Sprintf("192.0.2.%d", i), c[0], c[1])
		if err == nil || token != "" {
			t.Fatalf("%q: signed in", c)
		}
		messages[err.Error()] = true
	}
	if len(messages) != 1 {
		t.Errorf("messages = %v", messages)
	}
}

func TestSessionOptions(t *testing.T) {
	for _, o := range []auth.SessionOptions{{IdleTimeout: -1}, {Lifetime: -1}, {Max: -1}} {
		if _, err := auth.NewSessions(verifier(), o); err == nil {
			t.Errorf("%+v: no error", o)
		}
	}
	// The token's source fails.
	s, err := auth.NewSessions(verifier(), auth.SessionOptions{Rand: strings.NewReader("short")})
	if err != nil {
		t.Fatal(err)
	}
	if token, _, err := s.SignIn(context.Background(), "a", apitest.KeyID, apitest.Secret); err == nil || token != "" {
		t.Errorf("token %q, error %v", token, err)
	}
}
