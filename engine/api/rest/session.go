package rest

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"math"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/auth"
)

// maxSignIn bounds the body of a sign-in in bytes.
const maxSignIn = 8 << 10

// signInBody is the body of a sign-in, in either spelling, as the gateway takes it.
type signInBody struct {
	AccessKeyID          string `json:"accessKeyId"`
	SecretAccessKey      string `json:"secretAccessKey"`
	AccessKeyIDSnake     string `json:"access_key_id"`
	SecretAccessKeySnake string `json:"secret_access_key"`
}

// sessionBody says who calls, and, of a session, how it goes on.
type sessionBody struct {
	AccessKeyID   string     `json:"accessKeyId"`
	UserName      string     `json:"userName"`
	ARN           string     `json:"arn"`
	AccountID     string     `json:"accountId"`
	Region        string     `json:"region"`
	ServerVersion string     `json:"serverVersion"`
	CSRFToken     string     `json:"csrfToken,omitempty"`
	Expires       *time.Time `json:"expires,omitempty"`
	IdleExpires   *time.Time `json:"idleExpires,omitempty"`
}

// session serves /api/v1/session: POST signs in, GET tells who calls, DELETE
// signs out.
func (h *handler) session(w http.ResponseWriter, r *http.Request) {
	var err error
	switch r.Method {
	case http.MethodPost:
		err = h.signIn(w, r)
	case http.MethodGet, http.MethodHead:
		err = h.whoAmI(w, r)
	case http.MethodDelete:
		err = h.signOut(w, r)
	default:
		w.Header().Set("Allow", "GET, HEAD, POST, DELETE")
		err = routingError(r, http.StatusMethodNotAllowed)
	}
	if err != nil {
		h.writeError(w, err)
	}
}

// signIn begins a session. A page of another site must not sign a browser in
// under a key of its own choice either, hence the checks of the origin and, for
// old browsers, of the content type, which a form cannot have.
func (h *handler) signIn(w http.ResponseWriter, r *http.Request) error {
	if err := auth.SameOrigin(r); err != nil {
		return admissionError(err)
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return &restError{status: http.StatusUnsupportedMediaType, Code: string(engine.InvalidParameter),
			Message: "Content-Type " + strconv.Quote(r.Header.Get("Content-Type")) + ": must be application/json"}
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxSignIn))
	if err != nil {
		return admissionError(err)
	}
	var in signInBody
	if json.Unmarshal(raw, &in) != nil { // its error could quote the secret
		return &restError{status: http.StatusBadRequest, Code: string(engine.InvalidParameter),
			Message: `the body must be {"accessKeyId": …, "secretAccessKey": …}`}
	}
	token, s, err := h.opts.Sessions.SignIn(r.Context(), r.RemoteAddr,
		cmp.Or(in.AccessKeyID, in.AccessKeyIDSnake), cmp.Or(in.SecretAccessKey, in.SecretAccessKeySnake))
	if err != nil {
		return h.refusedSignIn(w, r, err)
	}
	h.opts.Sessions.End(r) // the one that the new cookie takes the place of
	h.opts.Logger.Info("signed in", "user", s.Principal.UserName, "address", r.RemoteAddr)
	auth.SetCookie(w, r, token)
	return h.writeSession(w, s)
}

func (h *handler) refusedSignIn(w http.ResponseWriter, r *http.Request, err error) error {
	var slowDown *auth.SlowDownError
	var refused *auth.Error
	switch {
	case errors.As(err, &slowDown):
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(slowDown.RetryAfter.Seconds()))))
	case errors.As(err, &refused):
		h.opts.Logger.Info("sign-in refused", "address", r.RemoteAddr)
	default:
		return err
	}
	return admissionError(err)
}

// whoAmI answers any kind of credentials.
func (h *handler) whoAmI(w http.ResponseWriter, r *http.Request) error {
	if len(r.Header.Values("Authorization")) == 0 {
		s, err := h.opts.Sessions.Request(r)
		if err != nil {
			return admissionError(err)
		}
		return h.writeSession(w, s)
	}
	p, err := h.caller(r, func() ([]byte, error) { return io.ReadAll(http.MaxBytesReader(w, r.Body, h.opts.MaxBody)) })
	if err != nil {
		return admissionError(err)
	}
	return h.writeSession(w, auth.Session{Principal: p})
}

func (h *handler) signOut(w http.ResponseWriter, r *http.Request) error {
	if _, err := h.opts.Sessions.Request(r); err != nil {
		return admissionError(err)
	}
	h.opts.Sessions.End(r)
	auth.ClearCookie(w, r)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (h *handler) writeSession(w http.ResponseWriter, s auth.Session) error {
	out := sessionBody{
		AccessKeyID: s.Principal.AccessKeyID, UserName: s.Principal.UserName, ARN: s.Principal.ARN, AccountID: s.Principal.AccountID,
		Region: h.opts.Region, ServerVersion: h.opts.Version, CSRFToken: s.CSRFToken,
	}
	if s.CSRFToken != "" {
		expires, idle := s.Expires.UTC(), s.IdleExpires.UTC()
		out.Expires, out.IdleExpires = &expires, &idle
	}
	b, err := json.Marshal(out)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	h.sent(w.Write(append(b, '\n')))
	return nil
}
