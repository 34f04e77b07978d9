package exec

import (
	"context"
	"errors"
	"io"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/plan"
)

// oneRow makes the one row of a scalar subquery.
type oneRow struct {
	in   plan.Stream
	env  *Env
	done bool
}

func newOneRow(in plan.Stream, env *Env) (plan.Stream, error) { return &oneRow{in: in, env: env}, nil }

// Schema implements plan.Stream.
func (s *oneRow) Schema() *arrow.Schema { return s.in.Schema() }

// Next implements plan.Stream.
func (s *oneRow) Next(ctx context.Context) (arrow.Record, error) {
	if s.done {
		return nil, io.EOF
	}
	s.done = true
	rec, err := s.in.Next(ctx)
	if errors.Is(err, io.EOF) {
		cols := make([]arrow.Array, s.Schema().NumFields())
		for i, f := range s.Schema().Fields() {
			cols[i] = vector.Nulls(s.env.Context.Mem, f.Type, 1)
		}
		return newRecord(s.Schema(), cols, 1), nil
	}
	if err != nil {
		return nil, err
	}
	more, err := s.in.Next(ctx)
	if err == nil {
		more.Release()
	}
	if err == nil || rec.NumRows() > 1 {
		rec.Release()
		return nil, ast.Errorf(ast.SubqueryMultipleRows, ast.Span{}, "Scalar sub-query has returned multiple rows")
	}
	if !errors.Is(err, io.EOF) {
		rec.Release()
		return nil, err
	}
	return rec, nil
}

// Close implements plan.Stream.
func (s *oneRow) Close() error {
	s.done = true
	return s.in.Close()
}
