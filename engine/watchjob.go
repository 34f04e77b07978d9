package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/traillake/traillake/ingest"
	"github.com/traillake/traillake/ingest/watch"
	"github.com/traillake/traillake/storage/objstore"
)

type storageObject = objstore.Object

// startWatches starts the jobs of the watched sources.
func (e *Engine) startWatches() {
	e.admin.Lock()
	defer e.admin.Unlock()
	for _, w := range e.allWatches(nil) {
		e.syncWatch(w)
	}
}

// followStatus has the watched sources of a store do as its new status says. Events
// of the time in which ingestion was stopped do not come in, as in AWS: reading
// begins anew from now. The caller holds admin.
func (e *Engine) followStatus(ctx context.Context, s *store) {
	for _, w := range e.allWatches(s) {
		running := w.stop != nil
		e.stopWatch(w)
		if !running && s.record.Load().Status == StoreEnabled {
			r := w.load()
			r.Start = e.opts.Now().UTC()
			if err := e.saveWatch(ctx, w, "start ingestion of watched source", r); err != nil {
				e.log.Error("save a watched source", "watch", w.id, "error", err)
			}
		}
		e.syncWatch(w)
	}
}

// stopWatch ends the job, after what it is committing. The caller holds admin.
func (e *Engine) stopWatch(w *watchState) {
	if w.stop == nil {
		return
	}
	w.stop()
	<-w.done
	w.stop, w.done = nil, nil
}

// syncWatch starts the job if it is to run and does not. The caller holds admin.
func (e *Engine) syncWatch(w *watchState) {
	if w.stop != nil || w.load().Status != Watching || w.store.record.Load().Status != StoreEnabled || e.opts.Import.Pause {
		return
	}
	ctx, stop := context.WithCancel(e.background)
	done := make(chan struct{})
	w.stop, w.done = stop, done
	e.work.Go(func() {
		defer close(done)
		wait := time.Second
		for ctx.Err() == nil {
			err := guard(func() error { return e.watch(ctx, w) })
			if ctx.Err() != nil {
				return
			}
			w.setFault(err)
			e.log.Error("watched source", "watch", w.id, "store", w.store.id, "error", err)
			select {
			case <-ctx.Done():
			case <-time.After(wait):
			}
			wait = min(2*wait, e.opts.Watch.Interval)
		}
	})
}

func (w *watchState) setFault(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fault = ""
	if err != nil {
		w.fault = err.Error()
	}
}

// watch reads the source until the context ends.
func (e *Engine) watch(ctx context.Context, w *watchState) error {
	r := w.load()
	loc, err := parseLocation(r.Source.LocationURI)
	if err != nil {
		return err
	}
	if err := e.checkDirectory(loc, importRecord{Directory: r.Directory}); err != nil {
		return err
	}
	bucket, err := e.openBucket(ctx, loc, r.Source.Region)
	if err != nil {
		return err
	}
	j := &watchJob{engine: e, watch: w, loc: loc, bucket: bucket}
	o := watch.Options{
		Bucket: watchBucket{bucket}, Name: loc.bucket, Prefix: loc.prefix, Handle: j.handle, Seen: j.seen,
		Since: r.Start, Listed: r.Listed, Interval: e.opts.Watch.Interval, Gather: e.opts.Watch.Gather, Now: e.opts.Now,
		Events: watch.Events{Listed: j.listed, QueueError: func(err error) { w.setFault(err) }, Invalid: j.invalid},
	}
	if r.QueueURL != "" {
		if o.Queue, err = e.openQueue(ctx, r.QueueURL, r.Source.Region); err != nil {
			return err
		}
	}
	w.mu.Lock()
	for key := range w.failing {
		o.Retry = append(o.Retry, watch.Object{Key: key, Size: -1})
	}
	w.mu.Unlock()
	return watch.Run(ctx, o)
}

// watchJob is the reading of a watched source.
type watchJob struct {
	engine *Engine
	watch  *watchState
	loc    location
	bucket objstore.Store
	saved  time.Time // the last listing that is noted durably
}

