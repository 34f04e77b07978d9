package exec

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/exec/eval"
	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// Schema is the Arrow schema of a node's outputs; SQL types are in field metadata.
func Schema(outputs []plan.Output) *arrow.Schema {
	fields := make([]arrow.Field, len(outputs))
	for i, o := range outputs {
		fields[i] = types.ToField(o.Name, o.Type)
	}
	return arrow.NewSchema(fields, nil)
}

// newRecord makes a batch and takes cols over. The batch's schema is the given
// one but for columns that are dictionaries.
func newRecord(schema *arrow.Schema, cols []arrow.Array, rows int) arrow.Record {
	var fields []arrow.Field
	for i, c := range cols {
		if c.DataType().ID() == arrow.DICTIONARY {
			if fields == nil {
				fields = append(fields, schema.Fields()...)
			}
			fields[i].Type = c.DataType()
		}
	}
	if fields != nil {
		schema = arrow.NewSchema(fields, nil)
	}
	rec := array.NewRecord(schema, cols, int64(rows))
	releaseArrays(cols)
	return rec
}

func releaseArrays(arrs []arrow.Array) {
	for _, a := range arrs {
		if a != nil {
			a.Release()
		}
	}
}

// evalArrays evaluates expressions to one full array each.
func evalArrays(exprs []*eval.Expr, f *eval.Frame) ([]arrow.Array, error) {
	out := make([]arrow.Array, 0, len(exprs))
	for _, e := range exprs {
		arr, err := e.Array(f)
		if err != nil {
			releaseArrays(out)
			return nil, err
		}
		out = append(out, arr)
	}
	return out, nil
}

// frame is the evaluation frame over a batch.
func (e *Env) frame(rec arrow.Record) *eval.Frame {
	return eval.NewFrame(e.Context.Mem, rec.Columns(), int(rec.NumRows()))
}

// recordBytes is the size of a batch's buffers; a dictionary shared by batches counts in each.
func recordBytes(rec arrow.Record) (n int64) {
	for _, c := range rec.Columns() {
		n += vector.Bytes(c)
	}
	return n
}

// slicer yields one large record in batches of batchRows. It owns the record.
type slicer struct {
	rec arrow.Record
	at  int64
}

// next returns the next batch, or nil at the end.
func (s *slicer) next() arrow.Record { return s.take(batchRows) }

// take returns the next rows, n at most, or nil at the end.
func (s *slicer) take(n int64) arrow.Record {
	if s.rec == nil || s.at >= s.rec.NumRows() {
		return nil
	}
	end := min(s.at+n, s.rec.NumRows())
	out := s.rec.NewSlice(s.at, end)
	s.at = end
	return out
}

func (s *slicer) release() {
	if s.rec != nil {
		s.rec.Release()
		s.rec = nil
	}
}
