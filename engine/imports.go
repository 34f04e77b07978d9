package engine

import (
	"context"
	"fmt"
	"github.com/traillake/traillake/ingest/selector"
	"time"
)

// StartImport starts copying a trail's objects into a store, or, given only an
// ImportID, goes on with an import that failed or was stopped. It answers as
// soon as the import is durable; GetImport tells how it goes.
func (e *Engine) StartImport(ctx context.Context, _ Principal, in StartImportInput) (*Import, error) {
	leave, err := e.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	if in.ImportID != nil {
		return e.retryImport(ctx, in)
	}
	dest, src, err := e.checkNewImport(ctx, in)
	if err != nil {
		return nil, err
	}
	e.admin.Lock()
	defer e.admin.Unlock()
	if dest, err = e.destination(dest.id, in.AnyFormat); err != nil { // it may have been deleted since
		return nil, err
	}
	if err := e.noOtherImport(); err != nil {
		return nil, err
	}
	id, err := e.newID()
	if err != nil {
		return nil, internal(err)
	}
	now := e.opts.Now().UTC()
	job := &importState{id: id, store: dest}
	r := importRecord{
		Source: *in.Source, Start: in.Start, End: in.End, Status: ImportInitializing, DryRun: in.DryRun, AnyFormat: in.AnyFormat, Directory: e.opts.Buckets[src.bucket] != "", Created: now, Updated: now,
	}
	if err := e.saveImport(ctx, job, r); err != nil {
		return nil, internal(err)
	}
	e.mu.Lock()
	e.imports[id] = job
	e.mu.Unlock()
	e.log.Info("import started", "import", id, "store", dest.id, "source", in.Source.LocationURI)
	out := e.describeImport(job)
	e.runImport(job, src)
	return out, nil
}

// checkNewImport validates a request and looks at its source.
func (e *Engine) checkNewImport(ctx context.Context, in StartImportInput) (*store, location, error) {
	if len(in.Destinations) != 1 {
		return nil, location{}, Errorf(InvalidParameter, "Destinations: must name exactly one event data store, got %d", len(in.Destinations))
	}
	if in.Source == nil {
		return nil, location{}, Errorf(InvalidParameter, "ImportSource: is required for a new import (or give only the ImportId of one to go on with)")
	}
	dest, err := e.destination(in.Destinations[0], in.AnyFormat)
	if err != nil {
		return nil, location{}, err
	}
	if in.Start != nil && in.End != nil && in.Start.After(*in.End) {
		return nil, location{}, Errorf(InvalidParameter, "StartEventTime %s is after EndEventTime %s", in.Start.UTC().Format(time.RFC3339), in.End.UTC().Format(time.RFC3339))
	}
	loc, err := parseLocation(in.Source.LocationURI)
	if err != nil {
		return nil, location{}, err
	}
	return dest, loc, e.checkSource(ctx, loc, in.Source.Region)
}

// destination returns the store with that id or ARN when it can be imported into:
// trails into stores of CloudTrail events and, where AWS would refuse, AWS Config's
// files into stores of configuration items.
func (e *Engine) destination(idOrARN string, anyFormat bool) (*store, error) {
	dest, err := e.findActive(idOrARN)
	if err != nil {
		return nil, err
	}
	r := dest.record.Load()
	if r.Family != selector.Trail && !(anyFormat && r.Family == selector.ConfigurationItem) {
		hint := ""
		if r.Family == selector.ConfigurationItem {
			hint = "; AWS Config's files are imported with AnyFormat, which AWS has not (traillake import --configuration-items)"
		}
		return nil, Errorf(InvalidEventDataStoreCategory, "event data store %s holds %s events: trails are imported into stores of CloudTrail events%s", dest.id, r.Family, hint)
	}
	if !oneOf(r.Status, StoreEnabled, StoreStoppedIngestion) {
		return nil, Errorf(InvalidEventDataStoreStatus, "event data store %s is %s: must be %s or %s", dest.id, r.Status, StoreEnabled, StoreStoppedIngestion)
	}
	return dest, nil
}

// retryImport goes on with an import. What it copied before stays and is not copied again.
func (e *Engine) retryImport(ctx context.Context, in StartImportInput) (*Import, error) {
	if len(in.Destinations) > 0 || in.Source != nil || in.Start != nil || in.End != nil || in.DryRun || in.AnyFormat {
		return nil, Errorf(InvalidParameter, "ImportId goes on with an import as it was started: give nothing beside it")
	}
	job, err := e.findImport(*in.ImportID)
	if err != nil {
		return nil, err
	}
	e.admin.Lock()
	defer e.admin.Unlock()
	r := job.load()
	if !oneOf(r.Status, ImportFailed, ImportStopped) {
		return nil, Errorf(InvalidParameter, "import %s is %s: only one that is %s or %s can go on", job.id, r.Status, ImportFailed, ImportStopped)
	}
	if job.store.record.Load().Status == StorePendingDeletion {
		return nil, Errorf(InactiveEventDataStore, "event data store %s is pending deletion: restore it first", job.store.id)
	}
	if err := e.noOtherImport(); err != nil {
		return nil, err
	}
	loc, err := parseLocation(r.Source.LocationURI)
	if err != nil {
		return nil, err
	}
	if err := e.checkDirectory(loc, r); err != nil {
		return nil, err
	}
	if err := e.checkSource(ctx, loc, r.Source.Region); err != nil {
		return nil, err
	}
	r.Status, r.Error = ImportInitializing, ""
	if err := e.retryFailures(ctx, job, r); err != nil {
		return nil, internal(err)
	}
	e.log.Info("import goes on", "import", job.id, "store", job.store.id)
	out := e.describeImport(job)
	e.runImport(job, loc)
	return out, nil
}

