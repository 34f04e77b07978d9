package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/traillake/traillake/ingest/watch/awswatch"
	"github.com/traillake/traillake/storage"
)

// WatchStatus is the state of a watched source.
type WatchStatus string

// The states.
const (
	Watching    WatchStatus = "WATCHING"
	WatchPaused WatchStatus = "PAUSED"
)

// WatchedSource is a trail that keeps delivering into a store: a prefix of a bucket
// that is read as objects come. It is a live source: the store's advanced event
// selectors choose its events, and while ingestion is stopped it waits.
type WatchedSource struct {
	ID             string
	EventDataStore string // ARN
	Source         S3Source
	QueueURL       string    // of SQS, "" for none
	Start          time.Time // objects of a time before are not taken
	Status         WatchStatus
	Created        time.Time
	Updated        time.Time
	Statistics     WatchStatistics
	// Listed is when the last listing began that went to its end; zero before.
	Listed time.Time
	Error  string // what is wrong with the bucket or the queue now
}

// WatchStatistics counts what a watched source brought.
type WatchStatistics struct {
	FilesCompleted   int64 `json:"filesCompleted"`
	EventsCompleted  int64 `json:"eventsCompleted"` // added
	EventsRead       int64 `json:"eventsRead"`
	Duplicates       int64 `json:"duplicates"`
	OutsideRetention int64 `json:"outsideRetention"`
	NotSelected      int64 `json:"notSelected"`
	Quarantined      int64 `json:"quarantined"` // what is no event: see ListRejectedRecords
	FailedEntries    int64 `json:"-"`           // objects that have failed and come again
}

// CreateWatchedSourceInput says what to watch.
type CreateWatchedSourceInput struct {
	EventDataStore string // id or ARN
	Source         *S3Source
	QueueURL       string // of SQS, with notifications of new objects; "" for none
	// Start leaves out objects by the time in their name; nil is now.
	Start *time.Time
}

// ListWatchedSourcesInput asks for a page of watched sources.
type ListWatchedSourcesInput struct {
	Page
	EventDataStore *string // id or ARN; nil is all
}

// CreateWatchedSource begins to watch a bucket. It answers when that is durable.
func (e *Engine) CreateWatchedSource(ctx context.Context, _ Principal, in CreateWatchedSourceInput) (*WatchedSource, error) {
	leave, err := e.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	if in.Source == nil {
		return nil, Errorf(InvalidParameter, "S3: says which bucket to watch and is required")
	}
	loc, err := e.checkWatchedSource(ctx, in)
	if err != nil {
		return nil, err
	}
	e.admin.Lock()
	defer e.admin.Unlock()
	s, err := e.destination(in.EventDataStore, false)
	if err != nil {
		return nil, err
	}
	id, err := e.newID()
	if err != nil {
		return nil, internal(err)
	}
	now := e.opts.Now().UTC()
	w := &watchState{id: id, store: s, failing: map[string]ImportFailure{}}
	r := watchRecord{
		Source: *in.Source, QueueURL: in.QueueURL, Start: or(in.Start, now).UTC(), Status: Watching,
		Directory: e.opts.Buckets[loc.bucket] != "", Created: now,
	}
	if err := e.saveWatch(ctx, w, "create watched source", r); err != nil {
		return nil, internal(err)
	}
	e.mu.Lock()
	e.watches[id] = w
	e.mu.Unlock()
	e.log.Info("watched source", "watch", id, "store", s.id, "source", in.Source.LocationURI)
	e.syncWatch(w)
	return e.describeWatch(w), nil
}

// checkWatchedSource looks at the bucket; it may be empty.
func (e *Engine) checkWatchedSource(ctx context.Context, in CreateWatchedSourceInput) (location, error) {
	loc, err := parseLocation(in.Source.LocationURI)
	if err != nil {
		return loc, err
	}
	if loc.upload != "" {
		return loc, Errorf(InvalidImportSource, "S3LocationUri %q: uploads cannot be watched, only s3://bucket/prefix", clip(in.Source.LocationURI))
	}
	if in.QueueURL != "" {
		if _, err := e.openQueue(ctx, in.QueueURL, in.Source.Region); err != nil {
			return loc, Errorf(InvalidParameter, "SqsQueueUrl: %v", err)
		}
	}
	bucket, err := e.openBucket(ctx, loc, in.Source.Region)
	if err != nil {
		return loc, err
	}
	err = listAfter(ctx, bucket, loc.prefix, "", func(storageObject) error { return errFound })
	if err != nil && !errors.Is(err, errFound) {
		return loc, &Error{Code: InvalidImportSource, Message: fmt.Sprintf("%s: cannot be listed: %v", loc.uri(loc.prefix), err), Err: err}
	}
	return loc, nil
}

