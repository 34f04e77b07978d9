package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/traillake/traillake/engine"
)

// SessionOptions bound sign-in sessions. The zero value of a member is its
// documented default.
type SessionOptions struct {
	// IdleTimeout ends a session that was not used for so long; 0 is 2 hours.
	IdleTimeout time.Duration
	// Lifetime ends a session whatever is done in it; 0 is 12 hours.
	Lifetime time.Duration
	// Max is how many sessions are kept; the one used longest ago goes first. 0 is 4096.
	Max int
	// Rand makes tokens; nil is crypto/rand.
	Rand io.Reader
}

func (o SessionOptions) withDefaults() SessionOptions {
	if o.IdleTimeout == 0 {
		o.IdleTimeout = 2 * time.Hour
	}
	if o.Lifetime == 0 {
		o.Lifetime = 12 * time.Hour
	}
	if o.Max == 0 {
		o.Max = 4096
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	return o
}

// Validate says what is wrong with the options.
func (o SessionOptions) Validate() error {
	if o.IdleTimeout < 0 || o.Lifetime < 0 || o.Max < 0 {
		return fmt.Errorf("sessions: idle timeout %v, lifetime %v, maximum %d: must not be negative", o.IdleTimeout, o.Lifetime, o.Max)
	}
	return nil
}

// Session is a browser that has signed in.
type Session struct {
	Principal engine.Principal
	// CSRFToken must come with every request that changes something.
	CSRFToken string
	// Expires is when the session ends, IdleExpires when it ends unless it is used again.
	Expires, IdleExpires time.Time
}

// Sessions are the browsers that have signed in. They live in memory only: a
// restart signs everybody out. Safe for concurrent use.
//
// A session ends the moment it is signed out: a request that began before cannot
// bring it back, as it can where each request loads and stores its session.
type Sessions struct {
	verifier *Verifier
	opts     SessionOptions
	slow     *throttle

	mu sync.Mutex
	// byToken is guarded by mu; its keys are digests, so that neither memory nor
	// the time of a look-up tells a token.
	byToken *simplelru.LRU[[sha256.Size]byte, *Session]
}

// NewSessions makes a store of sessions for the keys of a Verifier.
func NewSessions(v *Verifier, opts SessionOptions) (*Sessions, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	opts = opts.withDefaults()
	byToken, err := simplelru.NewLRU[[sha256.Size]byte, *Session](opts.Max, nil)
	if err != nil {
		return nil, fmt.Errorf("make the session store: %w", err)
	}
	slow, err := newThrottle()
	if err != nil {
		return nil, err
	}
	return &Sessions{verifier: v, opts: opts, slow: slow, byToken: byToken}, nil
}

// SignIn begins a session for whoever holds an access key, and returns the token
// that names it, for SetCookie. address is the client's, host:port or a host. The error is an
// *Error, a *SlowDownError after many failures from the address, or of Options.Rand.
func (s *Sessions) SignIn(ctx context.Context, address, accessKeyID, secret string) (token string, _ Session, err error) {
	now := s.verifier.now()
	forgive, wait := s.slow.attempt(address, now)
	if wait > 0 {
		return "", Session{}, &SlowDownError{RetryAfter: wait}
	}
	p, err := s.verifier.secret(ctx, accessKeyID, secret)
	if err != nil {
		return "", Session{}, err
	}
	forgive()
	token, err = s.newToken()
	if err != nil {
		return "", Session{}, err
	}
	csrf, err := s.newToken()
	if err != nil {
		return "", Session{}, err
	}
	began := &Session{Principal: p, CSRFToken: csrf, Expires: now.Add(s.opts.Lifetime)}
	began.use(now, s.opts.IdleTimeout)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byToken.Add(sha256.Sum256([]byte(token)), began)
	return token, *began, nil
}

// find returns the session a token names, and puts its idle end off. ok is false
// when there is none, when it has ended, and when its access key is no more.
func (s *Sessions) find(ctx context.Context, token string) (_ Session, ok bool) {
	now := s.verifier.now()
	key := sha256.Sum256([]byte(token))
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.byToken.Get(key)
	if !ok {
		return Session{}, false
	}
	_, known := s.verifier.keys.Credential(ctx, found.Principal.AccessKeyID)
	if !known || !now.Before(found.Expires) || !now.Before(found.IdleExpires) {
		s.byToken.Remove(key)
		return Session{}, false
	}
	found.use(now, s.opts.IdleTimeout)
	return *found, true
}

func (s *Sessions) end(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byToken.Remove(sha256.Sum256([]byte(token)))
}

func (s *Session) use(now time.Time, idle time.Duration) {
	s.IdleExpires = now.Add(idle)
	if s.IdleExpires.After(s.Expires) {
		s.IdleExpires = s.Expires
	}
}

func (s *Sessions) newToken() (string, error) {
	b := make([]byte, 32)
	if _, err := io.ReadFull(s.opts.Rand, b); err != nil {
		return "", fmt.Errorf("make a session token: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}