// seen reports whether an object was read before, by this or by an import.
func (j *watchJob) seen(o watch.Object) bool {
	if o.ETag == "" {
		return false
	}
	c, ok := j.watch.store.storage.Checkpoint(j.loc.source(), o.Key)
	return ok && c.ETag == o.ETag
}

// listed notes, about once an hour, how far the bucket is listed.
func (j *watchJob) listed(round watch.Round) {
	j.watch.setFault(round.Err)
	if round.Err != nil {
		return
	}
	j.watch.saving.Lock()
	defer j.watch.saving.Unlock()
	r := j.watch.load()
	r.Listed = round.Began
	if !j.saved.IsZero() && round.Began.Sub(j.saved) < time.Hour {
		j.watch.record.Store(&r) // durable with what comes next
		return
	}
	j.saved = round.Began
	if err := j.engine.saveWatch(j.engine.background, j.watch, "listed watched source", r); err != nil && j.engine.background.Err() == nil {
		j.engine.log.Error("save a watched source", "watch", j.watch.id, "error", err)
	}
}

func (j *watchJob) invalid(m watch.Message, reason string) {
	r := newRejects(j.engine.opts.Now().UTC())
	r.add(j.watch.load().QueueURL, int64(m.Received), reason, m.Body)
	if err := j.engine.keepRejects(j.engine.background, j.watch.store, r); err != nil {
		j.engine.log.Error("keep a message that is no notification", "watch", j.watch.id, "error", err)
	}
}

// claimWait is how long a batch waits for events that an import holds: the import
// may wait for events of the batch, so it gives way.
const claimWait = 5 * time.Second

// handle reads objects into the store.
func (j *watchJob) handle(ctx context.Context, objects []watch.Object) []error {
	errs := make([]error, len(objects))
	s := j.watch.store
	sink := &watchSink{job: j, hold: s.live.Hold(), rows: batchSegments{engine: j.engine, store: s}, failed: map[string]error{}}
	defer sink.hold.Free()
	defer s.claims.freeAll(sink)
	var list []ingest.Object
	for i, o := range objects {
		if _, ok := s.claims.try(j.loc.source(), o.Key, sink); !ok {
			errs[i] = fmt.Errorf("an import reads it: %w", watch.ErrLater)
			continue
		}
		if o.ETag == "" { // a notification may tell none where the bucket has one
			if info, err := j.bucket.Stat(ctx, o.Key); err == nil {
				o = watchObject(info)
			}
		}
		list = append(list, ingest.Object{Key: o.Key, Size: max(o.Size, 0), ETag: o.ETag})
	}
	if len(list) == 0 {
		return errs
	}
	err := guard(func() error { return j.read(ctx, sink, list) })
	err = errors.Join(err, sink.rows.discard())
	for i, o := range objects {
		if errs[i] == nil {
			errs[i] = sink.failed[o.Key]
		}
		if errs[i] == nil && err != nil && !sink.done[o.Key] {
			errs[i] = err
		}
	}
	if err != nil && ctx.Err() == nil && !errors.Is(err, watch.ErrLater) {
		j.engine.log.Error("read objects of a watched source", "watch", j.watch.id, "error", err)
	}
	return errs
}

func (j *watchJob) read(ctx context.Context, sink *watchSink, list []ingest.Object) error {
	e, s := j.engine, j.watch.store
	selectors, err := s.selectors()
	if err != nil {
		return err
	}
	_, err = ingest.Import(ctx, listedSource{bucketSource{j.bucket}, list}, sink, ingest.Options{
		Family: s.family, Bucket: j.loc.source(), Prefix: j.loc.prefix, Cutoff: s.cutoff(e.opts.Now()), Selectors: selectors, Strict: true,
		Workers: e.opts.Import.Workers, MemoryBytes: e.opts.Import.MemoryBytes, Now: e.opts.Now,
	})
	return err
}

// listedSource has just the objects that were found.
type listedSource struct {
	bucketSource
	objects []ingest.Object
}

// List implements ingest.Source.
func (s listedSource) List(_ context.Context, _ string, fn func(ingest.Object) error) error {
	for _, o := range s.objects {
		if err := fn(o); err != nil {
			return err
		}
	}
	return nil
}
