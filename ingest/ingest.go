// Package ingest turns log objects of a trail bucket into rows of a store: it
// lists, reads, decodes, removes duplicates, and hands whole objects to a Sink in
// batches that are committed at once.
package ingest

import (
	"context"
	"io"
	"time"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/ingest/event"
	"github.com/traillake/traillake/ingest/selector"
)

// Object is one listed object. An ETag of "" means that the source knows none;
// then the SHA-256 of the object's bytes, in hexadecimal, stands for it.
type Object struct {
	Key  string
	Size int64
	ETag string
}

// Source is where an import reads. Its methods must be safe for concurrent use.
type Source interface {
	// List calls fn with every object whose key begins with prefix.
	List(ctx context.Context, prefix string, fn func(Object) error) error
	// Get opens the object's bytes. Errors match fs.ErrNotExist and fs.ErrPermission.
	Get(ctx context.Context, key string) (io.ReadCloser, error)
}

// Sink is where an import writes. Seen must be safe for concurrent use, also with
// the other methods, which are called by one goroutine.
type Sink interface {
	// Seen returns the retention cut-off with which this very content of the object
	// was imported.
	Seen(key, etag string) (cutoff int64, ok bool)
	// Lookup finds stored rows of the day (event.NoDay: of rows without a time) by
	// fingerprint.
	Lookup(ctx context.Context, day int32, fingerprints []uint64) ([]Hit, error)
	// Append takes rows that the next Write commits. The record is the caller's: what
	// is kept of it must be retained. Rows that no Write follows are to be given up
	// when the import has ended.
	Append(ctx context.Context, rows Rows) error
	// Write commits the batch with the rows that were appended since the last one:
	// all of it or, with an error, nothing. The batch is the sink's until Write returns.
	Write(ctx context.Context, b *Batch) error
}

// Hit is a stored row whose fingerprint was asked for.
type Hit struct {
	Index    int      // into the fingerprints
	Identity [32]byte // of a record without an id that of its place
}

// Batch is what one commit adds beside rows.
type Batch struct {
	Objects     []ObjectDone
	Failures    []Failure
	Quarantined []Quarantined
	Cutoff      int64 // the retention cut-off that was applied, microseconds since 1970
	Stats       Stats // of the import so far, this batch included
}

// Rows are rows of one UTC day, or of event.NoDay, at least one. Fingerprints has one
// entry per row.
type Rows struct {
	Day          int32
	Record       arrow.Record
	Fingerprints []uint64
}

// ObjectDone is an object that was read to its end.
type ObjectDone struct {
	Key         string
	ETag        string // or the SHA-256 of its bytes
	Rows        int64  // added
	Duplicates  int64  // the same event is stored already, or came twice
	Outside     int64  // older than the cut-off
	NotSelected int64  // events that Options.Selectors do not choose
	Quarantined int64  // elements that are no event
}

// Failure is an object that could not be imported. None of its rows are.
type Failure struct {
	Key     string
	Type    string // one word, see the Failure constants
	Message string // what was wrong and where
	Time    time.Time
}

// Quarantined is an element of an object that cannot become a row. Of one object the
// first hundred are told; ObjectDone counts all.
type Quarantined struct {
	Key     string
	Record  int64 // its number in the object, from 0
	Reason  string
	Excerpt string // the beginning of its text
}

// Stats counts what an import has done.
type Stats struct {
	PrefixesFound     int64 // folders with objects to import: one per account, region and day
	PrefixesCompleted int64 // those whose objects all are imported
	FilesFound        int64
	FilesCompleted    int64
	FilesSkipped      int64 // imported before and unchanged
	BytesFound        int64 // compressed
	BytesCompleted    int64
	EventsRead        int64
	EventsCompleted   int64 // rows added
	Duplicates        int64
	OutsideRetention  int64
	NotSelected       int64
	Quarantined       int64
	FailedEntries     int64
}

// DefaultMemoryBytes is the default of Options.MemoryBytes.
const DefaultMemoryBytes = 128 << 20

// Options says what to import and how.
type Options struct {
	Family *event.Family // default event.CloudTrail
	// Bucket tells objects with the same key apart; Prefix is where keys begin.
	Bucket, Prefix string
	// Start and End pick whole objects by the time in their name, both included;
	// the zero time leaves that side open. An object without a time in its name is
	// judged by the day in its path; one without either is taken.
	Start, End time.Time
	// Cutoff leaves out rows whose event time is before it (microseconds since
	// 1970; math.MinInt64 keeps all). Rows without a time are kept.
	Cutoff int64
	// Selectors choose the events that are taken; nil takes all, as imports do.
	Selectors *selector.Selectors
	// Strict takes only gzip with a "Records" array, as CloudTrail delivers. Else
	// plain text, top-level arrays, single records and JSON lines are taken too.
	Strict bool
	// Workers read and decode at the same time; default runtime.GOMAXPROCS(0).
	Workers int
	// MemoryBytes is how much the sink is expected to hold of what it was given;
	// default DefaultMemoryBytes. About half as much is read ahead, and about eight
	// times as much is committed at once.
	MemoryBytes int64
	// Now is the clock of "$ingest_time" and of failures; default time.Now.
	Now func() time.Time
	// Progress, if set, is called now and then with what was read so far, also what
	// is not committed yet.
	Progress func(Stats)
	// DryRun lists and counts, and reads and writes nothing.
	DryRun bool
}
