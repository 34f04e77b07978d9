package engine

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/traillake/traillake/ingest"
)

// resumeImports goes on with the imports that were running when the lake closed or its process died.
func (e *Engine) resumeImports() {
	for _, job := range e.imports {
		r := job.load()
		if !oneOf(r.Status, ImportInitializing, ImportInProgress) {
			continue
		}
		loc, err := parseLocation(r.Source.LocationURI)
		if err != nil {
			e.log.Error("resume import", "import", job.id, "error", err)
			continue
		}
		e.log.Info("import resumed", "import", job.id, "store", job.store.id)
		e.runImport(job, loc)
	}
}

// runImport starts the job of an import.
func (e *Engine) runImport(job *importState, loc location) {
	ctx, stop := context.WithCancel(e.background)
	done := make(chan struct{})
	e.mu.Lock()
	job.stop, job.done = stop, done
	e.mu.Unlock()
	e.work.Go(func() {
		defer stop()
		err := guard(func() error { return e.copyTrail(ctx, job, loc) })
		end := e.endImport(ctx, job, loc, err)
		// Both at once: who reads that an import has ended may start the next.
		e.mu.Lock()
		job.record.Store(&end)
		job.stop, job.done = nil, nil
		e.mu.Unlock()
		close(done)
	})
}

// copyTrail runs the pipeline from the bucket into the store.
func (e *Engine) copyTrail(ctx context.Context, job *importState, loc location) (err error) {
	r := job.load()
	if err := e.checkDirectory(loc, r); err != nil {
		return err
	}
	bucket, err := e.openBucket(ctx, loc, r.Source.Region)
	if err != nil {
		return err
	}
	sink := e.newImportSink(job, loc)
	defer job.store.claims.freeAll(sink)
	defer func() { err = errors.Join(err, sink.close()) }()
	stats, err := ingest.Import(ctx, bucketSource{bucket}, sink, ingest.Options{
		Family: job.store.family, Bucket: loc.source(), Prefix: loc.prefix, Start: orZero(r.Start), End: orZero(r.End),
		Cutoff: job.store.cutoff(e.opts.Now()), Strict: !r.AnyFormat, Workers: e.opts.Import.Workers,
		MemoryBytes: e.opts.Import.MemoryBytes, Now: e.opts.Now, DryRun: r.DryRun, Progress: sink.progress,
	})
	sink.progress(stats)
	return err
}

// endImport makes the final state of an import durable and returns it. An import
// that the engine's own closing interrupts keeps its running state and is resumed.
func (e *Engine) endImport(ctx context.Context, job *importState, loc location, cause error) importRecord {
	r := job.load()
	if e.background.Err() != nil && cause != nil {
		return r
	}
	failed, err := job.failures()
	if err != nil {
		cause = errors.Join(cause, err)
	}
	r.Statistics.FailedEntries = 0
	for _, f := range failed {
		if f.Status != FailureSucceeded {
			r.Statistics.FailedEntries++
		}
	}
	switch {
	case cause != nil && ctx.Err() != nil:
		r.Status, r.Error = ImportStopped, "stopped by StopImport"
	case cause != nil:
		r.Status, r.Error = ImportFailed, importError(cause)
		e.log.Error("import failed", "import", job.id, "store", job.store.id, "error", cause)
	case r.Statistics.FailedEntries > 0:
		r.Status, r.Error = ImportFailed, fmt.Sprintf("%d objects could not be imported: see ListImportFailures", r.Statistics.FailedEntries)
	default:
		r.Status = ImportCompleted
	}
	r.Updated = e.opts.Now().UTC()
	if err := commitImport(context.WithoutCancel(ctx), job, r); err != nil {
		// The log still says that it runs: the next start goes on with it.
		e.log.Error("save the end of an import", "import", job.id, "error", err)
		r.Status, r.Error = ImportFailed, "its end could not be made durable"
		return r
	}
	if r.Status == ImportCompleted && loc.upload != "" {
		if err := e.dropUpload(loc.upload); err != nil {
			e.log.Error("remove an upload", "upload", loc.upload, "error", err)
		}
	}
	e.log.Info("import ended", "import", job.id, "store", job.store.id, "status", string(r.Status), "events", r.Statistics.EventsCompleted)
	return r
}

// importError is what callers read of why an import ended early: what is wrong
// with the source, but not what went wrong in the lake, which the log has.
func importError(err error) string {
	var own *Error
	var source *sourceError
	switch {
	case errors.As(err, &own):
		return own.Message
	case errors.As(err, &source):
		return err.Error()
	case errors.Is(err, syscall.ENOSPC):
		return "no space is left in the data directory: make room, then go on with the import by its ImportId"
	}
	return internalFault
}

func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
