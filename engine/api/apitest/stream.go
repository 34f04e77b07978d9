package apitest

import (
	"fmt"
	"io"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Stream is a result of batches with a text and a number column.
type Stream struct {
	schema  *arrow.Schema
	batches int
	rows    int
	end     error
	next    int
	closed  atomic.Bool
}

// NewStream makes a stream of so many batches of so many rows, "row 0", 0 and so
// on; every third text is NULL. It ends with end, or with io.EOF when end is nil.
func NewStream(batches, rows int, end error) *Stream {
	if end == nil {
		end = io.EOF
	}
	meta := arrow.NewMetadata([]string{"trino.type"}, []string{"varchar"})
	return &Stream{batches: batches, rows: rows, end: end, schema: arrow.NewSchema([]arrow.Field{
		{Name: "eventname", Type: arrow.BinaryTypes.String, Nullable: true, Metadata: meta},
		{Name: "n", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
	}, nil)}
}

// Schema implements engine.ResultStream.
func (s *Stream) Schema() *arrow.Schema { return s.schema }

// Next implements engine.ResultStream.
func (s *Stream) Next() (arrow.Record, error) {
	if s.next == s.batches {
		return nil, s.end
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, s.schema)
	defer b.Release()
	for i := range s.rows {
		n := s.next*s.rows + i
		if n%3 == 2 {
			b.Field(0).AppendNull()
		} else {
			b.Field(0).(*array.StringBuilder).Append(fmt.Sprintf("row %d", n))
		}
		b.Field(1).(*array.Int64Builder).Append(int64(n))
	}
	s.next++
	return b.NewRecord(), nil
}

// Close implements engine.ResultStream.
func (s *Stream) Close() error {
	s.closed.Store(true)
	return nil
}

// Closed tells whether the stream was closed.
func (s *Stream) Closed() bool { return s.closed.Load() }
