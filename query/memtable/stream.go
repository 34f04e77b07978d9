package memtable

import (
	"context"
	"io"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// stream yields one partition of a scan.
type stream struct {
	table   *Table
	req     plan.ScanRequest
	mem     memory.Allocator
	schema  *arrow.Schema
	batches [][2]int64
	yielded int64
	sieve   plan.Sieve // nil: every row is read
}

// Schema implements plan.Stream.
func (s *stream) Schema() *arrow.Schema { return s.schema }

// Next implements plan.Stream.
func (s *stream) Next(ctx context.Context) (arrow.Record, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if len(s.batches) == 0 || s.req.Limit > 0 && s.yielded >= s.req.Limit {
			return nil, io.EOF
		}
		rows, err := s.rows()
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 {
			continue
		}
		s.yielded += int64(len(rows))
		rec := s.record(s.req.Columns, rows)
		if s.req.Folded {
			rec = s.fold(rec)
		}
		for _, c := range rec.Columns() {
			s.req.Stats.Bytes.Add(vector.Bytes(c))
		}
		return rec, nil
	}
}

// rows are those of the next batch that are wanted.
func (s *stream) rows() ([]int32, error) {
	b := s.batches[0]
	s.batches = s.batches[1:]
	s.req.Stats.Rows.Add(b[1] - b[0])
	rows := make([]int32, 0, b[1]-b[0])
	for r := b[0]; r < b[1]; r++ {
		rows = append(rows, int32(r))
	}
	if s.sieve == nil {
		return rows, nil
	}
	early := s.record(s.sieve.Columns(), rows)
	defer early.Release()
	if err := s.sieve.Add(early); err != nil {
		return nil, err
	}
	var wanted []int32
	for _, r := range s.sieve.Rows() {
		wanted = append(wanted, rows[r])
	}
	return wanted, nil
}

// record is a batch of rows.
func (s *stream) record(paths []plan.ColumnPath, rows []int32) arrow.Record {
	fields := make([]arrow.Field, len(paths))
	cols := make([]arrow.Array, len(paths))
	for i, path := range paths {
		cols[i] = s.column(path, rows)
		fields[i] = types.ToField(path.Name, path.Type)
		fields[i].Type = cols[i].DataType()
		defer cols[i].Release()
	}
	return array.NewRecord(arrow.NewSchema(fields, nil), cols, int64(len(rows)))
}

// fold returns the batch with equal rows once, and releases the one it is given.
func (s *stream) fold(rec arrow.Record) arrow.Record {
	defer rec.Release()
	at := map[string]int{}
	var first []int32
	var times []int64
	plain := make([]arrow.Array, rec.NumCols())
	for i, c := range rec.Columns() {
		plain[i] = vector.Decode(s.mem, c)
		defer plain[i].Release()
	}
	var key []byte
	for row := range int(rec.NumRows()) {
		key = key[:0]
		for i, c := range plain {
			key = types.AppendKey(key, s.req.Columns[i].Type, c, row)
		}
		k, seen := at[string(key)]
		if !seen {
			k = len(first)
			at[string(key)] = k
			first, times = append(first, int32(row)), append(times, 0)
		}
		times[k]++
	}
	b := array.NewInt64Builder(s.mem)
	defer b.Release()
	for _, n := range times {
		if n == 1 {
			b.AppendNull()
		} else {
			b.Append(n)
		}
	}
	cols := make([]arrow.Array, 0, rec.NumCols()+1)
	for _, c := range rec.Columns() {
		cols = append(cols, vector.Take(s.mem, c, first))
	}
	cols = append(cols, b.NewArray())
	fields := append(slices.Clone(rec.Schema().Fields()), types.ToField(plan.TimesColumn, types.BigIntType))
	out := array.NewRecord(arrow.NewSchema(fields, nil), cols, int64(len(first)))
	for _, c := range cols {
		c.Release()
	}
	return out
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
	if path.Test != nil {
		defer arr.Release()
		return s.test(path.Test, arr)
	}
	if str, ok := arr.(*array.String); ok && s.table.opts.Dictionary {
		defer arr.Release()
		return encode(s.mem, str)
	}
	return arr
}

// test decides a condition on a column.
func (s *stream) test(cond plan.Expr, arr arrow.Array) arrow.Array {
	search, _ := plan.CompileSearch(cond)
	out, err := vector.Search(s.mem, arr, search.Below(), search.Holds)
	if err != nil {
		panic(err) // the condition is of another column
	}
	return out
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
	if s.sieve != nil {
		s.sieve.Close()
		s.sieve = nil
	}
	return nil
}
