package engine

import (
	"math/bits"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
	"github.com/traillake/traillake/storage/segment"
)

// foldShare is how many rows become one, on average, where folding them pays off.
const foldShare = 3

var timesField = types.ToField(plan.TimesColumn, types.BigIntType)

// Folds implements plan.Folder: segments store most texts with a dictionary, and like
// rows beside each other.
func (t *table) Folds(columns []plan.ColumnPath) bool {
	return len(columns) > 0 && !slices.ContainsFunc(columns, func(c plan.ColumnPath) bool {
		return c.Type.Kind != types.Varchar || c.Key != nil || t.columns[c.Column].virtual
	})
}

// folds reports whether the rows of a task are to be folded. Where they have to be
// checked one by one, they are not.
func (s *scanStream) folds(task scanTask) bool {
	if !s.work.req.Folded || task.live != nil || s.work.table.checksRows(task) {
		return false
	}
	seen := s.work.folded.seen.Load()
	return seen == 0 || s.work.folded.left.Load()*foldShare <= seen
}

// timesOf is the column of folded rows that says how many each stands for.
func timesOf(rec arrow.Record) (*array.Int64, bool) {
	last := int(rec.NumCols()) - 1
	if last < 0 || rec.ColumnName(last) != segment.TimesColumn {
		return nil, false
	}
	times, ok := rec.Column(last).(*array.Int64)
	return times, ok
}

// withTimes returns a batch as the request wants it, in place of the one given, and
// how many rows of the table it stands for: to rows that did not come folded it adds
// a column that does not say so.
func (s *scanStream) withTimes(rec arrow.Record) (out arrow.Record, rows int64) {
	rows = rec.NumRows()
	if !s.work.req.Folded {
		return rec, rows
	}
	if times, ok := timesOf(rec); ok {
		left := rows
		rows = 0
		for _, n := range times.Int64Values() {
			rows += n
		}
		s.work.folded.seen.Add(rows)
		s.work.folded.left.Add(left)
		return rec, rows
	}
	defer rec.Release()
	nulls := s.unfolded(rows)
	defer nulls.Release()
	schema := arrow.NewSchema(append(slices.Clip(rec.Schema().Fields()), timesField), nil)
	return array.NewRecord(schema, append(slices.Clip(rec.Columns()), nulls), rows), rows
}

// unfolded is the column of n rows that did not come folded.
func (s *scanStream) unfolded(n int64) arrow.Array {
	if s.nulls == nil || int64(s.nulls.Len()) < n {
		if s.nulls != nil {
			s.nulls.Release()
		}
		s.nulls = noTimes(s.work.req.Mem, 1<<bits.Len64(uint64(n)))
	}
	return array.NewSlice(s.nulls, 0, n)
}

func noTimes(mem memory.Allocator, n int) arrow.Array {
	buffers := make([]*memory.Buffer, 2) // validity and values
	for i, size := range []int64{bitutil.BytesForBits(int64(n)), 8 * int64(n)} {
		b := memory.NewResizableBuffer(mem)
		defer b.Release()
		b.Resize(int(size))
		clear(b.Bytes())
		buffers[i] = b
	}
	data := array.NewData(arrow.PrimitiveTypes.Int64, n, buffers, nil, n, 0)
	defer data.Release()
	return array.MakeFromData(data)
}
