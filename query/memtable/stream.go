package memtable

import (
	"context"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/plan"
)

// stream yields one partition of a scan.
type stream struct {
	table   *Table
	req     plan.ScanRequest
	mem     memory.Allocator
	schema  *arrow.Schema
	batches [][2]int64
	yielded int64
}

// Schema implements plan.Stream.
func (s *stream) Schema() *arrow.Schema { return s.schema }

// Next implements plan.Stream.
func (s *stream) Next(ctx context.Context) (arrow.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(s.batches) == 0 || s.req.Limit > 0 && s.yielded >= s.req.Limit {
		return nil, io.EOF
	}
	b := s.batches[0]
	s.batches = s.batches[1:]
	rows := make([]int32, 0, b[1]-b[0])
	for r := b[0]; r < b[1]; r++ {
		rows = append(rows, int32(r))
	}
	fields := append([]arrow.Field(nil), s.schema.Fields()...)
	cols := make([]arrow.Array, len(s.req.Columns))
	for i, path := range s.req.Columns {
		cols[i] = s.column(path, rows)
		fields[i].Type = cols[i].DataType()
		defer cols[i].Release()
	}
	s.yielded += b[1] - b[0]
	s.req.Stats.Rows.Add(b[1] - b[0])
	rec := array.NewRecord(arrow.NewSchema(fields, nil), cols, b[1]-b[0])
	for _, c := range cols {
		s.req.Stats.Bytes.Add(vector.Bytes(c))
	}
	return rec, nil
}

// column reads rows of a path.
func (s *stream) column(path plan.ColumnPath, rows []int32) arrow.Array {
	arr := vector.Take(s.mem, s.table.rec.Column(path.Column), rows)
	for _, f := range path.Fields {
		inner := vector.Field(s.mem, arr.(*array.Struct), f)
		arr.Release()
		arr = inner
	}
	if path.Key != nil {
		value := s.lookUp(arr.(*array.Map), *path.Key)
		arr.Release()
		arr = value
	}
	if str, ok := arr.(*array.String); ok && s.table.opts.Dictionary {
		defer arr.Release()
		return encode(s.mem, str)
	}
	return arr
}

// lookUp returns the value of a key in each row's map.
func (s *stream) lookUp(m *array.Map, key string) arrow.Array {
	keys := m.Keys().(*array.String)
	items := make([]int32, m.Len())
	for row := range items {
		items[row] = -1
		if m.IsNull(row) {
			continue
		}
		start, end := m.ValueOffsets(row)
		for i := start; i < end; i++ {
			if keys.Value(int(i)) == key {
				items[row] = int32(i)
			}
		}
	}
	return vector.Take(s.mem, m.Items(), items)
}

// Close implements plan.Stream.
func (s *stream) Close() error {
	s.batches = nil
	return nil
}
