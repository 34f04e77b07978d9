package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/traillake/traillake/ingest"
	"github.com/traillake/traillake/ingest/live"
	"github.com/traillake/traillake/ingest/watch"
	"github.com/traillake/traillake/storage"
)

// watchSink writes what a watched source brought: as importSink does, one commit
// holds the segments, the checkpoints of the objects, and the source's new record.
type watchSink struct {
	job    *watchJob
	hold   *live.Hold
	rows   batchSegments
	done   map[string]bool  // by key: committed
	failed map[string]error // by key
}

// Seen implements ingest.Sink: an object that was read before, by an import too, is
// not read again, whatever the retention was then.
func (s *watchSink) Seen(key, etag string) (int64, bool) {
	c, ok := s.job.watch.store.storage.Checkpoint(s.job.loc.source(), key)
	return math.MinInt64, ok && c.ETag == etag
}

// Lookup implements ingest.Sink.
func (s *watchSink) Lookup(ctx context.Context, day int32, fingerprints []uint64) ([]ingest.Hit, error) {
	wait, stop := context.WithTimeout(ctx, claimWait)
	defer stop()
	hits, err := s.hold.Find(wait, fingerprints)
	if err != nil {
		if ctx.Err() == nil && wait.Err() != nil {
			err = fmt.Errorf("an import holds its events: %w", watch.ErrLater)
		}
		return nil, err
	}
	stored, err := lookup(ctx, s.job.watch.store, day, fingerprints)
	return append(hits, stored...), err
}

// Append implements ingest.Sink.
func (s *watchSink) Append(ctx context.Context, rows ingest.Rows) error {
	return s.rows.append(ctx, rows)
}

// Write implements ingest.Sink.
func (s *watchSink) Write(ctx context.Context, b *ingest.Batch) error {
	defer s.hold.Free()
	e, w := s.job.engine, s.job.watch
	metas, err := s.rows.seal(ctx)
	if err != nil {
		return err
	}
	rejected := newRejects(e.opts.Now().UTC())
	w.saving.Lock()
	defer w.saving.Unlock()
	r := w.load()
	r.Updated = rejected.now
	c := storage.Commit{Reason: "watched source", Add: metas}
	for _, o := range b.Objects {
		r.Statistics.add(o)
		cutoff := b.Cutoff
		switch {
		case o.NotSelected > 0:
			cutoff = math.MaxInt64 // an import, which takes every event, has to read it again
		case o.Outside == 0:
			cutoff = math.MinInt64
		}
		c.Checkpoints = append(c.Checkpoints, storage.Checkpoint{Source: s.job.loc.source(), Key: o.Key, ETag: o.ETag, Cutoff: cutoff, Rows: o.Rows})
	}
	for _, q := range b.Quarantined {
		rejected.add(s.job.loc.uri(q.Key), q.Record, q.Reason, []byte(q.Excerpt))
	}
	failing, values := s.failures(b)
	values[watchDoc(w.id)] = r
	w.store.rejecting.Lock()
	defer w.store.rejecting.Unlock()
	if c.Docs, err = s.docs(values, rejected); err == nil {
		_, err = w.store.storage.Commit(ctx, c)
	}
	if err != nil {
		if errors.Is(err, storage.ErrInDoubt) {
			s.rows.done()
		}
		return fmt.Errorf("commit watched source %s: %w", w.id, errors.Join(err, s.rows.discard()))
	}
	s.rows.done()
	w.record.Store(&r)
	e.counters.recordsRejected.Add(rejected.count)
	w.mu.Lock()
	w.failing = failing
	w.mu.Unlock()
	if s.done == nil {
		s.done = map[string]bool{}
	}
	for _, o := range b.Objects {
		s.done[o.Key] = true
		e.counters.eventsImported.Add(o.Rows)
	}
	for _, f := range b.Failures {
		s.failed[f.Key] = fmt.Errorf("%s: %s", f.Type, f.Message)
	}
	return nil
}

func (t *WatchStatistics) add(o ingest.ObjectDone) {
	t.FilesCompleted++
	t.EventsCompleted += o.Rows
	t.EventsRead += o.Rows + o.Duplicates + o.Outside + o.NotSelected + o.Quarantined
	t.Duplicates += o.Duplicates
	t.OutsideRetention += o.Outside
	t.NotSelected += o.NotSelected
	t.Quarantined += o.Quarantined
}

// failures are the objects that fail after the batch, and the documents that say so;
// of an object that is in now it is nil.
func (s *watchSink) failures(b *ingest.Batch) (failing map[string]ImportFailure, values map[string]any) {
	w := s.job.watch
	failing, values = map[string]ImportFailure{}, map[string]any{}
	w.mu.Lock()
	for key, f := range w.failing {
		failing[key] = f
	}
	w.mu.Unlock()
	for _, o := range b.Objects {
		if _, ok := failing[o.Key]; ok {
			delete(failing, o.Key)
			values[watchFailureDoc(w.id, o.Key)] = nil
		}
	}
	for _, f := range b.Failures {
		failure := ImportFailure{Location: s.job.loc.uri(f.Key), Status: FailureRetry, ErrorType: f.Type, ErrorMessage: f.Message, LastUpdated: s.job.engine.opts.Now().UTC()}
		failing[f.Key] = failure
		values[watchFailureDoc(w.id, f.Key)] = failure
	}
	return failing, values
}

// docs encodes documents, of which nil ones are removed, and adds what is no event.
func (s *watchSink) docs(values map[string]any, rejected *rejects) (map[string]json.RawMessage, error) {
	gone := map[string]json.RawMessage{}
	for key, v := range values {
		if v == nil {
			gone[key] = nil
			delete(values, key)
		}
	}
	more, err := encodeDocs(rejected.docs)
	if err != nil {
		return nil, err
	}
	if len(more) > 0 {
		if err := s.job.watch.store.dropOldRejects(more); err != nil {
			return nil, err
		}
	}
	docs, err := encodeDocs(values)
	for key, raw := range more {
		docs[key] = raw
	}
	for key := range gone {
		docs[key] = nil
	}
	return docs, err
}
