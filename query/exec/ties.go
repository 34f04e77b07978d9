package exec

import (
	"bytes"
	"context"
	"io"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/plan"
)

// ties is a limit that goes on while rows equal the last one in their sort keys.
type ties struct {
	limit
	env   *Env
	order rowOrder
	last  []byte // the key of the last row within the limit; nil before it
}

func newTies(n *plan.Ties, in plan.Stream, env *Env) (plan.Stream, error) {
	exprs, err := compileKeys(n.Keys, env)
	if err != nil {
		return nil, err
	}
	return &ties{limit: limit{in: in, skip: n.Offset, left: n.Count}, env: env, order: rowOrder{exprs: exprs, keys: n.Keys}}, nil
}

// Next implements plan.Stream.
func (s *ties) Next(ctx context.Context) (arrow.Record, error) {
	for {
		if s.ended {
			return nil, io.EOF
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
		from := s.skip
		s.skip = 0
		to := from + min(n-from, s.left)
		s.left -= to - from
		if s.left == 0 {
			if to, err = s.tied(rec, to); err != nil {
				rec.Release()
				return nil, err
			}
			if to < n {
				if err := s.end(); err != io.EOF {
					rec.Release()
					return nil, err
				}
			}
		}
		if to == from {
			rec.Release()
			continue
		}
		out := rec.NewSlice(from, to)
		rec.Release()
		return out, nil
	}
}

// tied returns the first row from to on that is not equal to the last row within the limit.
func (s *ties) tied(rec arrow.Record, to int64) (int64, error) {
	keyed, err := encodeKeys(s.env, rec, s.order)
	if err != nil {
		return 0, err
	}
	defer keyed.rec.Release()
	if s.last == nil {
		s.last = append([]byte{}, keyed.key(int32(to-1))...)
	}
	for to < rec.NumRows() && bytes.Equal(keyed.key(int32(to)), s.last) {
		to++
	}
	return to, nil
}

// Close implements plan.Stream.
func (s *ties) Close() error {
	s.order.close()
	return s.limit.Close()
}
