package auth

import (
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/time/rate"
)

// Failed sign-ins that one address may have at once, the time after which it has
// another, and the addresses that are remembered.
const (
	failuresAtOnce    = 10
	failureEvery      = 10 * time.Second
	addressesInMemory = 10_000
)

// SlowDownError says that an address has failed to sign in too often.
type SlowDownError struct {
	// RetryAfter is when the next attempt is heard.
	RetryAfter time.Duration
}

// Error implements error.
func (e *SlowDownError) Error() string {
	return fmt.Sprintf("too many failed sign-ins from this address: wait %v", e.RetryAfter.Round(time.Second))
}

// throttle slows down who guesses. It counts failures only, by address, so that
// nobody can keep others out, and no address has to wait longer than
// failureEvery. Safe for concurrent use.
type throttle struct {
	mu sync.Mutex
	// byAddress is guarded by mu.
	byAddress *simplelru.LRU[string, *rate.Limiter]
}

func newThrottle() (*throttle, error) {
	byAddress, err := simplelru.NewLRU[string, *rate.Limiter](addressesInMemory, nil)
	if err != nil {
		return nil, fmt.Errorf("make the memory of failed sign-ins: %w", err)
	}
	return &throttle{byAddress: byAddress}, nil
}

// attempt lets an address try to sign in, or tells how long it has to wait. The
// attempt counts as a failure, at once, so that many at a time do not pass for
// one; forgive, for one that succeeded, takes that back.
func (t *throttle) attempt(address string, now time.Time) (forgive func(), wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := network(address)
	l, ok := t.byAddress.Get(key)
	if !ok {
		l = rate.NewLimiter(rate.Every(failureEvery), failuresAtOnce)
		t.byAddress.Add(key, l)
	}
	r := l.ReserveN(now, 1)
	if wait := r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
		return nil, wait
	}
	return func() { r.CancelAt(now) }, 0
}

// network is what counts as one address: of IPv6 the first 64 bits, which one
// client has to itself.
func network(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	p, err := ip.Prefix(64)
	if err != nil { // 64 fits any IPv6 address
		return host
	}
	return p.String()
}
