package exec

import (
	"context"
	"io"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/exec/eval"
	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/plan"
)

// values yields constant rows.
type values struct {
	node *plan.Values
	env  *Env
	done bool
	sl   slicer
}

func newValues(n *plan.Values, env *Env) (plan.Stream, error) {
	return &values{node: n, env: env}, nil
}

// Schema implements plan.Stream.
func (s *values) Schema() *arrow.Schema { return Schema(s.node.Columns) }

// Next implements plan.Stream.
func (s *values) Next(context.Context) (arrow.Record, error) {
	if !s.done {
		s.done = true
		cols := make([]arrow.Array, 0, len(s.node.Columns))
		for i := range s.node.Columns {
			col, err := s.column(i)
			if err != nil {
				releaseArrays(cols)
				return nil, err
			}
			cols = append(cols, col)
		}
		s.sl.rec = newRecord(s.Schema(), cols, len(s.node.Rows))
	}
	if rec := s.sl.next(); rec != nil {
		return rec, nil
	}
	return nil, io.EOF
}

// column evaluates column i of every row.
func (s *values) column(i int) (arrow.Array, error) {
	none := eval.NewFrame(s.env.Context.Mem, nil, 1)
	cells := make([]arrow.Array, 0, len(s.node.Rows))
	defer func() { releaseArrays(cells) }()
	for _, row := range s.node.Rows {
		e, err := eval.Compile(s.env.Context, row[i])
		if err != nil {
			return nil, err
		}
		cell, err := e.Array(none)
		e.Close()
		if err != nil {
			return nil, err
		}
		cells = append(cells, cell)
	}
	if len(cells) == 0 {
		return vector.Empty(s.env.Context.Mem, s.node.Columns[i].Type.Arrow()), nil
	}
	return vector.Concat(s.env.Context.Mem, cells)
}

// Close implements plan.Stream.
func (s *values) Close() error {
	s.done = true
	s.sl.release()
	return nil
}
