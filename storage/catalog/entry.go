package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"
)

// Segment names a segment and carries what its owner wants to know of it.
type Segment struct {
	// ID is unique among the segments of a version. An id is better not used
	// again after its segment was removed.
	ID string `json:"id"`
	// Meta is any JSON value; the catalog does not look inside.
	Meta json.RawMessage `json:"meta"`
	// Version is the entry that added the segment. Commit sets it.
	Version int64 `json:"-"`
}

// Checkpoint says that an object of a source is in the store.
type Checkpoint struct {
	// Source is the bucket or folder the object came from.
	Source string `json:"source"`
	Key    string `json:"key"`
	// ETag names the content: the store's tag, or a hash where it has none.
	ETag string `json:"etag,omitempty"`
	// Cutoff is the retention cut-off that was applied, in microseconds since
	// 1970: rows before it were left out.
	Cutoff int64 `json:"cutoff,omitempty"`
	// Rows is how many rows the object gave.
	Rows int64 `json:"rows,omitempty"`
}

// Commit is a change of one log's state. It happens as a whole or not at all.
type Commit struct {
	// Reason is for people: "import …", "retention", "compaction".
	Reason string
	// Add are new segments; their Version is ignored.
	Add []Segment
	// Remove are ids of segments that are there.
	Remove []string
	// Checkpoints replace those of the same source and key.
	Checkpoints []Checkpoint
	// Docs sets JSON documents by key; nil or null deletes.
	Docs map[string]json.RawMessage
}

// Entry is a commit as it lies in the log.
type Entry struct {
	// Version counts the entries of the log without gaps, from 1.
	Version int64 `json:"version"`
	// Time is when it was committed, in UTC and to the microsecond.
	Time        time.Time                  `json:"time"`
	Reason      string                     `json:"reason,omitempty"`
	Add         []Segment                  `json:"add,omitempty"`
	Remove      []string                   `json:"remove,omitempty"`
	Checkpoints []Checkpoint               `json:"checkpoints,omitempty"`
	Docs        map[string]json.RawMessage `json:"docs,omitempty"`
	// PublicKey verifies the log's signatures. Only entry 1 has it.
	PublicKey []byte `json:"public_key,omitempty"`
}

// Limits of a commit. They keep an entry readable in memory and every value
// below what Badger puts outside its tree.
const (
	// MaxPayloadBytes is the largest entry as JSON.
	MaxPayloadBytes = 256 << 20
	// MaxValueBytes is the largest document and the largest segment meta.
	MaxValueBytes = 1<<20 - 4096
	// MaxKeyBytes is the longest document key, segment id, and source and key
	// of a checkpoint together.
	MaxKeyBytes = 8 << 10
)

// isDelete reports whether a document value deletes its key.
func isDelete(v json.RawMessage) bool {
	return len(v) == 0 || bytes.Equal(bytes.TrimSpace(v), []byte("null"))
}

// validate reports everything wrong with a commit apart from the log's state.
func (c *Commit) validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	checkKey := func(what, key string) {
		if !utf8.ValidString(key) {
			// JSON would replace what is not, and the key not be found again.
			bad("%s %.80q: not UTF-8", what, key)
		}
		if key == "" || len(key) > MaxKeyBytes {
			bad("%s %.80q: must have 1 to %d bytes, has %d", what, key, MaxKeyBytes, len(key))
		}
	}
	checkValue := func(what, key string, v json.RawMessage) {
		if len(v) > MaxValueBytes {
			bad("%s %.80q: %d bytes, more than %d", what, key, len(v), MaxValueBytes)
		} else if !json.Valid(v) {
			bad("%s %.80q: not JSON", what, key)
		}
	}
	ids := map[string]bool{}
	for _, s := range c.Add {
		checkKey("segment id", s.ID)
		checkValue("meta of segment", s.ID, s.Meta)
		if ids[s.ID] {
			bad("segment %.80q is named twice", s.ID)
		}
		ids[s.ID] = true
	}
	for _, id := range c.Remove {
		checkKey("segment id", id)
		if ids[id] {
			bad("segment %.80q is named twice", id)
		}
		ids[id] = true
	}
	for _, p := range c.Checkpoints {
		checkKey("checkpoint", p.Source+p.Key)
	}
	for key, v := range c.Docs {
		checkKey("document key", key)
		if !isDelete(v) {
			checkValue("document", key, v)
		}
	}
	return errors.Join(errs...)
}

func encodeEntry(e *Entry) ([]byte, error) {
	data, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	if len(data) > MaxPayloadBytes {
		return nil, fmt.Errorf("entry of %d bytes: must be at most %d", len(data), MaxPayloadBytes)
	}
	return data, nil
}

// decodeEntry reads a payload. A field it does not know was written by a newer
// version and may matter, so it is refused.
func decodeEntry(payload []byte) (Entry, error) {
	var e Entry
	dec := json.NewDecoder(bytes.NewReader(payload))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&e); err != nil {
		return Entry{}, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Entry{}, errors.New("data after the JSON value")
	}
	for i := range e.Add {
		e.Add[i].Version = e.Version
	}
	return e, nil
}