// GetImport describes an import with its statistics.
func (e *Engine) GetImport(_ context.Context, _ Principal, id string) (*Import, error) {
	job, err := e.findImport(id)
	if err != nil {
		return nil, err
	}
	return e.describeImport(job), nil
}

// StopImport ends a running import after what it is committing. What it copied stays.
func (e *Engine) StopImport(ctx context.Context, _ Principal, id string) (*Import, error) {
	job, err := e.findImport(id)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	stop, done := job.stop, job.done
	e.mu.Unlock()
	if stop == nil {
		return nil, Errorf(InvalidParameter, "import %s is %s: only a running import can be stopped", id, job.load().Status)
	}
	stop()
	select {
	case <-done:
	case <-ctx.Done():
		return nil, internal(ctx.Err())
	}
	return e.describeImport(job), nil
}

// ListImports lists imports, the newest first.
func (e *Engine) ListImports(_ context.Context, _ Principal, in ListImportsInput) ([]Import, string, error) {
	var dest *store
	if in.Destination != nil {
		var err error
		if dest, err = e.find(*in.Destination); err != nil {
			if AsError(err).Code != EventDataStoreNotFound {
				return nil, "", err
			}
			return []Import{}, "", nil
		}
	}
	if in.Status != nil && !oneOf(*in.Status, ImportInitializing, ImportInProgress, ImportFailed, ImportStopped, ImportCompleted) {
		return nil, "", Errorf(InvalidParameter, "ImportStatus %q: must be INITIALIZING, IN_PROGRESS, FAILED, STOPPED or COMPLETED", clip(string(*in.Status)))
	}
	e.mu.Lock()
	jobs := make([]*importState, 0, len(e.imports))
	for _, job := range e.imports {
		if dest == nil || job.store == dest {
			jobs = append(jobs, job)
		}
	}
	e.mu.Unlock()
	all := make([]Import, 0, len(jobs))
	for _, job := range jobs {
		i := e.describeImport(job)
		if in.Status == nil || i.Status == *in.Status {
			all = append(all, *i)
		}
	}
	return paginate(e.tokens, all, in.Page, callName("ListImports", text(in.Destination), text(in.Status)),
		func(i *Import) string { return newestFirst(i.Created, i.ID) })
}

// ListImportFailures lists the objects an import could not copy, by address.
func (e *Engine) ListImportFailures(_ context.Context, _ Principal, id string, p Page) ([]ImportFailure, string, error) {
	job, err := e.findImport(id)
	if err != nil {
		return nil, "", err
	}
	failures, err := job.failures()
	if err != nil {
		return nil, "", internal(fmt.Errorf("read failures of import %s: %w", id, err))
	}
	return paginate(e.tokens, failures, p, callName("ListImportFailures", id),
		func(f *ImportFailure) string { return addressPlace(f.Location) })
}

// ListQuarantinedRecords lists the elements of an import's objects that could not
// become rows, by address and number; of each object the first hundred.
func (e *Engine) ListQuarantinedRecords(_ context.Context, _ Principal, id string, p Page) ([]QuarantinedRecord, string, error) {
	job, err := e.findImport(id)
	if err != nil {
		return nil, "", err
	}
	records, err := job.quarantined()
	if err != nil {
		return nil, "", internal(fmt.Errorf("read quarantine of import %s: %w", id, err))
	}
	return paginate(e.tokens, records, p, callName("ListQuarantinedRecords", id),
		func(r *QuarantinedRecord) string {
			return fmt.Sprintf("%s\x00%012d", addressPlace(r.Location), r.Record)
		})
}

// findImport returns the import with that id.
func (e *Engine) findImport(id string) (*importState, error) {
	if err := checkUUID("ImportId", id); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if job, ok := e.imports[id]; ok {
		return job, nil
	}
	return nil, Errorf(ImportNotFound, "import %s does not exist", id)
}

// noOtherImport refuses while an import runs: one at a time per account, as in AWS.
func (e *Engine) noOtherImport() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for id, job := range e.imports {
		if job.stop != nil {
			return Errorf(AccountHasOngoingImport, "import %s is running: wait for it or stop it", id)
		}
	}
	return nil
}

// noImport refuses while an import into the store runs.
func (e *Engine) noImport(s *store) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for id, job := range e.imports {
		if job.stop != nil && job.store == s {
			return Errorf(EventDataStoreHasOngoingImport, "import %s into event data store %s is running: wait for it or stop it", id, s.id)
		}
	}
	return nil
}
