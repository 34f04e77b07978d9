package storage

import (
	"container/list"
	"context"
	"errors"
	"sync"

	"github.com/traillake/traillake/storage/objstore"
	"github.com/traillake/traillake/storage/segment"
)

// readerCache keeps files open with their footers read, a bounded number of
// them unless more are in use.
type readerCache struct {
	limit int

	mu struct {
		sync.Mutex
		handles map[handleKey]*handle
		idle    *list.List // of *handle without users, the longest idle first
		closed  bool
	}
}

type handleKey struct{ store, key string }

// handle is an open file: a segment or a fingerprint file.
type handle struct {
	key  handleKey
	once sync.Once
	src  objstore.Reader
	err  error
	// One of them is set.
	segment *segment.Reader
	prints  *segment.Fingerprints

	// guarded by readerCache.mu
	users int
	place *list.Element // in idle
	stale bool          // to be closed by its last user
}

func newReaderCache(limit int) *readerCache {
	c := &readerCache{limit: limit}
	c.mu.handles = map[handleKey]*handle{}
	c.mu.idle = list.New()
	return c
}

// get returns an open handle, which the caller gives back with put.
func (c *readerCache) get(ctx context.Context, store *Store, key string, prints bool) (*handle, error) {
	c.mu.Lock()
	if c.mu.closed {
		c.mu.Unlock()
		return nil, ErrClosed
	}
	k := handleKey{store.id, key}
	h := c.mu.handles[k]
	if h == nil {
		h = &handle{key: k}
		c.mu.handles[k] = h
	}
	h.users++
	if h.place != nil {
		c.mu.idle.Remove(h.place)
		h.place = nil
	}
	c.mu.Unlock()
	h.once.Do(func() {
		// The file outlives the caller, and so must the context.
		if h.src, h.err = store.objects.Open(context.WithoutCancel(ctx), key); h.err != nil {
			return
		}
		if prints {
			// A changed fingerprint would not be found, and its event come in twice.
			if h.prints, h.err = segment.OpenFingerprints(h.src); h.err == nil {
				h.err = h.prints.Check(1 << 32)
			}
		} else {
			h.segment, h.err = segment.Open(h.src)
		}
	})
	if h.err != nil {
		c.drop(k)
		c.put(h)
		return nil, h.err
	}
	return h, nil
}

// put gives a handle back.
func (c *readerCache) put(h *handle) {
	c.mu.Lock()
	h.users--
	var closing []*handle
	if h.users == 0 {
		if h.stale {
			closing = append(closing, h)
		} else {
			h.place = c.mu.idle.PushBack(h)
		}
	}
	for len(c.mu.handles) > c.limit && c.mu.idle.Len() > 0 {
		old := c.mu.idle.Remove(c.mu.idle.Front()).(*handle)
		old.place = nil
		delete(c.mu.handles, old.key)
		closing = append(closing, old)
	}
	c.mu.Unlock()
	for _, h := range closing {
		_ = h.close() // only read from: nothing can be lost
	}
}

// drop forgets a file; it is closed when nobody uses it.
func (c *readerCache) drop(k handleKey) {
	c.mu.Lock()
	h := c.mu.handles[k]
	delete(c.mu.handles, k)
	idle := false
	if h != nil {
		h.stale = true
		if idle = h.place != nil; idle {
			c.mu.idle.Remove(h.place)
			h.place = nil
		}
	}
	c.mu.Unlock()
	if idle {
		_ = h.close() // only read from: nothing can be lost
	}
}

// close closes what nobody uses; the rest is closed by its users.
func (c *readerCache) close() error {
	c.mu.Lock()
	c.mu.closed = true
	var closing []*handle
	for _, h := range c.mu.handles {
		h.stale = true
		if h.place != nil {
			h.place = nil
			closing = append(closing, h)
		}
	}
	clear(c.mu.handles)
	c.mu.idle.Init()
	c.mu.Unlock()
	var errs []error
	for _, h := range closing {
		errs = append(errs, h.close())
	}
	return errors.Join(errs...)
}

func (h *handle) close() error {
	if h.src == nil {
		return nil
	}
	return h.src.Close()
}
