package engine

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"golang.org/x/time/rate"

	"github.com/traillake/traillake/storage"
)

// compactLoop makes few large segments of the many small ones of a day, until the
// engine closes.
func (e *Engine) compactLoop() {
	o := e.opts.Compaction
	ticker := time.NewTicker(o.Interval)
	defer ticker.Stop()
	for {
		for _, s := range e.allStores() {
			if err := e.compactStore(e.background, s); err != nil && e.background.Err() == nil {
				e.log.Error("compact segments", "store", s.id, "error", err)
			}
		}
		select {
		case <-e.background.Done():
			return
		case <-ticker.C:
		}
	}
}

// compactStore compacts the days of a store that need it, the one with the most
// segments first.
func (e *Engine) compactStore(ctx context.Context, s *store) error {
	pace := e.pacer()
	for ctx.Err() == nil {
		ids := e.compactable(s)
		if ids == nil {
			return nil
		}
		m, err := s.storage.Compact(ctx, ids, pace)
		if errors.Is(err, storage.ErrNotFound) {
			continue // retention took one meanwhile
		}
		if err != nil {
			return err
		}
		e.log.Debug("segments compacted", "store", s.id, "segments", len(ids), "into", m.ID, "rows", m.Rows, "bytes", m.Bytes)
	}
	return ctx.Err()
}

// pacer keeps reading within the budget of bytes per second.
func (e *Engine) pacer() func(context.Context, int64) error {
	budget := e.opts.Compaction.BytesPerSecond
	if budget < 0 {
		return nil
	}
	limiter, before := rate.NewLimiter(rate.Limit(budget), int(budget)), int64(0)
	return func(ctx context.Context, read int64) error {
		n := read - before
		if n < 0 {
			n = read // the next segment's bytes are counted anew
		}
		before = read
		for n > 0 {
			part := min(n, budget)
			if err := limiter.WaitN(ctx, int(part)); err != nil {
				return err
			}
			n -= part
		}
		return nil
	}
}

// compactable picks segments of one day to make one of; nil when no day has
// enough. A row is written again about once for every doubling of the segment it
// is in: segments are only put together with their like.
func (e *Engine) compactable(s *store) []string {
	snapshot := s.storage.Snapshot()
	defer snapshot.Release()
	cutoff := s.cutoff(e.opts.Now())
	days := map[int32][]storageSegment{}
	for _, m := range snapshot.Segments() {
		if m.Bytes < e.opts.Compaction.TargetBytes && (m.NullTimes == m.Rows || m.MaxTime >= cutoff) {
			days[m.Day] = append(days[m.Day], m)
		}
	}
	var best []storageSegment
	for _, segments := range days {
		if run := e.likeSegments(segments); len(run) > len(best) {
			best = run
		}
	}
	ids := make([]string, len(best))
	for i, m := range best {
		ids[i] = m.ID
	}
	if len(ids) == 0 {
		return nil
	}
	return ids
}

// likeSegments picks of a day's segments the longest run, by size, in which the
// largest is not more than twice as large as the rest together, as far as they fit
// into one; nil when they are too few.
func (e *Engine) likeSegments(segments []storageSegment) []storageSegment {
	slices.SortFunc(segments, func(a, b storageSegment) int { return cmp.Compare(a.Bytes, b.Bytes) })
	run, total := 0, int64(0)
	for n := 1; n <= len(segments); n++ {
		rest := total
		total += segments[n-1].Bytes
		if total > e.opts.Compaction.TargetBytes {
			break
		}
		if n >= e.opts.Compaction.MinSegments && segments[n-1].Bytes <= 2*rest {
			run = n
		}
	}
	return segments[:run]
}
