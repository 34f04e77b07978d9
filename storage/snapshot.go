package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/traillake/traillake/storage/segment"
)

// Snapshot is one version of a store. Safe for concurrent use.
type Snapshot struct {
	store   *Store
	version *version
	pinned  int64 // the newest version when it was taken: its segments stay
	live    int64 // of that version

	mu struct {
		sync.Mutex
		open     map[string]*handle // by object key
		released bool
	}
}

// Snapshot pins the newest version.
func (s *Store) Snapshot() *Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	sn := &Snapshot{store: s, version: s.mu.current, pinned: s.mu.current.number, live: s.mu.current.live}
	sn.mu.open = map[string]*handle{}
	s.mu.pinned[sn.version.number]++
	return sn
}

// Version is the version pinned.
func (sn *Snapshot) Version() int64 { return sn.version.number }

// Segments lists the segments, those without a day first, then by day and
// version. The slice is shared: it must not be changed.
func (sn *Snapshot) Segments() []SegmentInfo { return sn.version.segments }

// Open returns a reader of a segment, valid until Release.
func (sn *Snapshot) Open(ctx context.Context, id string) (*segment.Reader, error) {
	i, ok := sn.version.byID[id]
	if !ok {
		return nil, fmt.Errorf("open segment %s of store %s: %w", id, sn.store.id, ErrNotFound)
	}
	m := &sn.version.segments[i]
	h, err := sn.handle(ctx, m.Key, false)
	if err != nil {
		return nil, fmt.Errorf("open segment %s of store %s: %w", id, sn.store.id, fileError(err))
	}
	if got := h.segment.NumRows(); got != m.Rows {
		return nil, fmt.Errorf("open segment %s of store %s: %w: %d rows, the log says %d", id, sn.store.id, ErrCorrupt, got, m.Rows)
	}
	return h.segment, nil
}

// fileError makes a damaged or missing file of a version match ErrCorrupt.
func fileError(err error) error {
	if errors.Is(err, segment.ErrCorrupt) || errors.Is(err, ErrNotFound) {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return err
}

// handle returns an open file that the snapshot holds until Release.
func (sn *Snapshot) handle(ctx context.Context, key string, prints bool) (*handle, error) {
	sn.mu.Lock()
	h, released := sn.mu.open[key], sn.mu.released
	sn.mu.Unlock()
	if released {
		return nil, fmt.Errorf("snapshot: %w", ErrClosed)
	}
	if h != nil {
		return h, nil
	}
	h, err := sn.store.lake.cache.get(ctx, sn.store, key, prints)
	if err != nil {
		return nil, err
	}
	sn.mu.Lock()
	other := sn.mu.open[key]
	released = sn.mu.released
	if other == nil && !released {
		sn.mu.open[key] = h
	}
	sn.mu.Unlock()
	if other != nil || released {
		sn.store.lake.cache.put(h)
	}
	if released {
		return nil, fmt.Errorf("snapshot: %w", ErrClosed)
	}
	if other != nil {
		return other, nil
	}
	return h, nil
}

// Release gives the version up, and with it the readers that Open returned. It
// is idempotent.
func (sn *Snapshot) Release() {
	sn.mu.Lock()
	open, released := sn.mu.open, sn.mu.released
	sn.mu.open, sn.mu.released = nil, true
	sn.mu.Unlock()
	if released {
		return
	}
	for _, h := range open {
		sn.store.lake.cache.put(h)
	}
	sn.store.release(sn.pinned)
}

func (s *Store) release(number int64) {
	s.mu.Lock()
	if s.mu.pinned[number]--; s.mu.pinned[number] == 0 {
		delete(s.mu.pinned, number)
	}
	dead := s.unneededLocked()
	s.mu.Unlock()
	s.deleteFiles(dead)
	s.removeIfUnused()
}

// FindFingerprints finds the rows of a day's segments that have one of the
// fingerprints, by segment and row. A nil snapshot stands for the newest version.
func (s *Store) FindFingerprints(ctx context.Context, sn *Snapshot, day int32, fps []uint64) ([]RowRef, error) {
	if sn == nil {
		sn = s.Snapshot()
		defer sn.Release()
	}
	sorted := slices.Clone(fps)
	slices.Sort(sorted)
	sorted = slices.Compact(sorted)
	var out []RowRef
	for i := range sn.version.segments {
		m := &sn.version.segments[i]
		if m.Day != day || m.FingerprintKey == "" {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		h, err := sn.handle(ctx, m.FingerprintKey, true)
		if err != nil {
			return nil, fmt.Errorf("fingerprints of segment %s of store %s: %w", m.ID, s.id, fileError(err))
		}
		hits, err := h.prints.Find(sorted)
		if err != nil {
			return nil, fmt.Errorf("fingerprints of segment %s of store %s: %w", m.ID, s.id, fileError(err))
		}
		slices.SortFunc(hits, func(a, b segment.Hit) int { return int(a.Row - b.Row) })
		for _, hit := range hits {
			out = append(out, RowRef{Segment: m.ID, Row: hit.Row, Fingerprint: hit.Fingerprint})
		}
	}
	return out, nil
}
