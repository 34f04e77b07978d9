package exec

import (
	"context"
	"io"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/plan"
)

// limit skips rows, yields some, and stops its input as soon as it has them.
type limit struct {
	in    plan.Stream
	skip  int64
	left  int64 // below zero: no limit
	ended bool
}

func newLimit(n *plan.Limit) func(plan.Stream, *Env) (plan.Stream, error) {
	return func(in plan.Stream, _ *Env) (plan.Stream, error) {
		return &limit{in: in, skip: n.Offset, left: n.Count}, nil
	}
}

// Schema implements plan.Stream.
func (s *limit) Schema() *arrow.Schema { return s.in.Schema() }

// Next implements plan.Stream.
func (s *limit) Next(ctx context.Context) (arrow.Record, error) {
	for {
		if s.ended || s.left == 0 {
			return nil, s.end()
		}
		rec, err := s.in.Next(ctx)
		if err != nil {
			return nil, err
		}
		n := rec.NumRows()
		if s.skip >= n {
			s.skip -= n
			rec.Release()
			continue
		}
		from, to := s.skip, n
		s.skip = 0
		if s.left >= 0 {
			to = from + min(n-from, s.left)
			s.left -= to - from
		}
		if to-from == n {
			return rec, nil
		}
		out := rec.NewSlice(from, to)
		rec.Release()
		return out, nil
	}
}

// end closes the input, once, and reports the end.
func (s *limit) end() error {
	if !s.ended {
		s.ended = true
		if err := s.in.Close(); err != nil {
			return err
		}
	}
	return io.EOF
}

// Close implements plan.Stream.
func (s *limit) Close() error {
	s.ended = true
	return s.in.Close()
}
