package query

import (
	"context"
	"errors"
	"io"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/exec"
	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/plan"
)

// Run is the result of a query while it runs: a plan.Stream of batches without
// dictionaries, whose schema has the names the user asked for and the SQL types.
// Only Stats may be called at the same time as the other methods.
type Run struct {
	query  *Query
	env    *exec.Env
	root   plan.Node // as it runs
	in     plan.Stream
	schema *arrow.Schema
	rows   atomic.Int64
}

// Stats are the figures of a run so far.
type Stats struct {
	RowsReturned               int64
	RowsScanned                int64 // yielded by tables
	BytesScanned               int64 // compressed bytes read by tables
	Segments, SegmentsPruned   int64
	RowGroups, RowGroupsPruned int64
	// RowGroupsDone of RowGroupsTotal are dealt with; see plan.ScanStats.
	RowGroupsDone, RowGroupsTotal int64
	PeakMemory                    int64 // bytes
	SpillFiles, SpilledBytes      int64 // temporary files, and what was written to them
}

func newRun(q *Query, env *exec.Env, root plan.Node, in plan.Stream) *Run {
	return &Run{query: q, env: env, root: root, in: in, schema: exec.Schema(q.Columns())}
}

// Schema implements plan.Stream.
func (r *Run) Schema() *arrow.Schema { return r.schema }

// Next implements plan.Stream.
func (r *Run) Next(ctx context.Context) (arrow.Record, error) {
	rec, err := r.in.Next(ctx)
	if err != nil {
		if errors.Is(err, io.EOF) {
			return nil, io.EOF
		}
		return nil, withText(err, r.query.text)
	}
	defer rec.Release()
	cols := make([]arrow.Array, rec.NumCols())
	for i, c := range rec.Columns() {
		cols[i] = vector.Decode(r.env.Context.Mem, c)
		defer cols[i].Release()
	}
	r.rows.Add(rec.NumRows())
	return array.NewRecord(r.schema, cols, rec.NumRows()), nil
}

// Close implements plan.Stream.
func (r *Run) Close() error { return r.in.Close() }

// Stats returns the figures so far; they are final after io.EOF. Safe for
// concurrent use.
func (r *Run) Stats() Stats {
	t := r.env.Stats.Total()
	files, spilled := r.env.Stats.Spilled()
	return Stats{
		RowsReturned: r.rows.Load(), RowsScanned: t.Rows, BytesScanned: t.Bytes,
		Segments: t.Segments, SegmentsPruned: t.SegmentsPruned,
		RowGroups: t.RowGroups, RowGroupsPruned: t.RowGroupsPruned,
		RowGroupsDone: t.RowGroupsDone, RowGroupsTotal: t.RowGroupsTotal,
		PeakMemory: r.env.Budget.Peak(), SpillFiles: files, SpilledBytes: spilled,
	}
}
