package engine

import (
	"context"
)

// sweep drops what is past its time: segments past their store's retention,
// stores past their deletion wait, results past their lifetime. Queries hide
// expired rows by themselves; this frees the room.
func (e *Engine) sweep(ctx context.Context) {
	now := e.opts.Now()
	e.dropDeleted(ctx, now)
	e.mu.Lock()
	stores := make([]*store, 0, len(e.stores))
	for _, s := range e.stores {
		stores = append(stores, s)
	}
	e.mu.Unlock()
	for _, s := range stores {
		if ctx.Err() != nil {
			return
		}
		cutoff := s.cutoff(now)
		dropped, err := s.storage.Expire(ctx, cutoff, cutoff)
		if err != nil {
			e.log.Error("expire segments", "store", s.id, "error", err)
			continue
		}
		if dropped > 0 {
			e.log.Info("segments expired", "store", s.id, "segments", dropped)
		}
	}
	if err := e.queries.expire(now, e.opts.Query.ResultTTL, e.opts.Query.AllResultBytes); err != nil {
		e.log.Error("expire results", "error", err)
	}
	if err := e.saveIngestion(ctx); err != nil {
		e.log.Error("write the status of channels", "error", err)
	}
	if err := e.expireUploads(now); err != nil {
		e.log.Error("expire uploads", "error", err)
	}
}
