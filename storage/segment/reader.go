package segment

import (
	"context"
	"errors"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Reader reads a segment. It holds the footer only and is safe for concurrent use.
type Reader struct {
	src  Source
	tree *tree
}

// RowGroup describes a row group.
type RowGroup struct {
	Rows     int64
	FirstRow int64 // number of its first row in the segment
	Bytes    int64 // compressed bytes of all its columns
}

// Column names what to read of a column.
type Column struct {
	// Path leads from a top-level column through structs to a field of any type.
	Path []string
	// Key, for a map with utf8 values only, reads the value of this key instead:
	// a utf8 column that is NULL where the key is absent.
	Key *string
}

// ReadRequest says what to read of a segment.
type ReadRequest struct {
	RowGroup int
	// Columns may be empty: then records have rows and no columns.
	Columns []Column
	// BatchRows bounds the rows of a record; 0 means 65536, fewer when rows are large.
	BatchRows int
	// Mem allocates the records; nil is the default allocator.
	Mem memory.Allocator
}

var errTodo = errors.New("not there yet")

// Open reads the footer of a segment. The caller closes src after the reader's last use.
func Open(src Source) (*Reader, error) { return nil, errTodo }

// Schema is the schema of the file.
func (r *Reader) Schema() *arrow.Schema { return r.tree.schema }

// SchemaVersion and Family are what the Layout said when the segment was written.
func (r *Reader) SchemaVersion() int { return 0 }

// Family is the family of the Layout that wrote the segment.
func (r *Reader) Family() string { return "" }

// NumRows is the number of rows of the segment.
func (r *Reader) NumRows() int64 { return 0 }

// NumRowGroups is the number of row groups.
func (r *Reader) NumRowGroups() int { return 0 }

// RowGroup describes row group i.
func (r *Reader) RowGroup(i int) RowGroup { return RowGroup{} }

// Has tells whether the segment has what the column names.
func (r *Reader) Has(c Column) bool { return false }

// ColumnBytes is the number of compressed bytes that reading the columns of a row group takes.
func (r *Reader) ColumnBytes(rowGroup int, columns []Column) int64 { return 0 }

// Stats returns the statistics of a leaf in a row group; ok is false for a path that is no leaf.
func (r *Reader) Stats(rowGroup int, path string) (s ColumnStats, ok bool) { return s, false }

// MayContain tells whether the leaf can hold the value (string, int64, float64
// or bool) in the row group, by bounds and bloom filter. false is a proof.
func (r *Reader) MayContain(rowGroup int, path string, value any) (bool, error) { return true, nil }

// Dictionary returns the distinct values of a utf8 leaf of a row group in the order of
// its dictionary; ok is false when the row group has no complete dictionary for it.
func (r *Reader) Dictionary(rowGroup int, path string) (values []string, ok bool, err error) {
	return nil, false, nil
}

// Read reads a row group.
func (r *Reader) Read(ctx context.Context, req ReadRequest) (*Batches, error) { return nil, errTodo }

// ReadRows reads single rows by their ascending numbers in the segment.
func (r *Reader) ReadRows(ctx context.Context, mem memory.Allocator, columns []Column, rows []int64) (arrow.Record, error) {
	return nil, errTodo
}

// Batches yields the rows of a row group. Not safe for concurrent use.
type Batches struct{}

// Schema is the schema of the records. A utf8 column that is stored with a
// dictionary comes as dictionary<int32, utf8>.
func (b *Batches) Schema() *arrow.Schema { return nil }

// Next returns the next record, which the caller releases, or io.EOF.
func (b *Batches) Next() (arrow.Record, error) { return nil, errTodo }

// BytesRead is the number of compressed bytes read so far.
func (b *Batches) BytesRead() int64 { return 0 }

// Close releases what the batches hold. It is idempotent.
func (b *Batches) Close() error { return nil }
