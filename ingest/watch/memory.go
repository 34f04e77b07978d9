package watch

import (
	"crypto/sha256"
	"fmt"
	"sync"
	"time"

	"github.com/traillake/traillake/ingest/trail"
)

// memory remembers the objects that were accepted, as digests, for as long as a
// round may list them again.
type memory struct {
	opts *Options

	mu     sync.Mutex
	known  map[[16]byte]time.Time // the object's day
	pruned time.Time
}

func newMemory(o *Options) *memory {
	return &memory{opts: o, known: map[[16]byte]time.Time{}, pruned: o.Now()}
}

func digest(o *Object) [16]byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %d %d", o.Key, o.ETag, o.Size, o.Modified.UnixNano()))
	return [16]byte(sum[:16])
}

// has reports whether an object as it was listed was accepted. What a notification
// names without an ETag may be a new content under the same key: that is unknown.
func (m *memory) has(o *Object) bool {
	if o.ETag == "" && o.Modified.IsZero() {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.known[digest(o)]
	return ok
}

func (m *memory) add(o *Object) {
	if o.ETag == "" && o.Modified.IsZero() {
		return
	}
	now := m.opts.Now()
	day := trail.ParseKey(o.Key).Date
	if day.IsZero() {
		day = now.AddDate(1000, 0, 0) // it is listed for ever
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.known[digest(o)] = day
	if now.Sub(m.pruned) < time.Hour {
		return
	}
	m.pruned = now
	for d, day := range m.known {
		if day.Before(now.Add(-m.opts.Late - 48*time.Hour)) {
			delete(m.known, d)
		}
	}
}
