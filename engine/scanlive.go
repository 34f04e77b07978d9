package engine

import (
	"fmt"
	"io"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/ingest/live"
	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/prune"
	"github.com/traillake/traillake/storage/segment"
)

// liveBatchRows is how many rows in memory are a batch.
const liveBatchRows = 8192

// taskBatches reads what a task has: a row group (segment.Batches), or rows in memory.
type taskBatches interface {
	// Next returns the next rows, or io.EOF.
	Next() (arrow.Record, error)
	// Pick returns some of the rows ahead, by their number in the task.
	Pick(rows []int64) (arrow.Record, error)
	BatchRows() int
	// BytesRead is what was read of files so far.
	BytesRead() int64
	Close() error
}

// liveTasks are the rows in memory that can be wanted, the newest day first.
func (t *table) liveTasks(req plan.ScanRequest) []scanTask {
	var tasks []scanTask
	for _, g := range slices.Backward(t.snapshot.live) {
		for _, p := range slices.Backward(g.Parts) {
			info := liveInfo(p)
			if info.NullTimes < info.Rows && info.MaxTime < t.cutoff || !t.keepLive(info, req) {
				continue
			}
			for _, rec := range p.Records {
				tasks = append(tasks, scanTask{segment: info, live: rec})
			}
		}
	}
	return tasks
}

// liveInfo is what is known of rows in memory, in a segment's words.
func liveInfo(p live.Part) storageSegment {
	return storageSegment{Meta: segment.Meta{Day: p.Day, Rows: p.Rows, MinTime: p.MinTime, MaxTime: p.MaxTime, NullTimes: p.NullTimes}}
}

// keepLive is keep for rows in memory.
func (t *table) keepLive(info storageSegment, req plan.ScanRequest) bool {
	return prune.MayMatch(req.Conjuncts, req.Columns, liveStats{table: t, info: info})
}

// taskStats is what is known of a task's rows.
func (t *table) taskStats(task scanTask) prune.Stats {
	if task.live != nil {
		return liveStats{table: t, info: task.segment}
	}
	return rowGroupStats{segmentStats: segmentStats{table: t, info: task.segment}, reader: task.reader, index: task.rowGroup}
}

// liveStats is what is known of rows in memory, for pruning: their times.
type liveStats struct {
	table *table
	info  storageSegment
}

func (s liveStats) isTime(c plan.ColumnPath) bool {
	return c.Key == nil && len(c.Fields) == 0 && s.table.columns[c.Column].Name == s.table.store.family.TimeColumn
}

// Range implements prune.Stats.
func (s liveStats) Range(c plan.ColumnPath) (low, high any, ok bool) {
	if !s.isTime(c) || s.info.NullTimes == s.info.Rows {
		return nil, nil, false
	}
	return s.info.MinTime, s.info.MaxTime, true
}

// Nulls implements prune.Stats.
func (s liveStats) Nulls(c plan.ColumnPath) (nulls, rows int64, ok bool) {
	if !s.isTime(c) {
		return 0, 0, false
	}
	return s.info.NullTimes, s.info.Rows, true
}

// MayContain implements prune.Stats.
func (s liveStats) MayContain(plan.ColumnPath, any) bool { return true }

// liveBatches reads columns of rows in memory.
type liveBatches struct {
	mem     memory.Allocator
	rec     arrow.Record
	columns []segment.Column
	next    int64
}

func newLiveBatches(mem memory.Allocator, rec arrow.Record, columns []segment.Column) *liveBatches {
	return &liveBatches{mem: mem, rec: rec, columns: columns}
}

// Next implements taskBatches.
func (b *liveBatches) Next() (arrow.Record, error) {
	if b.next == b.rec.NumRows() {
		return nil, io.EOF
	}
	end := min(b.next+liveBatchRows, b.rec.NumRows())
	rows := b.rec.NewSlice(b.next, end)
	defer rows.Release()
	b.next = end
	return b.project(rows)
}

