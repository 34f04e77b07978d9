package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/traillake/traillake/storage"
)

// importState is an import and, while it runs, its job.
type importState struct {
	id     string
	store  *store
	record atomic.Pointer[importRecord] // replaced, never changed

	// Guarded by Engine.mu: how to stop the job and when it has ended; nil when none runs.
	stop context.CancelFunc
	done chan struct{}
}

// importRecord is what the store's commit log keeps of an import.
type importRecord struct {
	Source     S3Source         `json:"source"`
	Start      *time.Time       `json:"start,omitempty"`
	End        *time.Time       `json:"end,omitempty"`
	Status     ImportStatus     `json:"status"`
	DryRun     bool             `json:"dryRun,omitempty"`
	AnyFormat  bool             `json:"anyFormat,omitempty"`
	Directory  bool             `json:"directory,omitempty"` // the bucket was a directory when the import began
	Created    time.Time        `json:"created"`
	Updated    time.Time        `json:"updated"`
	Statistics ImportStatistics `json:"statistics"`
	Error      string           `json:"error,omitempty"`
}

// The keys of an import's documents in its store's log.
func importDoc(id string) string            { return "import/" + id }
func failureDoc(id, location string) string { return "failure/" + id + "/" + location }
func quarantineDoc(id, key string, record int64) string {
	return fmt.Sprintf("quarantine/%s/%s#%d", id, key, record)
}

func (i *importState) load() importRecord { return *i.record.Load() }

// loadImports reads the imports of every store.
func (e *Engine) loadImports() error {
	for _, s := range e.stores {
		for key, raw := range s.storage.Docs("import/") {
			var r importRecord
			if err := json.Unmarshal(raw, &r); err != nil {
				return fmt.Errorf("event data store %s: %s: %w", s.id, key, err)
			}
			id := strings.TrimPrefix(key, "import/")
			job := &importState{id: id, store: s}
			job.record.Store(&r)
			e.imports[id] = job
		}
	}
	return nil
}

// saveImport makes a new record of an import durable and then visible.
func (e *Engine) saveImport(ctx context.Context, job *importState, r importRecord) error {
	r.Updated = e.opts.Now().UTC()
	if err := commitImport(ctx, job, r); err != nil {
		return err
	}
	job.record.Store(&r)
	return nil
}

// commitImport makes a new record of an import durable.
func commitImport(ctx context.Context, job *importState, r importRecord) error {
	docs, err := encodeDocs(map[string]any{importDoc(job.id): r})
	if err != nil {
		return err
	}
	if _, err := job.store.storage.Commit(ctx, storage.Commit{Reason: "import " + strings.ToLower(string(r.Status)), Docs: docs}); err != nil {
		return fmt.Errorf("save import %s: %w", job.id, err)
	}
	return nil
}

// retryFailures marks an import's failures as queued again, together with its new record.
func (e *Engine) retryFailures(ctx context.Context, job *importState, r importRecord) error {
	failures, err := job.failures()
	if err != nil {
		return err
	}
	r.Updated = e.opts.Now().UTC()
	values := map[string]any{importDoc(job.id): r}
	for _, f := range failures {
		if f.Status == FailureFailed {
			f.Status, f.LastUpdated = FailureRetry, r.Updated
			values[failureDoc(job.id, f.Location)] = f
		}
	}
	docs, err := encodeDocs(values)
	if err != nil {
		return err
	}
	if _, err := job.store.storage.Commit(ctx, storage.Commit{Reason: "import retry", Docs: docs}); err != nil {
		return fmt.Errorf("retry import %s: %w", job.id, err)
	}
	job.record.Store(&r)
	return nil
}

// failures returns an import's failures, in no order.
func (i *importState) failures() ([]ImportFailure, error) {
	return decodeDocs[ImportFailure](i.store.storage.Docs(failureDoc(i.id, "")))
}

// quarantined returns the records an import kept aside, in no order.
func (i *importState) quarantined() ([]QuarantinedRecord, error) {
	return decodeDocs[QuarantinedRecord](i.store.storage.Docs("quarantine/" + i.id + "/"))
}

func decodeDocs[T any](docs map[string]json.RawMessage) ([]T, error) {
	out := make([]T, 0, len(docs))
	for key, raw := range docs {
		var v T
		if err := json.Unmarshal(raw, &v); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		out = append(out, v)
	}
	return out, nil
}

// describeImport is the import as operations answer it.
func (e *Engine) describeImport(job *importState) *Import {
	r := job.load()
	return &Import{
		ID: job.id, Destinations: []string{e.arn(job.store.id)}, Source: r.Source, Start: r.Start, End: r.End,
		Status: r.Status, DryRun: r.DryRun, AnyFormat: r.AnyFormat, Created: r.Created, Updated: r.Updated, Statistics: r.Statistics, Error: r.Error,
	}
}

func encodeDocs(values map[string]any) (map[string]json.RawMessage, error) {
	docs := make(map[string]json.RawMessage, len(values))
	for key, v := range values {
		raw, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", key, err)
		}
		docs[key] = raw
	}
	return docs, nil
}
