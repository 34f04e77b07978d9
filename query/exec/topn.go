package exec

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/exec/eval"
	"github.com/traillake/traillake/query/exec/rowkey"
	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/plan"
)

// topN keeps the first rows of an order. Rows that order after the last of N
// known rows are dropped before they are copied; the others are collected, and
// cut back to N whenever there are several times as many. When even N rows are
// too many for the memory, they go to a file, as a sort's do.
type topN struct {
	env    *Env
	in     plan.Stream
	keys   []plan.SortKey
	exprs  []*eval.Expr
	n      int
	run    run
	worst  []byte // key of the Nth row; nil while there are fewer
	held   *holding
	spills *spills
	left   int // rows to yield of spills
	done   bool
	sl     slicer
}

func newTopN(n *plan.Sort, in plan.Stream, env *Env) (plan.Stream, error) {
	exprs, err := compileKeys(n.Keys, env)
	if err != nil {
		return nil, err
	}
	held := newHolding(env, n)
	return &topN{
		env: env, in: in, keys: n.Keys, exprs: exprs, n: int(n.Limit), left: int(n.Limit),
		held: held, run: run{env: env, held: held},
	}, nil
}

// Schema implements plan.Stream.
func (s *topN) Schema() *arrow.Schema { return s.in.Schema() }

// Next implements plan.Stream.
func (s *topN) Next(ctx context.Context) (arrow.Record, error) {
	if !s.done {
		s.done = true
		if err := drain(ctx, s.in, s.add); err != nil {
			return nil, err
		}
		if s.spills != nil {
			if err := s.spill(); err != nil {
				return nil, err
			}
			if err := s.spills.open(); err != nil {
				return nil, err
			}
		} else if s.run.rows > 0 {
			if err := s.cut(); err != nil {
				return nil, err
			}
			s.sl.rec = s.run.batches[0].rec
			s.sl.rec.Retain()
			s.run.release()
		}
	}
	if s.spills != nil {
		return s.merged(ctx)
	}
	if rec := s.sl.next(); rec != nil {
		return rec, nil
	}
	return nil, io.EOF
}

// merged yields the first rows of the files.
func (s *topN) merged(ctx context.Context) (arrow.Record, error) {
	if s.left == 0 {
		return nil, io.EOF
	}
	rec, err := s.spills.next(ctx)
	if err != nil {
		return nil, err
	}
	if n := int(rec.NumRows()); n > s.left {
		defer rec.Release()
		rec = rec.NewSlice(0, int64(s.left))
	}
	s.left -= int(rec.NumRows())
	return rec, nil
}

// add collects the rows of a batch that may be among the first N.
func (s *topN) add(rec arrow.Record) error {
	keyed, err := encodeKeys(s.env, rec, rowOrder{exprs: s.exprs, keys: s.keys})
	if err != nil {
		return err
	}
	if s.worst != nil {
		keyed = s.keep(keyed)
		if keyed == nil {
			return nil
		}
	}
	s.run.add(keyed)
	if s.run.rows >= 4*s.n+batchRows || s.held.full() && s.run.rows >= 2*s.n {
		err = s.cut()
	}
	if err == nil && s.held.full() {
		err = s.spill()
	}
	if err != nil {
		return err
	}
	return s.env.Budget.Err()
}

// spill writes the first rows in memory to a file of their own.
func (s *topN) spill() error {
	if s.spills == nil {
		encode := func(rec arrow.Record) (*sorted, error) {
			return encodeKeys(s.env, rec, rowOrder{exprs: s.exprs, keys: s.keys})
		}
		s.spills = newSpills(s.env, s.held.stats, s.Schema(), encode)
	}
	if s.run.rows == 0 {
		return nil
	}
	defer s.run.release()
	refs := s.run.order()
	return s.spills.write(&s.run, refs[:min(len(refs), s.n)])
}

// keep drops the rows that order at or after worst; nil when none is left.
func (s *topN) keep(k *sorted) *sorted {
	var rows []int32
	out := &sorted{}
	for i := range k.ends {
		if key := k.key(int32(i)); bytes.Compare(key, s.worst) < 0 {
			rows = append(rows, int32(i))
			out.keys = append(out.keys, key...)
			out.ends = append(out.ends, int32(len(out.keys)))
		}
	}
	defer k.rec.Release()
	if len(rows) == 0 {
		return nil
	}
	cols := make([]arrow.Array, k.rec.NumCols())
	for i, c := range k.rec.Columns() {
		cols[i] = vector.Take(s.env.Context.Mem, c, rows)
	}
	out.rec = newRecord(s.Schema(), cols, len(rows))
	return out
}

// cut sorts what was collected and keeps one batch of the first N rows.
func (s *topN) cut() error {
	refs := s.run.order()
	refs = refs[:min(len(refs), s.n)]
	rec, err := s.run.gather(s.Schema(), refs)
	if err != nil {
		return err
	}
	first := &sorted{rec: rec}
	for _, r := range refs {
		first.keys = append(first.keys, s.run.batches[r.Batch].key(r.Row)...)
		first.ends = append(first.ends, int32(len(first.keys)))
	}
	s.run.release()
	s.run.add(first)
	if len(refs) == s.n {
		s.worst = bytes.Clone(first.key(int32(s.n - 1)))
	}
	return nil
}

// Close implements plan.Stream.
func (s *topN) Close() error {
	s.done = true
	s.run.release()
	s.sl.release()
	eval.CloseAll(s.exprs)
	s.exprs = nil
	err := s.in.Close()
	if s.spills != nil {
		err = errors.Join(err, s.spills.close())
	}
	return err
}

// sortError gives the error of a value that has no order Trino's code.
func sortError(err error) error {
	var e *rowkey.NotComparableError
	if errors.As(err, &e) {
		return ast.Errorf(ast.NotSupported, ast.Span{}, "%s", e.Error())
	}
	return err
}
