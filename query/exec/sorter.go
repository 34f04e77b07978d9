package exec

import (
	"context"
	"errors"
	"io"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/exec/eval"
	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/plan"
)

// sorter orders all rows of its input. When it holds too much it writes what it
// has, sorted, to a temporary file, and at the end merges the files.
type sorter struct {
	env    *Env
	in     plan.Stream
	order  rowOrder
	held   *holding
	run    sortRun
	refs   []vector.Ref // of run, what is still to be yielded
	last   *vector.Ref  // the row before them, for marks
	spills *spills
	read   bool
}

func newSort(n *plan.Sort, in plan.Stream, env *Env) (plan.Stream, error) {
	exprs, err := compileKeys(n.Keys, env)
	if err != nil {
		return nil, err
	}
	return newSorter(in, rowOrder{exprs: exprs, keys: n.Keys}, env, newHolding(env, n)), nil
}

func newSorter(in plan.Stream, order rowOrder, env *Env, held *holding) *sorter {
	return &sorter{env: env, in: in, order: order, held: held, run: sortRun{env: env, held: held, order: order}}
}

func compileKeys(keys []plan.SortKey, env *Env) ([]*eval.Expr, error) {
	exprs := make([]plan.Expr, len(keys))
	for i, k := range keys {
		exprs[i] = k.Expr
	}
	return eval.CompileAll(env.Context, exprs)
}

// Schema implements plan.Stream.
func (s *sorter) Schema() *arrow.Schema { return s.in.Schema() }

// Next implements plan.Stream.
func (s *sorter) Next(ctx context.Context) (arrow.Record, error) {
	rec, _, err := s.next(ctx, false)
	return rec, err
}

// nextMarked is Next with a mark for each row; nil when the rows were in files.
func (s *sorter) nextMarked(ctx context.Context) (arrow.Record, []rowMark, error) {
	return s.next(ctx, true)
}

func (s *sorter) next(ctx context.Context, marked bool) (arrow.Record, []rowMark, error) {
	if !s.read {
		s.read = true
		if err := s.readAll(ctx); err != nil {
			return nil, nil, err
		}
	}
	if s.spills != nil {
		rec, err := s.spills.next(ctx)
		return rec, nil, err
	}
	if len(s.refs) == 0 {
		s.run.release()
		return nil, nil, io.EOF
	}
	n := min(len(s.refs), batchRows)
	rec, err := s.run.gather(s.Schema(), s.refs[:n])
	var marks []rowMark
	if marked {
		marks = s.run.marks(s.last, s.refs[:n])
		s.last = &s.refs[n-1]
	}
	s.refs = s.refs[n:]
	return rec, marks, err
}

// readAll reads the input, spilling when it must, and sorts what is in memory.
func (s *sorter) readAll(ctx context.Context) error {
	err := drain(ctx, s.in, func(rec arrow.Record) error {
		if err := s.run.add(rec); err != nil {
			return err
		}
		if s.held.full() {
			return s.spill(ctx)
		}
		return s.env.Budget.Err()
	})
	if err != nil {
		return err
	}
	if s.spills == nil {
		s.refs, err = s.run.sorted(ctx)
		return err
	}
	if s.run.rows > 0 {
		if err := s.spill(ctx); err != nil {
			return err
		}
	}
	return s.spills.open()
}

func (s *sorter) encode(rec arrow.Record) (*sorted, error) {
	return encodeKeys(s.env, rec, s.order)
}

// spill writes the rows in memory to a file of their own.
func (s *sorter) spill(ctx context.Context) error {
	if s.spills == nil {
		s.spills = newSpills(s.env, s.held.stats, s.Schema(), s.encode)
	}
	defer s.run.release()
	refs, err := s.run.sorted(ctx)
	if err != nil {
		return err
	}
	return s.spills.write(&s.run, refs)
}

// Close implements plan.Stream.
func (s *sorter) Close() error {
	s.read, s.refs = true, nil
	s.run.release()
	s.order.close()
	err := s.in.Close()
	if s.spills != nil {
		err = errors.Join(err, s.spills.close())
	}
	return err
}
