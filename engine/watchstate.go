package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/traillake/traillake/storage"
)

// watchState is a watched source and, while it runs, its job.
type watchState struct {
	id     string
	store  *store
	record atomic.Pointer[watchRecord] // replaced, never changed; by the job while it runs

	// Guarded by Engine.admin: how to stop the job and when it has ended.
	stop context.CancelFunc
	done chan struct{}

	saving sync.Mutex // held while the job replaces the record

	mu      sync.Mutex
	failing map[string]ImportFailure // by key, as in the log
	fault   string                   // of the bucket or the queue
}

// watchRecord is what the store's commit log keeps of a watched source.
type watchRecord struct {
	Source     S3Source        `json:"source"`
	QueueURL   string          `json:"queueUrl,omitempty"`
	Start      time.Time       `json:"start"`
	Status     WatchStatus     `json:"status"`
	Directory  bool            `json:"directory,omitempty"` // the bucket was a directory when it was created
	Created    time.Time       `json:"created"`
	Updated    time.Time       `json:"updated"`
	Listed     time.Time       `json:"listed"`
	Statistics WatchStatistics `json:"statistics"`
}

// The keys of a watched source's documents in its store's log.
func watchDoc(id string) string             { return "watch/" + id }
func watchFailureDoc(id, key string) string { return "watchfailure/" + id + "/" + key }

func (w *watchState) load() watchRecord { return *w.record.Load() }

// loadWatches reads the watched sources of every store.
func (e *Engine) loadWatches() error {
	for _, s := range e.stores {
		for key, raw := range s.storage.Docs("watch/") {
			w := &watchState{id: strings.TrimPrefix(key, "watch/"), store: s, failing: map[string]ImportFailure{}}
			var r watchRecord
			if err := json.Unmarshal(raw, &r); err != nil {
				return fmt.Errorf("event data store %s: %s: %w", s.id, key, err)
			}
			w.record.Store(&r)
			for key, raw := range s.storage.Docs(watchFailureDoc(w.id, "")) {
				var f ImportFailure
				if err := json.Unmarshal(raw, &f); err != nil {
					return fmt.Errorf("event data store %s: %s: %w", s.id, key, err)
				}
				w.failing[strings.TrimPrefix(key, watchFailureDoc(w.id, ""))] = f
			}
			e.watches[w.id] = w
		}
	}
	return nil
}

// saveWatch makes a new record durable and then visible.
func (e *Engine) saveWatch(ctx context.Context, w *watchState, reason string, r watchRecord) error {
	r.Updated = e.opts.Now().UTC()
	docs, err := encodeDocs(map[string]any{watchDoc(w.id): r})
	if err != nil {
		return err
	}
	if _, err := w.store.storage.Commit(ctx, storage.Commit{Reason: reason, Docs: docs}); err != nil {
		return fmt.Errorf("%s %s: %w", reason, w.id, err)
	}
	w.record.Store(&r)
	return nil
}