// Pick implements taskBatches.
func (b *liveBatches) Pick(rows []int64) (arrow.Record, error) {
	all, err := b.project(b.rec)
	if err != nil {
		return nil, err
	}
	defer all.Release()
	at := make([]int32, len(rows))
	for i, r := range rows {
		at[i] = int32(r)
	}
	columns := make([]arrow.Array, all.NumCols())
	for i, c := range all.Columns() {
		columns[i] = vector.TakeSorted(b.mem, c, at)
		defer columns[i].Release()
	}
	return array.NewRecord(all.Schema(), columns, int64(len(rows))), nil
}

// BatchRows implements taskBatches.
func (b *liveBatches) BatchRows() int { return liveBatchRows }

// BytesRead implements taskBatches.
func (b *liveBatches) BytesRead() int64 { return 0 }

// Close implements taskBatches.
func (b *liveBatches) Close() error { return nil }

// project returns the wanted columns of rows, named as a segment's reader names them.
func (b *liveBatches) project(rows arrow.Record) (arrow.Record, error) {
	columns := make([]arrow.Array, 0, len(b.columns))
	defer func() {
		for _, c := range columns {
			c.Release()
		}
	}()
	fields := make([]arrow.Field, 0, len(b.columns))
	for _, c := range b.columns {
		out, err := liveColumn(b.mem, rows, c)
		if err != nil {
			return nil, err
		}
		columns = append(columns, out)
		fields = append(fields, arrow.Field{Name: c.Path[len(c.Path)-1], Type: out.DataType(), Nullable: true})
	}
	return array.NewRecord(arrow.NewSchema(fields, nil), columns, rows.NumRows()), nil
}

// liveColumn is one column of rows in memory: a column, a field of it, the values
// of a key, or whether a test holds.
func liveColumn(mem memory.Allocator, rows arrow.Record, c segment.Column) (arrow.Array, error) {
	at := rows.Schema().FieldIndices(c.Path[0])
	if len(at) != 1 {
		return nil, fmt.Errorf("rows in memory have no column %s", c.Path[0])
	}
	out := rows.Column(at[0])
	for i, name := range c.Path[1:] {
		if _, isList := out.(array.ListLike); isList && c.Test != nil {
			return vector.Search(mem, out, c.Path[1+i:], c.Test.Holds)
		}
		group, ok := out.(*array.Struct)
		if !ok {
			return nil, fmt.Errorf("field %s of rows in memory: its parent is %s", name, out.DataType())
		}
		i, ok := group.DataType().(*arrow.StructType).FieldIdx(name)
		if !ok {
			return nil, fmt.Errorf("rows in memory have no field %s", name)
		}
		out = group.Field(i) // the builder makes the fields of a NULL row NULL
	}
	if c.Key != nil {
		pairs, ok := out.(*array.Map)
		if !ok {
			return nil, fmt.Errorf("key %q of rows in memory: the column is %s", *c.Key, out.DataType())
		}
		return keyValues(mem, pairs, *c.Key), nil
	}
	if c.Test != nil {
		return vector.Search(mem, out, nil, c.Test.Holds)
	}
	out.Retain()
	return out, nil
}

// keyValues is the value of a key in each map, or NULL.
func keyValues(mem memory.Allocator, pairs *array.Map, key string) arrow.Array {
	b := array.NewStringBuilder(mem)
	defer b.Release()
	b.Reserve(pairs.Len())
	keys, items := pairs.Keys().(*array.String), pairs.Items().(*array.String)
	for i := range pairs.Len() {
		found := int64(-1)
		if !pairs.IsNull(i) {
			from, to := pairs.ValueOffsets(i)
			for j := from; j < to; j++ {
				if keys.Value(int(j)) == key {
					found = j
					break
				}
			}
		}
		if found < 0 || items.IsNull(int(found)) {
			b.AppendNull()
			continue
		}
		b.Append(items.Value(int(found)))
	}
	return b.NewArray()
}
