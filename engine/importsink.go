package engine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/traillake/traillake/ingest"
	"github.com/traillake/traillake/ingest/live"
	"github.com/traillake/traillake/storage"
)

// importSink writes what an import reads into a store: every batch is one commit
// that holds its segments, the checkpoints of its objects and the import's new
// record, so that a crash leaves an object in entirely or not at all.
type importSink struct {
	engine *Engine
	job    *importState
	loc    location
	base   ImportStatistics // of earlier runs of this import
	retry  map[string]ImportFailure
	// Of the batch being made:
	hold     *live.Hold // its events
	segments batchSegments

	mu sync.Mutex // serialises replacing the job's record
}

func (e *Engine) newImportSink(job *importState, loc location) *importSink {
	s := &importSink{engine: e, job: job, loc: loc, base: job.load().Statistics, retry: map[string]ImportFailure{}, hold: job.store.live.Hold(), segments: batchSegments{engine: e, store: job.store}}
	failures, err := job.failures()
	if err != nil {
		e.log.Error("read failures of an import", "import", job.id, "error", err)
	}
	for _, f := range failures {
		if f.Status != FailureSucceeded {
			s.retry[f.Location] = f
		}
	}
	return s
}

// Seen implements ingest.Sink.
func (s *importSink) Seen(key, etag string) (int64, bool) {
	// What a watched source reads now is in, or not, before this looks.
	s.job.store.claims.wait(s.loc.source(), key, s)
	c, ok := s.job.store.storage.Checkpoint(s.loc.source(), key)
	if !ok || c.ETag != etag {
		return 0, false
	}
	s.job.store.claims.free(s.loc.source(), key, s)
	return c.Cutoff, true
}

// Lookup implements ingest.Sink. The events are reserved first: what is neither in
// memory nor stored then, nobody else adds before this batch is committed.
func (s *importSink) Lookup(ctx context.Context, day int32, fingerprints []uint64) ([]ingest.Hit, error) {
	hits, err := s.hold.Find(ctx, fingerprints)
	if err != nil {
		return nil, err
	}
	stored, err := lookup(ctx, s.job.store, day, fingerprints)
	return append(hits, stored...), err
}

// Append implements ingest.Sink.
func (s *importSink) Append(ctx context.Context, rows ingest.Rows) error {
	return s.segments.append(ctx, rows)
}

// close gives up what was appended and not written.
func (s *importSink) close() error {
	err := s.segments.discard()
	s.hold.Free()
	return err
}

// Write implements ingest.Sink.
func (s *importSink) Write(ctx context.Context, b *ingest.Batch) error {
	defer s.hold.Free() // its events are stored, or given up
	metas, err := s.segments.seal(ctx)
	if err != nil {
		return err
	}
	now := s.engine.opts.Now().UTC()
	r := s.job.load()
	r.Status, r.Updated = ImportInProgress, now
	r.Statistics = s.total(b.Stats)
	values := map[string]any{importDoc(s.job.id): r}
	s.addFailures(values, b)
	for _, q := range b.Quarantined {
		values[quarantineDoc(s.job.id, q.Key, q.Record)] = QuarantinedRecord{
			Location: s.loc.uri(q.Key), Record: q.Record, Reason: q.Reason, Excerpt: q.Excerpt,
		}
	}
	docs, err := encodeDocs(values)
	if err != nil {
		return err
	}
	c := storage.Commit{Reason: "import", Add: metas, Docs: docs}
	for _, o := range b.Objects {
		cutoff := b.Cutoff
		if o.Outside == 0 {
			cutoff = math.MinInt64 // nothing was left out: a longer retention has nothing to read again
		}
		c.Checkpoints = append(c.Checkpoints, storage.Checkpoint{Source: s.loc.source(), Key: o.Key, ETag: o.ETag, Cutoff: cutoff, Rows: o.Rows})
	}
	if _, err := s.job.store.storage.Commit(ctx, c); err != nil {
		if errors.Is(err, storage.ErrInDoubt) {
			s.segments.done()
		}
		return fmt.Errorf("commit import %s: %w", s.job.id, errors.Join(err, s.segments.discard()))
	}
	s.segments.done()
	for _, o := range b.Objects {
		s.engine.counters.eventsImported.Add(o.Rows)
		s.job.store.claims.free(s.loc.source(), o.Key, s)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.job.record.Store(&r)
	return nil
}

// addFailures puts a batch's failures among the documents, and marks earlier
// failures of objects that are now in as succeeded.
func (s *importSink) addFailures(values map[string]any, b *ingest.Batch) {
	now := s.engine.opts.Now().UTC()
	for _, f := range b.Failures {
		at := s.loc.uri(f.Key)
		values[failureDoc(s.job.id, at)] = ImportFailure{
			Location: at, Status: FailureFailed, ErrorType: f.Type, ErrorMessage: f.Message, LastUpdated: now,
		}
	}
	for _, o := range b.Objects {
		if f, ok := s.retry[s.loc.uri(o.Key)]; ok {
			f.Status, f.LastUpdated = FailureSucceeded, now
			values[failureDoc(s.job.id, f.Location)] = f
		}
	}
}

// progress shows a run's figures to GetImport; they become durable with the next commit.
func (s *importSink) progress(stats ingest.Stats) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.job.load()
	r.Statistics = s.total(stats)
	r.Updated = s.engine.opts.Now().UTC()
	if r.Status == ImportInitializing && stats.FilesFound > 0 {
		r.Status = ImportInProgress
	}
	s.job.record.Store(&r)
}

// total adds a run's figures to those of the import's earlier runs. What is
// found, and what of it is done, is counted anew by every run; a file that an
// earlier run of this import copied is skipped by this one and stays completed.
func (s *importSink) total(run ingest.Stats) ImportStatistics {
	t := ImportStatistics{
		PrefixesFound: run.PrefixesFound, PrefixesCompleted: run.PrefixesCompleted,
		FilesFound: run.FilesFound, BytesFound: run.BytesFound, BytesCompleted: run.BytesCompleted,
		FilesCompleted:   s.base.FilesCompleted + run.FilesCompleted,
		FilesSkipped:     max(0, run.FilesSkipped-s.base.FilesCompleted),
		EventsCompleted:  s.base.EventsCompleted + run.EventsCompleted,
		EventsRead:       s.base.EventsRead + run.EventsRead,
		Duplicates:       s.base.Duplicates + run.Duplicates,
		OutsideRetention: s.base.OutsideRetention + run.OutsideRetention,
		Quarantined:      s.base.Quarantined + run.Quarantined,
		FailedEntries:    run.FailedEntries,
	}
	return t
}
