package exec

import (
	"context"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/exec/eval"
	"github.com/traillake/traillake/query/plan"
)

// project computes columns.
type project struct {
	schema *arrow.Schema
	in     plan.Stream
	exprs  []*eval.Expr
	env    *Env
}

func newProject(n *plan.Project, in plan.Stream, env *Env) (plan.Stream, error) {
	exprs, err := eval.CompileAll(env.Context, n.Exprs)
	if err != nil {
		return nil, err
	}
	return &project{schema: Schema(n.Outputs()), in: in, exprs: exprs, env: env}, nil
}

// Schema implements plan.Stream.
func (s *project) Schema() *arrow.Schema { return s.schema }

// Next implements plan.Stream.
func (s *project) Next(ctx context.Context) (arrow.Record, error) {
	rec, err := s.in.Next(ctx)
	if err != nil {
		return nil, err
	}
	defer rec.Release()
	cols, err := evalArrays(s.exprs, s.env.frame(rec))
	if err != nil {
		return nil, err
	}
	return newRecord(s.schema, cols, int(rec.NumRows())), nil
}

// Close implements plan.Stream.
func (s *project) Close() error {
	eval.CloseAll(s.exprs)
	s.exprs = nil
	return s.in.Close()
}
