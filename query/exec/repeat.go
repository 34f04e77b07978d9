package exec

import (
	"context"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/exec/eval"
	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/plan"
)

// repeat yields rows several times, a batch of copies at a time.
type repeat struct {
	in    plan.Stream
	env   *Env
	count *eval.Expr
	rec   arrow.Record // of the input; nil when the next one is to be read
	left  []int64      // copies of each of its rows still to be made
	row   int          // the first one that has any
}

func newRepeat(n *plan.Repeat, in plan.Stream, env *Env) (plan.Stream, error) {
	count, err := eval.Compile(env.Context, n.Count)
	if err != nil {
		return nil, err
	}
	return &repeat{in: in, env: env, count: count}, nil
}

// Schema implements plan.Stream.
func (s *repeat) Schema() *arrow.Schema { return s.in.Schema() }

// Next implements plan.Stream.
func (s *repeat) Next(ctx context.Context) (arrow.Record, error) {
	for {
		if rows := s.copies(); len(rows) > 0 {
			cols := make([]arrow.Array, s.rec.NumCols())
			for i, c := range s.rec.Columns() {
				cols[i] = vector.Take(s.env.Context.Mem, c, rows)
			}
			return newRecord(s.Schema(), cols, len(rows)), nil
		}
		s.release()
		rec, err := s.in.Next(ctx)
		if err != nil {
			return nil, err
		}
		s.rec = rec
		if err := s.read(); err != nil {
			return nil, err
		}
	}
}

// read computes how often each row of the batch comes.
func (s *repeat) read() error {
	arr, err := s.count.Array(s.env.frame(s.rec))
	if err != nil {
		return err
	}
	defer arr.Release()
	counts := arr.(*array.Int64)
	s.left = append(s.left[:0], counts.Int64Values()...)
	for i := range s.left {
		if counts.IsNull(i) {
			s.left[i] = 0
		}
	}
	return nil
}

// copies lists the rows of the next batch.
func (s *repeat) copies() []int32 {
	var rows []int32
	for ; s.row < len(s.left) && len(rows) < batchRows; s.row++ {
		n := min(s.left[s.row], int64(batchRows-len(rows)))
		for range n {
			rows = append(rows, int32(s.row))
		}
		if s.left[s.row] -= max(n, 0); s.left[s.row] > 0 {
			break
		}
	}
	return rows
}

func (s *repeat) release() {
	if s.rec != nil {
		s.rec.Release()
	}
	s.rec, s.left, s.row = nil, s.left[:0], 0
}

// Close implements plan.Stream.
func (s *repeat) Close() error {
	s.release()
	if s.count != nil {
		s.count.Close()
		s.count = nil
	}
	return s.in.Close()
}
