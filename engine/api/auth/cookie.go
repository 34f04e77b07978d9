package auth

import (
	"crypto/subtle"
	"net/http"
	"strings"
)

// CSRFHeader carries Session.CSRFToken.
const CSRFHeader = "X-TrailLake-CSRF"

// CrossSiteError says that a request came with a session's cookie but perhaps
// not from the console.
type CrossSiteError struct{ Message string }

// Error implements error.
func (e *CrossSiteError) Error() string { return e.Message }

// Request finds the session that a request's cookie names. A request that
// changes something must carry the session's token in CSRFHeader; and no request
// may come from another site, as far as the browser tells. The error is an
// *Error or a *CrossSiteError.
func (s *Sessions) Request(r *http.Request) (Session, error) {
	tokens := sessionTokens(r)
	if len(tokens) == 0 {
		return Session{}, errMissing()
	}
	if err := SameOrigin(r); err != nil {
		return Session{}, err
	}
	for _, token := range tokens {
		found, ok := s.find(r.Context(), token)
		if !ok {
			continue
		}
		if !safe(r.Method) && subtle.ConstantTimeCompare([]byte(r.Header.Get(CSRFHeader)), []byte(found.CSRFToken)) != 1 {
			return Session{}, &CrossSiteError{Message: r.Method + ": needs the header " + CSRFHeader +
				" with the session's csrfToken, as GET /api/v1/session tells it"}
		}
		return found, nil
	}
	return Session{}, newError(MissingAuthenticationToken, "the session has ended: sign in again")
}

// End ends the sessions that a request's cookies name.
func (s *Sessions) End(r *http.Request) {
	for _, token := range sessionTokens(r) {
		s.end(token)
	}
}

// SameOrigin refuses what a browser sent for a page of another origin, with a
// *CrossSiteError. Clients that are no browsers tell nothing, and pass. Beyond
// http.CrossOriginProtection it holds reading requests against Sec-Fetch-Site
// too: a cookie does not know ports, so that what else runs on this host is the
// same site.
func SameOrigin(r *http.Request) error {
	switch from := r.Header.Get("Sec-Fetch-Site"); from {
	case "", "same-origin", "none":
	default:
		return &CrossSiteError{Message: "Sec-Fetch-Site " + from + ": a session is for the console's own pages"}
	}
	if err := http.NewCrossOriginProtection().Check(r); err != nil {
		return &CrossSiteError{Message: "Origin " + r.Header.Get("Origin") + ": a session is for the console's own pages"}
	}
	return nil
}

func safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// SetCookie puts a session's token into an answer. Over TLS, also that of a proxy
// before the server, the cookie is Secure and bound to the host.
func SetCookie(w http.ResponseWriter, r *http.Request, token string) {
	c := cookie(r, secure(r))
	c.Value = token
	http.SetCookie(w, c)
}

// ClearCookie makes the browser forget a session's token.
func ClearCookie(w http.ResponseWriter, r *http.Request) {
	for _, c := range []*http.Cookie{cookie(r, true), cookie(r, false)} {
		if _, err := r.Cookie(c.Name); err == nil {
			c.MaxAge = -1
			http.SetCookie(w, c)
		}
	}
}

// sessionTokens are the tokens a request's cookies have.
func sessionTokens(r *http.Request) []string {
	var tokens []string
	for _, name := range []string{cookie(r, true).Name, cookie(r, false).Name} {
		for _, c := range r.CookiesNamed(name) {
			tokens = append(tokens, c.Value)
		}
	}
	return tokens
}

func cookie(r *http.Request, secure bool) *http.Cookie {
	c := &http.Cookie{Name: cookieName(r.Host), Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteStrictMode}
	if secure {
		c.Name = "__Host-" + c.Name
	}
	return c
}

// cookieName has the port in it: browsers give a cookie to every port of a host,
// and two lakes on one host must not sign each other's users out.
func cookieName(host string) string {
	const name = "traillake-session"
	i := strings.LastIndexByte(host, ':')
	if i < 0 || i == len(host)-1 || strings.Trim(host[i+1:], "0123456789") != "" {
		return name
	}
	return name + "-" + host[i+1:]
}

// secure tells whether the browser speaks TLS: to this server, or, as its Origin
// says, to a proxy before it.
func secure(r *http.Request) bool {
	return r.TLS != nil || strings.HasPrefix(r.Header.Get("Origin"), "https://")
}
