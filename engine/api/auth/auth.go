// Package auth tells who makes a call. It verifies AWS signatures (version 4, in
// the Authorization header), Basic credentials and the console's sessions against
// the lake's access keys and yields an engine.Principal, which travels in the
// request's context.
package auth

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/traillake/traillake/engine"
)

// Credentials finds access keys. Safe for concurrent use.
type Credentials interface {
	Credential(ctx context.Context, accessKeyID string) (engine.Credential, bool)
}

// Verifier checks the credentials of calls. Safe for concurrent use.
type Verifier struct {
	keys Credentials
	now  func() time.Time
}

// New makes a Verifier. A nil now is time.Now.
func New(keys Credentials, now func() time.Time) *Verifier {
	if now == nil {
		now = time.Now //nolint:forbidigo // the default of the option
	}
	return &Verifier{keys: keys, now: now}
}

// Basic verifies the value of an Authorization header or metadata entry of the
// form "Basic base64(id:secret)". The error is an *Error.
func (v *Verifier) Basic(ctx context.Context, authorization string) (engine.Principal, error) {
	if authorization == "" {
		return engine.Principal{}, errMissing()
	}
	scheme, encoded, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(scheme, "Basic") {
		return engine.Principal{}, newError(MissingAuthenticationToken, "authorization scheme: must be Basic base64(id:secret)")
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if err != nil {
		return engine.Principal{}, newError(IncompleteSignature, "Basic credentials: must be base64(id:secret)")
	}
	if id, _, ok := strings.Cut(string(raw), ":"); !ok || id == "" {
		return engine.Principal{}, newError(IncompleteSignature, "Basic credentials: must be base64(id:secret)")
	}
	return v.AccessKey(ctx, string(raw))
}

// AccessKey verifies an access key given as id:secret. The error is an *Error.
func (v *Verifier) AccessKey(ctx context.Context, key string) (engine.Principal, error) {
	id, secret, ok := strings.Cut(key, ":")
	if !ok || id == "" {
		return engine.Principal{}, newError(IncompleteSignature, "access key: must be id:secret")
	}
	return v.secret(ctx, id, secret)
}

// secret verifies an access key by its secret. The error is an *Error.
func (v *Verifier) secret(ctx context.Context, id, secret string) (engine.Principal, error) {
	cred, known := v.keys.Credential(ctx, id)
	// The comparison runs for an unknown key too, so that the time an answer
	// takes does not tell which keys exist.
	if !equalSecrets(cred.SecretAccessKey, secret) || !known || cred.SecretAccessKey == "" {
		return engine.Principal{}, newError(UnrecognizedClient, "The access key id or the secret is not right.")
	}
	return cred.Principal, nil
}

// equalSecrets compares digests, so that neither the place of the first
// difference nor the length shows in the time it takes.
func equalSecrets(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

type principalKey struct{}

// WithPrincipal returns a context that carries who calls.
func WithPrincipal(ctx context.Context, p engine.Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

// FromContext returns who calls, and false when the call was not authenticated.
func FromContext(ctx context.Context) (engine.Principal, bool) {
	p, ok := ctx.Value(principalKey{}).(engine.Principal)
	return p, ok
}

// Request verifies an HTTP request by what its Authorization header claims: an
// AWS signature or Basic credentials. body is only called for a signature. The
// error is an *Error or body's.
func (v *Verifier) Request(r *http.Request, body func() ([]byte, error)) (engine.Principal, error) {
	headers := r.Header.Values("Authorization")
	switch {
	case len(headers) > 1:
		return engine.Principal{}, newError(IncompleteSignature, "Authorization: must be given once, not %d times.", len(headers))
	case strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-"):
		b, err := body()
		if err != nil {
			return engine.Principal{}, err
		}
		return v.Signature(r, b)
	default:
		return v.Basic(r.Context(), r.Header.Get("Authorization"))
	}
}
