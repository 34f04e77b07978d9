package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/traillake/traillake/ingest/event"
	"github.com/traillake/traillake/ingest/live"
	"github.com/traillake/traillake/storage"
)

// liveLog is a store's write-ahead log as the buffer of its live events knows it.
type liveLog struct{ store *storage.Store }

// Append implements live.Log.
func (l liveLog) Append(batch []byte) (int64, error) { return l.store.AppendLive(batch) }

// Rotate implements live.Log.
func (l liveLog) Rotate() (int64, error) { return l.store.RotateLive() }

// newStore joins an opened store with the events of it that are in no segment yet.
func (e *Engine) newStore(ctx context.Context, id string, opened *storage.Store, f *event.Family, r *storeRecord) (*store, error) {
	s := &store{id: id, family: f, storage: opened, live: live.NewBuffer(f, e.opts.Live.MemoryBytes)}
	s.record.Store(r)
	err := opened.OpenLive(ctx, func(b storage.LiveBatch) error { return s.live.Replay(b.File, b.Data) })
	if err != nil {
		return nil, fmt.Errorf("live events of event data store %s: %w", id, err)
	}
	s.live.Open(liveLog{opened})
	return s, nil
}

// sealLoop moves live events into segments until the engine closes. What is left
// then is in the write-ahead logs.
func (e *Engine) sealLoop() {
	ticker := time.NewTicker(e.opts.Live.SealInterval)
	defer ticker.Stop()
	for {
		for _, s := range e.allStores() {
			if e.background.Err() != nil {
				return
			}
			if !e.sealDue(s) {
				continue
			}
			if err := e.seal(e.background, s); err != nil && e.background.Err() == nil {
				e.log.Error("write live events into segments", "store", s.id, "error", err)
			}
		}
		select {
		case <-e.background.Done():
			return
		case <-e.sealWake:
		case <-ticker.C:
		}
	}
}

// sealDue reports whether a store's live events are many or old enough for segments.
func (e *Engine) sealDue(s *store) bool {
	bytes, oldest := s.live.State()
	return bytes >= e.opts.Live.SealBytes || !oldest.IsZero() && e.opts.Now().Sub(oldest) >= e.opts.Live.SealAge
}

// seal moves the oldest of a store's live events into segments, all days of a
// file of the write-ahead log in one commit.
func (e *Engine) seal(ctx context.Context, s *store) error {
	s.sealing.Lock()
	defer s.sealing.Unlock()
	g, err := s.live.Seal()
	if g == nil || err != nil {
		return err
	}
	defer g.Release()
	days := make([]sealDay, len(g.Parts))
	for i, p := range g.Parts {
		days[i] = sealDay{p.Day, p.Records, p.Prints}
	}
	metas, err := e.sealDays(ctx, s, days)
	if err != nil {
		return err
	}
	if _, err := s.storage.Commit(ctx, storage.Commit{Reason: "live events", Add: metas, Live: g.File}); err != nil {
		if !errors.Is(err, storage.ErrInDoubt) {
			err = errors.Join(err, s.storage.Discard(metas...))
		}
		return err
	}
	s.live.Drop(g.File)
	return nil
}

// allStores lists the stores, those that wait for their deletion too.
func (e *Engine) allStores() []*store {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := make([]*store, 0, len(e.stores))
	for _, s := range e.stores {
		out = append(out, s)
	}
	return out
}
