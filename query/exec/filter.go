package exec

import (
	"context"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/exec/eval"
	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/plan"
)

// filter keeps the rows for which a condition is true.
type filter struct {
	in   plan.Stream
	cond *eval.Predicate
	env  *Env
}

func newFilter(n *plan.Filter, in plan.Stream, env *Env) (plan.Stream, error) {
	cond, err := eval.CompilePredicate(env.Context, n.Cond)
	if err != nil {
		return nil, err
	}
	return &filter{in: in, cond: cond, env: env}, nil
}

// Schema implements plan.Stream.
func (s *filter) Schema() *arrow.Schema { return s.in.Schema() }

// Next implements plan.Stream.
func (s *filter) Next(ctx context.Context) (arrow.Record, error) {
	for {
		rec, err := s.in.Next(ctx)
		if err != nil {
			return nil, err
		}
		out, err := s.filter(rec)
		rec.Release()
		if out != nil || err != nil {
			return out, err
		}
	}
}

// filter returns the batch of the rows that stay, or nil when none do.
func (s *filter) filter(rec arrow.Record) (arrow.Record, error) {
	rows, err := s.cond.Select(s.env.frame(rec))
	switch {
	case err != nil || len(rows) == 0:
		return nil, err
	case len(rows) == int(rec.NumRows()):
		rec.Retain()
		return rec, nil
	}
	cols := make([]arrow.Array, rec.NumCols())
	for i, c := range rec.Columns() {
		cols[i] = vector.TakeSorted(s.env.Context.Mem, c, rows)
	}
	return newRecord(s.in.Schema(), cols, len(rows)), nil
}

// Close implements plan.Stream.
func (s *filter) Close() error {
	if s.cond != nil {
		s.cond.Close()
		s.cond = nil
	}
	return s.in.Close()
}
