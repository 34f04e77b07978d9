package storage

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/storage/segment"
)

var errTodo = errors.New("not there yet")

// Lake is an open data directory. Safe for concurrent use.
type Lake struct{}

// Open opens a data directory. It takes DIR/LOCK (ErrLocked when held), replays
// the logs, brings the index up to date and removes files that no entry names.
func Open(ctx context.Context, opts Options) (*Lake, error) { return nil, errTodo }

// Close releases everything. It is idempotent.
func (l *Lake) Close() error { return nil }

// Doc returns a document of the lake's log.
func (l *Lake) Doc(key string) (json.RawMessage, bool) { return nil, false }

// Docs returns the documents whose key has the prefix, by key.
func (l *Lake) Docs(prefix string) map[string]json.RawMessage { return nil }

// PutDocs writes documents in one log entry; a nil value deletes.
func (l *Lake) PutDocs(ctx context.Context, reason string, docs map[string]json.RawMessage) (int64, error) {
	return 0, errTodo
}

// CreateStore makes a store. The first entry of its log holds the documents.
func (l *Lake) CreateStore(ctx context.Context, id string, layout segment.Layout, docs map[string]json.RawMessage) (*Store, error) {
	return nil, errTodo
}

// OpenStore returns a store that exists. Every call returns the same *Store; the
// layout of the first call stays.
func (l *Lake) OpenStore(id string, layout segment.Layout) (*Store, error) { return nil, errTodo }

// StoreIDs lists the stores in order.
func (l *Lake) StoreIDs() []string { return nil }

// DropStore removes a store for good. Snapshots in use stay readable.
func (l *Lake) DropStore(ctx context.Context, id string) error { return errTodo }

// Store is an event data store. Safe for concurrent use.
type Store struct{}

// ID is the store's id.
func (s *Store) ID() string { return "" }

// Version is the newest version.
func (s *Store) Version() int64 { return 0 }

// Doc returns a document of the store's log.
func (s *Store) Doc(key string) (json.RawMessage, bool) { return nil, false }

// Docs returns the documents whose key has the prefix, by key.
func (s *Store) Docs(prefix string) map[string]json.RawMessage { return nil }

// PutDocs writes documents in one log entry; a nil value deletes.
func (s *Store) PutDocs(ctx context.Context, reason string, docs map[string]json.RawMessage) (int64, error) {
	return 0, errTodo
}

// Commit makes one change, durable when it returns. Commits of a store are serialised.
func (s *Store) Commit(ctx context.Context, c Commit) (version int64, err error) { return 0, errTodo }

// Checkpoint returns the newest checkpoint of an object.
func (s *Store) Checkpoint(source, key string) (Checkpoint, bool) { return Checkpoint{}, false }

// NewSegment starts a segment for the rows of a day, or of segment.NoDay.
func (s *Store) NewSegment(day int32) *SegmentWriter { return nil }

// FindFingerprints finds the rows of a day's segments that have one of the fingerprints.
func (s *Store) FindFingerprints(ctx context.Context, sn *Snapshot, day int32, fps []uint64) ([]RowRef, error) {
	return nil, errTodo
}

// Expire removes the segments whose rows are all older than the cut-offs, in
// microseconds: by time, and for rows without a time by ingestCutoff against the
// segment's commit.
func (s *Store) Expire(ctx context.Context, cutoff, ingestCutoff int64) (dropped int, err error) {
	return 0, errTodo
}

// Snapshot pins the newest version.
func (s *Store) Snapshot() *Snapshot { return nil }

// Snapshot is one version of a store. Safe for concurrent use.
type Snapshot struct{}

// Version is the version pinned.
func (sn *Snapshot) Version() int64 { return 0 }

// Segments lists the segments by day and version. The slice is shared.
func (sn *Snapshot) Segments() []SegmentInfo { return nil }

// Open returns a reader of a segment, valid until Release.
func (sn *Snapshot) Open(ctx context.Context, id string) (*segment.Reader, error) {
	return nil, errTodo
}

// Release gives the version up. It is idempotent.
func (sn *Snapshot) Release() {}

// SegmentWriter builds a segment. Not safe for concurrent use.
type SegmentWriter struct{}

// Append adds rows with their fingerprints (0 for none, nil for no row). It retains rec.
func (w *SegmentWriter) Append(rec arrow.Record, fingerprints []uint64) error { return errTodo }

// Rows is the number of rows appended.
func (w *SegmentWriter) Rows() int64 { return 0 }

// Seal completes the segment: durable and read back, but part of no version until committed.
func (w *SegmentWriter) Seal(ctx context.Context) (segment.Meta, error) {
	return segment.Meta{}, errTodo
}

// Abort gives the segment up and removes what was written. It does nothing after Seal.
func (w *SegmentWriter) Abort() {}
