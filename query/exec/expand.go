package exec

import (
	"context"
	"errors"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/exec/eval"
	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/plan"
)

// expand yields each batch once for each grouping set: the columns are the same
// arrays, only the keys that a set lacks are NULL. At the end it yields the row
// that gives a set without keys its group.
type expand struct {
	node   *plan.Expand
	schema *arrow.Schema
	in     plan.Stream
	env    *Env
	keys   []*eval.Expr
	rec    arrow.Record  // of the input; nil when the next one is to be read
	cols   []arrow.Array // the keys over rec
	set    int           // to be yielded next
	ended  bool
}

func newExpand(n *plan.Expand, in plan.Stream, env *Env) (plan.Stream, error) {
	keys, err := eval.CompileAll(env.Context, n.Keys)
	if err != nil {
		return nil, err
	}
	return &expand{node: n, schema: Schema(n.Outputs()), in: in, env: env, keys: keys}, nil
}

// Schema implements plan.Stream.
func (s *expand) Schema() *arrow.Schema { return s.schema }

// Next implements plan.Stream.
func (s *expand) Next(ctx context.Context) (arrow.Record, error) {
	for {
		switch {
		case s.ended:
			for s.set < len(s.node.Sets) {
				if s.set++; len(s.node.Sets[s.set-1]) == 0 {
					return s.unreal(s.set - 1), nil
				}
			}
			return nil, io.EOF
		case s.rec != nil && s.set < len(s.node.Sets):
			s.set++
			return s.expanded(s.set - 1), nil
		}
		s.release()
		rec, err := s.in.Next(ctx)
		if errors.Is(err, io.EOF) {
			s.ended = true
			if err := s.in.Close(); err != nil {
				return nil, err
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		s.rec = rec
		if s.cols, err = evalArrays(s.keys, s.env.frame(rec)); err != nil {
			return nil, err
		}
	}
}

// expanded is the current batch for one set.
func (s *expand) expanded(set int) arrow.Record {
	n := int(s.rec.NumRows())
	cols := append([]arrow.Array(nil), s.rec.Columns()...)
	for _, c := range cols {
		c.Retain()
	}
	width := len(cols)
	for _, c := range s.cols {
		cols = append(cols, vector.Nulls(s.env.Context.Mem, c.DataType(), n))
	}
	for _, k := range s.node.Sets[set] {
		cols[width+k].Release()
		cols[width+k] = s.cols[k]
		s.cols[k].Retain()
	}
	return newRecord(s.schema, append(cols, s.numbers(set, n), s.bools(true, n)), n)
}

// unreal is the row of a set without keys.
func (s *expand) unreal(set int) arrow.Record {
	var cols []arrow.Array
	for _, f := range s.schema.Fields()[:s.schema.NumFields()-2] {
		cols = append(cols, vector.Nulls(s.env.Context.Mem, f.Type, 1))
	}
	return newRecord(s.schema, append(cols, s.numbers(set, 1), s.bools(false, 1)), 1)
}

func (s *expand) numbers(v, n int) arrow.Array {
	b := array.NewInt64Builder(s.env.Context.Mem)
	defer b.Release()
	b.Reserve(n)
	for range n {
		b.UnsafeAppend(int64(v))
	}
	return b.NewArray()
}

func (s *expand) bools(v bool, n int) arrow.Array {
	b := array.NewBooleanBuilder(s.env.Context.Mem)
	defer b.Release()
	b.Reserve(n)
	for range n {
		b.UnsafeAppend(v)
	}
	return b.NewArray()
}

func (s *expand) release() {
	if s.rec != nil {
		s.rec.Release()
		releaseArrays(s.cols)
	}
	s.rec, s.cols, s.set = nil, nil, 0
}

// Close implements plan.Stream.
func (s *expand) Close() error {
	s.release()
	s.ended, s.set = true, len(s.node.Sets)
	eval.CloseAll(s.keys)
	s.keys = nil
	return s.in.Close()
}
