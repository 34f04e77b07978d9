package rest

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/auth"
)

// admit verifies the request's credentials and returns the request as it goes on:
// with the caller in its context, without the credentials, and with its body,
// which must not be longer than the limit, in memory.
func (h *handler) admit(w http.ResponseWriter, r *http.Request) (*http.Request, error) {
	var body []byte
	read := func() (b []byte, err error) {
		body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, h.opts.MaxBody))
		return body, err
	}
	principal, err := h.caller(r, read)
	if err == nil && body == nil {
		_, err = read()
	}
	if err != nil {
		return nil, admissionError(err)
	}
	ctx, err := h.opts.Outgoing(auth.WithPrincipal(r.Context(), principal), principal, h.opts.RequestID(r.Context()))
	if err != nil {
		return nil, err
	}
	r = r.Clone(ctx)
	r.Header.Del("Authorization")
	r.Header.Del("Cookie")
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	r.TransferEncoding = nil
	return r, nil
}

// admitLong verifies the credentials of a request whose body is read as it comes in.
// With Basic credentials or a session it may be as large and as slow as its reader
// allows; a signature covers the whole body, which is therefore held in memory and
// bounded like any other.
func (h *handler) admitLong(w http.ResponseWriter, r *http.Request) (principal engine.Principal, body io.Reader, err error) {
	body = r.Body
	principal, err = h.caller(r, func() ([]byte, error) {
		b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.opts.MaxBody))
		body = bytes.NewReader(b)
		return b, err
	})
	if err != nil {
		return principal, nil, admissionError(err)
	}
	// The server's read timeout is for strangers.
	if err := http.NewResponseController(w).SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return principal, nil, err
	}
	return principal, body, nil
}

// caller tells who makes a request: what its Authorization header claims, or
// without one the session that its cookie names. The error is auth's or body's.
func (h *handler) caller(r *http.Request, body func() ([]byte, error)) (engine.Principal, error) {
	if len(r.Header.Values("Authorization")) > 0 {
		return h.opts.Auth.Request(r, body)
	}
	session, err := h.opts.Sessions.Request(r)
	return session.Principal, err
}

func admissionError(err error) error {
	var refused *auth.Error
	var crossSite *auth.CrossSiteError
	var slowDown *auth.SlowDownError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &crossSite):
		return &restError{status: http.StatusForbidden, Code: string(engine.AccessDenied), Message: crossSite.Message}
	case errors.As(err, &slowDown):
		return &restError{status: http.StatusTooManyRequests, Code: string(engine.Throttling), Message: slowDown.Error()}
	case errors.As(err, &refused):
		return &restError{status: http.StatusUnauthorized, Code: string(refused.Kind), Message: refused.Message}
	case errors.As(err, &tooLarge):
		return &restError{status: http.StatusRequestEntityTooLarge, Code: "RequestEntityTooLarge",
			Message: "request body: must not be longer than " + formatBytes(tooLarge.Limit) + " bytes"}
	default:
		return &restError{status: http.StatusBadRequest, Code: "InvalidParameter", Message: "the request body cannot be read: " + err.Error()}
	}
}
