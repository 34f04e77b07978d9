package rowkey

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/types"
)

// SortKey is one key of an order of rows.
type SortKey struct {
	Type             types.Type
	Desc, NullsFirst bool
	// Group makes equal values come together, in the order of NewGroup's bytes; the
	// type need not have an order.
	Group bool
}

// Rows orders rows of many batches as comparing their Order keys would, and rows
// with equal keys as they came. It keeps the key columns as they are: numbers are
// compared as words, dictionaries by the rank of their values, which is found
// once for each value.
type Rows struct {
	columns []*sortColumn
	batches []int32 // rows of each
	rows    int
}

// NewRows returns Rows without a row.
func NewRows(mem memory.Allocator, keys []SortKey) *Rows {
	r := &Rows{}
	for _, k := range keys {
		r.columns = append(r.columns, &sortColumn{mem: mem, key: k})
	}
	return r
}

// Add adds a batch: an array for each key, which Rows retains.
func (r *Rows) Add(cols []arrow.Array, rows int) error {
	r.batches = append(r.batches, int32(rows))
	r.rows += rows
	for i, c := range r.columns {
		if err := c.add(cols[i]); err != nil {
			return err
		}
	}
	return nil
}

// Len is the number of rows.
func (r *Rows) Len() int { return r.rows }

// Size is the memory that the rows take outside of Arrow arrays, that for Order included.
func (r *Rows) Size() int64 {
	n := int64(r.rows) * 16
	for _, c := range r.columns {
		n += c.size()
	}
	return n
}

// Bytes is the memory that the rows take in Arrow arrays of their own.
func (r *Rows) Bytes() int64 {
	n := int64(0)
	for _, c := range r.columns {
		if c.values != nil {
			n += c.values.Bytes()
		}
	}
	return n
}

// Differ is the number of the first key in which two rows differ, or how many
// keys there are.
func (r *Rows) Differ(a, b vector.Ref) int {
	for i, c := range r.columns {
		if c.compare(a, b) != 0 {
			return i
		}
	}
	return len(r.columns)
}

// Release gives the columns back; there are no rows afterwards.
func (r *Rows) Release() {
	for _, c := range r.columns {
		c.release()
	}
	r.batches, r.rows = nil, 0
}
