package plan

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/types"
)

// Catalog finds tables by name. Safe for concurrent use.
type Catalog interface {
	// Table returns the table of a FROM name, parts outermost first (a bare UUID,
	// a store name or an ARN is one part). An unknown table is an error that
	// matches ErrTableNotFound; any other error reaches the caller as it is.
	Table(ctx context.Context, name []string) (Table, error)
}

// VersionedCatalog is an optional ability of a Catalog: tables as they were.
type VersionedCatalog interface {
	// TableAsOf is Catalog.Table at a version. A version that is not, or no
	// longer, there is an error matching ErrNoVersion.
	TableAsOf(ctx context.Context, name []string, at AsOf) (Table, error)
}

// AsOf says which version of a table is meant.
type AsOf struct {
	Version int64
	Time    time.Time // when not zero: the newest version at or before it
}

// TableColumn is a column a table offers.
type TableColumn struct {
	Name string
	Type types.Type
	// Hidden columns answer to their name and stay out of SELECT *.
	Hidden bool
	// Text names the hidden varchar column that this one, which has structure,
	// reads as where text is asked for; "" for none. A statement that reads a
	// table with such columns may use values as text where Trino refuses them;
	// see query/bind.
	Text string
	// Wide columns have long values: reading one costs about as much as reading
	// all others, so what else a condition asks of a row is better asked first.
	Wide bool
}

// Table is something a query can read. Safe for concurrent use. It shows one
// snapshot for as long as it is used by one query.
type Table interface {
	// Name is how plans print the table.
	Name() string
	Columns() []TableColumn
	// Scan returns one or more streams that together yield the table's rows.
	// The caller closes every stream.
	Scan(ctx context.Context, req ScanRequest) ([]Stream, error)
}

// Synonymous is an optional ability of a Table: names that it understands where
// nothing else in a statement has them, so that they never hide anything.
type Synonymous interface {
	Synonyms() []Synonym
}

// Synonym is a name for a column, or for what is made of one.
type Synonym struct {
	Name   string
	Column string // the column meant
	// Part of the time in Column: year, month, day, hour (01 to 31, two digits),
	// date (2024/01/31) or calendarday (the bigint 20240131); map is the JSON
	// object in Column by its keys; "" is the column itself.
	Part string
}

// Estimator is an optional ability of a Table: what a scan would touch.
type Estimator interface {
	// Estimate fills the segment, row-group and byte counts of a scan without reading rows.
	Estimate(ctx context.Context, req ScanRequest) (*ScanStats, error)
}

// Searcher is an optional ability of a Table: to read conditions on texts instead
// of the texts.
type Searcher interface {
	// Searches reports whether a scan can yield the path, which has a Test.
	Searches(path ColumnPath) bool
}

// ColumnPath is what a scan reads of a table: a column, or a part of it.
type ColumnPath struct {
	Column int   // index into Table.Columns
	Fields []int // path of row fields below the column; empty for all of it
	// Key, when set, reads only this key of a map(varchar, varchar) column:
	// the value, or NULL where the key is absent (element_at).
	Key *string
	// Test, when set, reads a condition of SplitSearch on what the path leads to,
	// which is column 0 in it: a boolean. Only a Searcher is asked for it.
	Test Expr
	// Name is the printed form: useridentity.arn, requestparameters['bucketName'].
	Name string
	Type types.Type // of what the scan yields
}

// ScanRequest says what a query wants of a table.
type ScanRequest struct {
	// Columns are the columns of the yielded batches, in order. It may be empty:
	// then batches have rows and no columns.
	Columns []ColumnPath
	// Conjuncts are predicates over Columns (plan.Column indexes into it) that
	// every wanted row satisfies. They are a hint: rows that do not satisfy them
	// may be yielded, rows that do must be.
	Conjuncts []Expr
	// Limit is the number of rows after which the query stops reading, or 0. A hint.
	Limit int64
	// Sieve, when set, makes a Sieve for a stream; the stream closes it. A hint.
	Sieve func() (Sieve, error)
	// Folded asks a Folder for batches with one column more, TimesColumn: a row may
	// then stand for several rows of the table that are equal in Columns.
	Folded bool
	// Partitions is how many streams the query can use at once; 0 means one.
	Partitions int
	Mem        memory.Allocator // batches are allocated here; nil is the default
	Stats      *ScanStats       // counted while scanning; never nil in Scan
}

// ScanStats counts what a scan touched. Its fields may be read while the scan runs.
type ScanStats struct {
	Segments, SegmentsPruned   atomic.Int64
	RowGroups, RowGroupsPruned atomic.Int64 // of segments that were not pruned
	// RowGroupsTotal are those of segments that were not pruned, guessed from the
	// rows of the segments that the scan has not come to; of them RowGroupsDone
	// are read to their end or pruned. A scan that stops early leaves some undone.
	RowGroupsTotal, RowGroupsDone atomic.Int64
	Rows                          atomic.Int64 // rows read, be it only for a sieve
	Bytes                         atomic.Int64 // compressed bytes of the column chunks read
}

// Stream yields batches. Not safe for concurrent use.
type Stream interface {
	Schema() *arrow.Schema
	// Next returns a non-empty batch that the caller releases, or io.EOF at the end.
	// Varchar columns may be dictionary<int32, utf8>, and may differ in that from
	// one batch to the next.
	Next(ctx context.Context) (arrow.Record, error)
	// Close closes the inputs. It is idempotent and legal before the end.
	Close() error
}
