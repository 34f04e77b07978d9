package watch

import (
	"errors"
	"time"
)

// pauses are the objects that were not accepted, by key, until they come again.
type pauses map[string]*pause

type pause struct {
	object   Object
	attempts int
	next     time.Time
}

// laterPause is how long an object waits for which it was not the time.
const laterPause = 10 * time.Second

// failed notes that an object was not accepted.
func (p pauses) failed(o Object, err error, now time.Time, opts *Options) *pause {
	at := p[o.Key]
	if at == nil {
		at = &pause{}
		p[o.Key] = at
	}
	at.object = o
	if errors.Is(err, ErrLater) {
		at.next = now.Add(laterPause)
		return at
	}
	at.attempts++
	wait := opts.MaxBackoff
	if n := at.attempts - 1; n < 20 && opts.MinBackoff<<n < wait {
		wait = opts.MinBackoff << n
	}
	at.next = now.Add(wait)
	return at
}

// timer fires when the next pause ends. With busy it fires for none: there is other
// work, after which they are looked at.
func (p pauses) timer(now time.Time, busy bool) <-chan time.Time {
	if busy || len(p) == 0 {
		return nil
	}
	var first time.Time
	for _, at := range p {
		if first.IsZero() || at.next.Before(first) {
			first = at.next
		}
	}
	return time.After(max(first.Sub(now), time.Millisecond))
}

// due are the objects whose pause has ended, at most so many.
func (p pauses) due(now time.Time, most int) []pending {
	var out []pending
	for _, at := range p {
		if !at.next.After(now) && len(out) < most {
			out = append(out, pending{object: at.object})
		}
	}
	return out
}