func (e *Engine) openQueue(ctx context.Context, url, region string) (awswatch.Queue, error) {
	o := e.opts.S3
	return awswatch.OpenQueue(ctx, awswatch.QueueOptions{
		URL: url, Region: orText(o.Region, region), AccessKeyID: o.AccessKeyID, SecretAccessKey: o.SecretAccessKey, SessionToken: o.SessionToken,
	})
}

// GetWatchedSource describes a watched source.
func (e *Engine) GetWatchedSource(_ context.Context, _ Principal, id string) (*WatchedSource, error) {
	w, err := e.findWatch(id)
	if err != nil {
		return nil, err
	}
	return e.describeWatch(w), nil
}

// ListWatchedSources lists watched sources, the newest first.
func (e *Engine) ListWatchedSources(_ context.Context, _ Principal, in ListWatchedSourcesInput) ([]WatchedSource, string, error) {
	var of *store
	if in.EventDataStore != nil {
		var err error
		if of, err = e.find(*in.EventDataStore); err != nil {
			return nil, "", err
		}
	}
	out := []WatchedSource{}
	for _, w := range e.allWatches(of) {
		out = append(out, *e.describeWatch(w))
	}
	return paginate(e.tokens, out, in.Page, callName("ListWatchedSources", text(in.EventDataStore)),
		func(w *WatchedSource) string { return newestFirst(w.Created, w.ID) })
}

// PauseWatchedSource stops reading; what comes in the meantime is read after
// ResumeWatchedSource.
func (e *Engine) PauseWatchedSource(ctx context.Context, _ Principal, id string) (*WatchedSource, error) {
	return e.switchWatch(ctx, id, WatchPaused)
}

// ResumeWatchedSource goes on reading.
func (e *Engine) ResumeWatchedSource(ctx context.Context, _ Principal, id string) (*WatchedSource, error) {
	return e.switchWatch(ctx, id, Watching)
}

func (e *Engine) switchWatch(ctx context.Context, id string, to WatchStatus) (*WatchedSource, error) {
	leave, err := e.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	e.admin.Lock()
	defer e.admin.Unlock()
	w, err := e.findWatch(id)
	if err != nil {
		return nil, err
	}
	e.stopWatch(w)
	r := w.load()
	if r.Status != to {
		r.Status = to
		if err := e.saveWatch(ctx, w, "switch watched source", r); err != nil {
			e.syncWatch(w)
			return nil, internal(err)
		}
	}
	e.syncWatch(w)
	return e.describeWatch(w), nil
}

// DeleteWatchedSource stops watching for good. What was read stays.
func (e *Engine) DeleteWatchedSource(ctx context.Context, _ Principal, id string) error {
	leave, err := e.enter()
	if err != nil {
		return err
	}
	defer leave()
	e.admin.Lock()
	defer e.admin.Unlock()
	w, err := e.findWatch(id)
	if err != nil {
		return err
	}
	e.stopWatch(w)
	docs := w.store.storage.Docs(watchFailureDoc(id, ""))
	for key := range docs {
		docs[key] = nil
	}
	docs[watchDoc(id)] = nil
	if _, err := w.store.storage.Commit(ctx, storage.Commit{Reason: "delete watched source", Docs: docs}); err != nil {
		e.syncWatch(w)
		return internal(err)
	}
	e.mu.Lock()
	delete(e.watches, id)
	e.mu.Unlock()
	return nil
}

// ListWatchedSourceFailures lists the objects that failed and come again, by address.
func (e *Engine) ListWatchedSourceFailures(_ context.Context, _ Principal, id string, p Page) ([]ImportFailure, string, error) {
	w, err := e.findWatch(id)
	if err != nil {
		return nil, "", err
	}
	failures, err := decodeDocs[ImportFailure](w.store.storage.Docs(watchFailureDoc(id, "")))
	if err != nil {
		return nil, "", internal(err)
	}
	return paginate(e.tokens, failures, p, callName("ListWatchedSourceFailures", id),
		func(f *ImportFailure) string { return addressPlace(f.Location) })
}

func (e *Engine) findWatch(id string) (*watchState, error) {
	if err := checkUUID("WatchedSourceId", id); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if w, ok := e.watches[id]; ok {
		return w, nil
	}
	return nil, Errorf(WatchedSourceNotFound, "watched source %s does not exist", id)
}

// allWatches are those of a store, or with nil of all.
func (e *Engine) allWatches(of *store) []*watchState {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []*watchState
	for _, w := range e.watches {
		if of == nil || w.store == of {
			out = append(out, w)
		}
	}
	return out
}

func (e *Engine) describeWatch(w *watchState) *WatchedSource {
	r := w.load()
	out := &WatchedSource{
		ID: w.id, EventDataStore: e.arn(w.store.id), Source: r.Source, QueueURL: r.QueueURL, Start: r.Start, Status: r.Status,
		Created: r.Created, Updated: r.Updated, Statistics: r.Statistics, Listed: r.Listed,
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	out.Statistics.FailedEntries = int64(len(w.failing))
	out.Error = w.fault
	return out
}
