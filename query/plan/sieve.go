package plan

import "github.com/apache/arrow/go/v15/arrow"

// Top is a hint to a scan: of the rows that satisfy its conjuncts, all of them
// taken as they stand, only the first Limit in the order of Keys are wanted.
type Top struct {
	Keys  []SortKey // over the columns of the scan
	Limit int64     // above 0
}

// Sieve tells a table which rows of a part of it are wanted, once some of their
// columns are read, so that the others need not be. It is a hint as conjuncts
// are: rows it does not name may be yielded, but every row that it names must be.
//
// For each part, such as a row group, the table calls Add with one batch after
// another of Columns, all rows of the part, and then Rows. Parts for which it
// does neither are yielded whole. A Sieve is used by one stream, except for
// Bounds, which any goroutine may call at any time.
type Sieve interface {
	// Columns are what it asks for: some of ScanRequest.Columns, or conditions on
	// them, if the table is a Searcher. There may be none.
	Columns() []ColumnPath
	// Add reads a batch, which stays the caller's. An error ends the scan.
	Add(rec arrow.Record) error
	// Rows returns which of the rows added since the last call are wanted, counted
	// from 0, ascending. It is the caller's.
	Rows() []int64
	// Bounds are conjuncts, as in a ScanRequest, that hold of all rows which are
	// wanted from now on, besides those already named. They get narrower.
	Bounds() []Expr
	// Order is the index into ScanRequest.Columns of the column whose first values
	// make the bounds narrow; ok is false when there is none.
	Order() (column int, desc, ok bool)
	// Close gives back what the Sieve holds. Bounds stays legal.
	Close()
}
