package engine

import (
	"context"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// pageBytes bounds the text of one page of results, beside MaxQueryResults.
const pageBytes = 16 << 20

// GetQueryResults returns a page of a query's rows as text. While the query runs
// it returns what there is, with a NextToken that asks for more.
func (e *Engine) GetQueryResults(_ context.Context, _ Principal, in GetQueryResultsInput) (*QueryResults, error) {
	size, err := pageSize(in.MaxResults, 1000, 1000)
	if err != nil {
		return nil, err
	}
	q, err := e.findQuery(in.QueryRef)
	if err != nil {
		return nil, err
	}
	call := callName("GetQueryResults", q.id)
	var offset int64
	if in.NextToken != nil {
		t, err := e.tokens.open(*in.NextToken, call)
		if err != nil {
			return nil, err
		}
		offset = t.Offset
	}
	record := q.now() // before the rows: an ended query has all of them
	chunks, total, _ := q.spool.state()
	out := &QueryResults{Status: record.Status, TotalResults: total, BytesScanned: record.BytesScanned, Error: record.Error}
	if out.Rows, err = q.spool.page(chunks, offset, int64(size)); err != nil {
		return nil, internal(err)
	}
	out.ResultsCount = int64(len(out.Rows))
	if end := offset + out.ResultsCount; end < total || !record.Status.Ended() {
		out.NextToken = e.tokens.sign(token{Call: call, Offset: end})
	}
	return out, nil
}

// page renders up to n rows from a row number on; at least one when there is one.
func (s *spool) page(chunks []chunk, offset, n int64) ([][]Cell, error) {
	rows := make([][]Cell, 0, n)
	err := s.each(chunks, offset, n, func(r *renderer, i int) int {
		row, bytes := r.row(i)
		rows = append(rows, row)
		return bytes
	})
	return rows, err
}

// StreamQueryResults yields a query's rows as Arrow batches, waiting for more
// while the query runs.
func (e *Engine) StreamQueryResults(ctx context.Context, _ Principal, ref QueryRef) (ResultStream, error) {
	q, err := e.findQuery(ref)
	if err != nil {
		return nil, err
	}
	schema, err := resultSchema(q.now().Columns)
	if err != nil {
		return nil, internal(fmt.Errorf("columns of query %s: %w", q.id, err))
	}
	return &resultStream{ctx: ctx, query: q, schema: schema}, nil
}

func outputColumns(columns []plan.Output) []outputColumn {
	out := make([]outputColumn, len(columns))
	for i, c := range columns {
		out[i] = outputColumn{Name: c.Name, Type: c.Type.String()}
	}
	return out
}

// resultSchema is the Arrow schema of a result.
func resultSchema(columns []outputColumn) (*arrow.Schema, error) {
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		t, err := types.Parse(c.Type)
		if err != nil {
			return nil, err
		}
		fields[i] = types.ToField(c.Name, t)
	}
	return arrow.NewSchema(fields, nil), nil
}

// resultStream reads a spool from its first chunk on.
type resultStream struct {
	ctx    context.Context // of the call that streams
	query  *queryState
	schema *arrow.Schema
	next   int64 // number of the row to go on with
}

// Schema implements ResultStream.
func (s *resultStream) Schema() *arrow.Schema { return s.schema }

// Next implements ResultStream.
func (s *resultStream) Next() (arrow.Record, error) {
	for {
		select {
		case <-s.ctx.Done():
			return nil, internal(s.ctx.Err())
		default:
		}
		record := s.query.now()
		chunks, _, grown := s.query.spool.state()
		if rest := from(chunks, s.next); len(rest) > 0 {
			rec, err := s.query.spool.read(rest[0])
			if err != nil {
				return nil, internal(err)
			}
			s.next = rest[0].First + rest[0].Rows
			return rec, nil
		}
		if record.Status.Ended() {
			return nil, endOf(record)
		}
		select {
		case <-grown:
		case <-s.query.ended:
		case <-s.ctx.Done():
		}
	}
}

// endOf is how a stream ends after the last row: io.EOF, or why there are not all rows.
func endOf(r queryRecord) error {
	switch r.Status {
	case QueryFinished:
		return io.EOF
	case QueryCancelled:
		return Errorf(InactiveQuery, "query %s was cancelled", r.ID)
	}
	return Errorf(InactiveQuery, "query %s is %s: %s", r.ID, r.Status, r.Error)
}

// Close implements ResultStream.
func (s *resultStream) Close() error { return nil }
