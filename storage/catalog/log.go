package catalog

import (
	"context"
	"encoding/json"
	"errors"
)

// Log is one commit log and the state that its entries add up to. All methods
// may be called concurrently; commits take turns.
type Log struct{}

// Name returns the log's name.
func (l *Log) Name() string { return "" }

// Version returns the last acknowledged version.
func (l *Log) Version() int64 { return 0 }

// Commit appends one entry and returns its version once it is durable. ctx is
// only looked at before the write begins. On an error matching ErrInDoubt the
// entry may turn up at the next open; on any other error it will not.
func (l *Log) Commit(ctx context.Context, c Commit) (int64, error) {
	return 0, errors.ErrUnsupported
}

// Doc returns a document. The bytes must not be changed.
func (l *Log) Doc(key string) (json.RawMessage, bool) { return nil, false }

// Docs returns the documents whose key begins with prefix.
func (l *Log) Docs(prefix string) map[string]json.RawMessage { return nil }

// Segments returns the segments as of one version, ordered by version and, in
// an entry, as they were added. The slice is the caller's, the metas are not.
func (l *Log) Segments() (version int64, segments []Segment) { return 0, nil }

// Checkpoint returns the newest checkpoint of an object.
func (l *Log) Checkpoint(source, key string) (Checkpoint, bool, error) {
	return Checkpoint{}, false, nil
}

// Checkpoints calls fn for every current checkpoint of a source, in the order
// of the keys.
func (l *Log) Checkpoints(source string, fn func(Checkpoint) error) error { return nil }
