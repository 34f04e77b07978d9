// Package storage keeps event data stores on disk: immutable segments, and the
// commit logs that say which segments count.
//
// A Lake is one data directory. Its own log holds small JSON documents; every
// store in it has a log of its own whose entries add and remove segments, note
// which source objects are in, and hold further documents. What no entry names
// does not exist: a crash leaves at most files that the next Open removes.
//
// storage/FORMAT.md describes every file, storage/DESIGN.md why it is so.
// The package knows nothing of SQL and of the events it stores.
package storage

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/traillake/traillake/storage/catalog"
	"github.com/traillake/traillake/storage/segment"
	"github.com/traillake/traillake/storage/vfs"
)

// Errors to ask for with errors.Is.
var (
	// ErrCorrupt: a file is not what was written. The message names file and
	// place. Reading from a segment.Reader gives segment.ErrCorrupt instead.
	ErrCorrupt = catalog.ErrCorrupt
	// ErrInDoubt: a commit failed when it may already be on disk. The store takes
	// no commits until the lake is opened again, which decides it.
	ErrInDoubt = catalog.ErrInDoubt
	// ErrLocked: another process has the data directory in use.
	ErrLocked = errors.New("in use")
	// ErrNotFound: no such store, segment or file.
	ErrNotFound = fs.ErrNotExist
	// ErrReadOnly: the lake was opened for reading only.
	ErrReadOnly = errors.New("opened read-only")
	// ErrClosed: the lake is closed, or the store was dropped.
	ErrClosed = errors.New("closed")
	// ErrNoRows: a segment without rows cannot be sealed.
	ErrNoRows = errors.New("segment has no rows")
)

// Options are the options of Open. The zero value of every field but Dir is its default.
type Options struct {
	// Dir is the data directory. It is created when missing, unless ReadOnly.
	Dir string
	// FS is the file system. nil is the operating system's.
	FS vfs.FS
	// Now is the clock. nil is time.Now.
	Now func() time.Time
	// Logger gets state changes. nil discards them.
	Logger *slog.Logger
	// ReadOnly takes no lock and changes nothing.
	ReadOnly bool
	// Rand makes segment ids and the signing key. nil is crypto/rand.
	Rand io.Reader
	// SigningKeyFile holds the Ed25519 key that signs log entries. Empty is
	// keys/catalog.pem in Dir. It is created when missing, mode 0600.
	SigningKeyFile string
	// IndexDir is the folder of the index, always on the operating system's file
	// system. Empty is index in Dir, or in memory when FS is not the operating system's.
	IndexDir string
	// OpenReaders bounds the segment readers (open file and footer) kept for
	// reuse. 0 means 256.
	OpenReaders int
	// Listener is told of events.
	Listener Listener
}

// Listener is told what storage does. Its functions may be nil, are called
// without locks held and must return quickly.
type Listener struct {
	// SegmentSealed: a segment is durable and was read back.
	SegmentSealed func(store string, m segment.Meta, took time.Duration)
	// SegmentDeleted: a removed segment's files are gone.
	SegmentDeleted func(store string, m segment.Meta)
	// Committed: a version is durable and visible.
	Committed func(store string, version int64, added, removed int, took time.Duration)
	// LeftoverRemoved: Open removed a file that no entry names.
	LeftoverRemoved func(store, key string)
}

// withDefaults fills in what is zero.
func (o Options) withDefaults() (Options, error) {
	if o.Dir == "" {
		return o, errors.New("storage options: no data directory")
	}
	if o.OpenReaders < 0 {
		return o, fmt.Errorf("storage options: %d open readers: must not be negative", o.OpenReaders)
	}
	onDisk := o.FS == nil || o.FS == vfs.OS()
	if o.FS == nil {
		o.FS = vfs.OS()
	}
	if o.Now == nil {
		o.Now = time.Now //nolint:forbidigo // the default of the option
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.IndexDir == "" && onDisk {
		o.IndexDir = filepath.Join(o.Dir, "index")
	}
	if o.OpenReaders == 0 {
		o.OpenReaders = 256
	}
	return o, nil
}

// SegmentInfo is a segment of a snapshot.
type SegmentInfo struct {
	segment.Meta
	// Version is the commit that added it.
	Version int64
}

// Commit is one atomic change of a store.
type Commit struct {
	// Reason is a short text for the log: "import …", "expire".
	Reason string
	// Add are sealed segments of this store.
	Add []segment.Meta
	// Remove are ids of segments that go.
	Remove []string
	// Checkpoints say which source objects are in with this commit.
	Checkpoints []Checkpoint
	// Live says that all batches of the write-ahead log's files up to this number
	// are in with this commit; 0: none.
	Live int64
	// Docs are documents to put; nil deletes.
	Docs map[string]json.RawMessage
}

// Checkpoint says that an object of a source is in the store.
type Checkpoint struct {
	Source string `json:"source"` // bucket
	Key    string `json:"key"`
	ETag   string `json:"etag"`
	// Cutoff is the retention cut-off that was applied, in microseconds.
	Cutoff int64 `json:"cutoff"`
	// Rows is the number of rows the object gave.
	Rows int64 `json:"rows"`
}

// RowRef is a row that has a fingerprint.
type RowRef struct {
	Segment     string
	Row         int64
	Fingerprint uint64
}
