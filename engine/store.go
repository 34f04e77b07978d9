package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/traillake/traillake/ingest/event"
	"github.com/traillake/traillake/ingest/live"
	"github.com/traillake/traillake/ingest/selector"
	"github.com/traillake/traillake/storage"
	"github.com/traillake/traillake/storage/segment"
)

// settingsDoc is the document of a store's log that holds its storeRecord.
const settingsDoc = "settings"

// deletionWait is how long a deleted store can be restored.
const deletionWait = 7 * 24 * time.Hour

// store is one event data store. Safe for concurrent use: the record is replaced, never changed.
type store struct {
	id      string
	family  *event.Family
	storage *storage.Store
	live    *live.Buffer // events that are in no segment yet
	sealing sync.Mutex   // held while they are moved into segments
	claims  objectClaims // of objects of buckets that are being read
	// rejecting is held while what is no event is noted.
	rejecting sync.Mutex
	record    atomic.Pointer[storeRecord]
	// compiled is made of record when it is asked for.
	compiled atomic.Pointer[compiledSelectors]
}

// storeRecord is what the commit log keeps of a store's settings.
type storeRecord struct {
	Name                  string          `json:"name"`
	Status                StoreStatus     `json:"status"`
	StatusBeforeDeletion  StoreStatus     `json:"statusBeforeDeletion,omitempty"`
	Family                selector.Family `json:"family"`
	Selectors             []EventSelector `json:"selectors"`
	MultiRegion           bool            `json:"multiRegion"`
	Organization          bool            `json:"organization"`
	RetentionDays         int             `json:"retentionDays"`
	TerminationProtection bool            `json:"terminationProtection"`
	BillingMode           BillingMode     `json:"billingMode"`
	KMSKeyID              string          `json:"kmsKeyId,omitempty"`
	Tags                  []Tag           `json:"tags,omitempty"`
	Created               time.Time       `json:"created"`
	Updated               time.Time       `json:"updated"`
	DeleteAfter           *time.Time      `json:"deleteAfter,omitempty"`
}

// layout is the segment layout of a family.
func layout(f *event.Family) segment.Layout {
	return segment.Layout{
		Schema: f.Schema, Family: f.Name, SchemaVersion: f.SchemaVersion, FieldIDs: f.FieldIDs,
		TimeColumn: f.TimeColumn, PayloadColumn: f.PayloadColumn, IDColumn: f.IDColumn, CommitColumn: event.CommitColumn,
		SortColumns: f.SortColumns, BloomColumns: f.BloomColumns, TextColumns: f.TextColumns,
	}
}

// families are the schemas of the families of events that a store may hold.
var families = map[selector.Family]*event.Family{
	selector.Trail:             event.CloudTrail,
	selector.ActivityAuditLog:  event.ActivityAuditLog,
	selector.Insight:           event.Insight,
	selector.ConfigurationItem: event.ConfigurationItem,
	selector.Evidence:          event.Evidence,
}

// openStore opens a store with the layout of the family it was made with.
func openStore(lake *storage.Lake, id string) (*storage.Store, *event.Family, error) {
	name, err := lake.StoreFamily(id)
	if err != nil {
		return nil, nil, fmt.Errorf("open event data store %s: %w", id, err)
	}
	family, ok := event.FamilyNamed(name)
	if !ok {
		return nil, nil, fmt.Errorf("open event data store %s: it holds events of the family %q, which this version does not know", id, name)
	}
	s, err := lake.OpenStore(id, layout(family))
	if err != nil {
		return nil, nil, fmt.Errorf("open event data store %s: %w", id, err)
	}
	return s, family, nil
}

// loadStores opens every store of the lake.
func (e *Engine) loadStores(ctx context.Context) error {
	for _, id := range e.lake.StoreIDs() {
		s, family, err := openStore(e.lake, id)
		if err != nil {
			return err
		}
		raw, ok := s.Doc(settingsDoc)
		if !ok {
			return fmt.Errorf("open event data store %s: its commit log has no settings", id)
		}
		var r storeRecord
		if err := json.Unmarshal(raw, &r); err != nil {
			return fmt.Errorf("open event data store %s: settings: %w", id, err)
		}
		if e.stores[id], err = e.newStore(ctx, id, s, family, &r); err != nil {
			return err
		}
	}
	return nil
}

// find returns the store with that id or ARN.
func (e *Engine) find(idOrARN string) (*store, error) {
	id, err := e.storeID(idOrARN)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if s, ok := e.stores[id]; ok {
		return s, nil
	}
	return nil, Errorf(EventDataStoreNotFound, "event data store %s does not exist", id)
}

// findActive is find, refusing a store that waits for its deletion.
func (e *Engine) findActive(idOrARN string) (*store, error) {
	s, err := e.find(idOrARN)
	if err != nil {
		return nil, err
	}
	if s.record.Load().Status == StorePendingDeletion {
		return nil, Errorf(InactiveEventDataStore, "event data store %s is pending deletion: restore it first", s.id)
	}
	return s, nil
}

// save makes a new record of a store durable and then visible.
func (e *Engine) save(ctx context.Context, s *store, reason string, r storeRecord) error {
	r.Updated = e.opts.Now().UTC()
	raw, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode settings of %s: %w", s.id, err)
	}
	_, err = s.storage.Commit(ctx, storage.Commit{Reason: reason, Docs: map[string]json.RawMessage{settingsDoc: raw}})
	if err != nil {
		return fmt.Errorf("%s of event data store %s: %w", reason, s.id, err)
	}
	s.record.Store(&r)
	return nil
}

// describe is the store as operations answer it.
func (e *Engine) describe(ctx context.Context, s *store) *EventDataStore {
	r := s.record.Load()
	out := &EventDataStore{
		ARN: e.arn(s.id), ID: s.id, Name: r.Name, Status: r.Status, Selectors: r.Selectors,
		MultiRegion: r.MultiRegion, Organization: r.Organization, RetentionDays: r.RetentionDays,
		TerminationProtection: r.TerminationProtection, BillingMode: r.BillingMode, KMSKeyID: r.KMSKeyID,
		Tags: r.Tags, Created: r.Created, Updated: r.Updated,
	}
	disk := s.onDisk()
	out.Version, out.Events, out.Bytes, out.Segments = disk.version, disk.events, disk.bytes, disk.segments
	segments, err := e.visibleSegments(ctx, s)
	if err != nil { // a store with a damaged segment can still be looked at
		e.log.Error("count events within retention", "store", s.id, "error", err)
		return out
	}
	out.Events = 0
	for _, seg := range segments {
		out.Events += seg.Rows
	}
	return out
}

// onDisk counts what the store keeps, also what is past its retention and not yet dropped.
func (s *store) onDisk() (d struct{ version, events, bytes, segments int64 }) {
	snapshot := s.storage.Snapshot()
	defer snapshot.Release()
	d.version = snapshot.Version()
	for _, seg := range snapshot.Segments() {
		d.segments++
		d.events += seg.Rows
		d.bytes += seg.Bytes
	}
	return d
}

// cutoff is the oldest event time, in microseconds, that the store's retention keeps at a moment.
func (s *store) cutoff(now time.Time) int64 {
	return now.Add(-time.Duration(s.record.Load().RetentionDays) * 24 * time.Hour).UnixMicro()
}

// internal turns an unexpected error into one for callers; *Error values pass.
func internal(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return &Error{Code: Internal, Message: "the call was given up before it ended", Err: err}
	}
	return AsError(err)
}
