package exec

import (
	"context"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/exec/rowkey"
	"github.com/traillake/traillake/query/exec/vector"
)

// gathered are rows of batches in memory.
type gathered interface {
	// gather makes a batch of the referred rows.
	gather(schema *arrow.Schema, refs []vector.Ref) (arrow.Record, error)
	size() (rows int, bytes int64)
}

// sortRun is the rows that a sorter has in memory, with the columns of its order.
type sortRun struct {
	env   *Env
	held  *holding
	order rowOrder

	batches []arrow.Record
	rows    int
	bytes   int64        // of batches
	keys    *rowkey.Rows // nil without batches
	told    int64        // bytes of keys, told to the budget
	values  int64        // bytes of keys that the budget sees by itself

	columns []*vector.Gatherer // made at the first gather
	unified [][]arrow.Array    // the columns whose dictionaries were made one
}

// add keeps a batch, which stays the caller's.
func (r *sortRun) add(rec arrow.Record) error {
	cols, err := evalArrays(append(r.order.parts[:len(r.order.parts):len(r.order.parts)], r.order.exprs...), r.env.frame(rec))
	if err != nil {
		return err
	}
	defer releaseArrays(cols)
	if r.keys == nil {
		r.keys = rowkey.NewRows(r.env.Context.Mem, r.order.sortKeys())
	}
	rec.Retain()
	r.batches = append(r.batches, rec)
	r.rows += int(rec.NumRows())
	r.bytes += recordBytes(rec)
	r.held.add(recordBytes(rec))
	if err := r.keys.Add(cols, int(rec.NumRows())); err != nil {
		return sortError(err)
	}
	r.tell(r.keys.Size(), r.keys.Bytes())
	return nil
}

// sortKeys are the parts, in any order of theirs, and then the keys.
func (o *rowOrder) sortKeys() []rowkey.SortKey {
	var keys []rowkey.SortKey
	for _, p := range o.parts {
		keys = append(keys, rowkey.SortKey{Type: p.Type(), Group: true})
	}
	for i, e := range o.exprs {
		keys = append(keys, rowkey.SortKey{Type: e.Type(), Desc: o.keys[i].Desc, NullsFirst: o.keys[i].NullsFirst})
	}
	return keys
}

// tell tells how much the keys hold outside and inside of Arrow arrays.
func (r *sortRun) tell(size, values int64) {
	r.held.reserve(size - r.told)
	r.held.add(values - r.values)
	r.told, r.values = size, values
}

// sorted returns all rows in order; rows with equal keys stay in the order they came in.
func (r *sortRun) sorted(ctx context.Context) ([]vector.Ref, error) {
	if r.rows == 0 {
		return nil, nil
	}
	parallel := func(n int, fn func(i int) error) error {
		return inParallel(ctx, n, func(_ context.Context, i int) error { return fn(i) })
	}
	return r.keys.Order(max(1, r.env.Partitions), parallel, r.env.stopped)
}

// gather implements gathered.
func (r *sortRun) gather(schema *arrow.Schema, refs []vector.Ref) (arrow.Record, error) {
	if r.columns == nil {
		r.prepare(schema.NumFields())
	}
	cols := make([]arrow.Array, 0, len(r.columns))
	for _, g := range r.columns {
		arr, err := g.Take(r.env.Context.Mem, refs)
		if err != nil {
			releaseArrays(cols)
			return nil, err
		}
		cols = append(cols, arr)
	}
	return newRecord(schema, cols, len(refs)), nil
}

// prepare gives each column one dictionary where that pays.
func (r *sortRun) prepare(width int) {
	r.columns = make([]*vector.Gatherer, width)
	for i := range r.columns {
		chunks := make([]arrow.Array, len(r.batches))
		for b, rec := range r.batches {
			chunks[b] = rec.Column(i)
		}
		if one := vector.Unify(r.env.Context.Mem, chunks); one != nil {
			r.unified = append(r.unified, one)
			chunks = one
		}
		r.columns[i] = vector.NewGatherer(chunks)
	}
}

// size implements gathered.
func (r *sortRun) size() (rows int, bytes int64) { return r.rows, r.bytes + r.told + r.values }

// rowMark tells how a row of ordered rows differs from the one before.
type rowMark uint8

const (
	sameRow rowMark = iota // in nothing that orders
	newPeer                // in the keys
	newPart                // in the parts
)

// marks tells of rows in order; before is the row before them, nil for none.
func (r *sortRun) marks(before *vector.Ref, refs []vector.Ref) []rowMark {
	parts, all := len(r.order.parts), len(r.order.parts)+len(r.order.exprs)
	marks := make([]rowMark, len(refs))
	for i := range refs {
		if before == nil {
			marks[i] = newPart
		} else if at := r.keys.Differ(*before, refs[i]); at < parts {
			marks[i] = newPart
		} else if at < all {
			marks[i] = newPeer
		}
		before = &refs[i]
	}
	return marks
}

func (r *sortRun) release() {
	for _, rec := range r.batches {
		rec.Release()
	}
	for _, arrs := range r.unified {
		releaseArrays(arrs)
	}
	if r.keys != nil {
		r.keys.Release()
	}
	r.tell(0, 0)
	r.held.add(-r.bytes)
	r.batches, r.rows, r.bytes, r.keys, r.columns, r.unified = nil, 0, 0, nil, nil, nil
}
