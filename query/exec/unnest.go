package exec

import (
	"context"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/exec/eval"
	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// unnest yields a row per element of array and map columns. Several columns are
// walked side by side; the shorter ones give NULLs.
type unnest struct {
	node   *plan.Unnest
	schema *arrow.Schema
	in     plan.Stream
	exprs  []*eval.Expr
	env    *Env
	rest   slicer // of the input batch
	piece  int64  // input rows to expand at once
	sl     slicer // of the rows made
}

// firstPiece is how many input rows are expanded before it is known how many
// rows they make.
const firstPiece = 16

func newUnnest(n *plan.Unnest, in plan.Stream, env *Env) (plan.Stream, error) {
	exprs, err := eval.CompileAll(env.Context, n.Exprs)
	if err != nil {
		return nil, err
	}
	return &unnest{node: n, schema: Schema(n.Outputs()), in: in, exprs: exprs, env: env, piece: firstPiece}, nil
}

// Schema implements plan.Stream.
func (s *unnest) Schema() *arrow.Schema { return s.schema }

// Next implements plan.Stream.
func (s *unnest) Next(ctx context.Context) (arrow.Record, error) {
	for {
		if out := s.sl.next(); out != nil {
			return out, nil
		}
		s.sl.release()
		rec := s.rest.take(s.piece)
		if rec == nil {
			s.rest.release()
			in, err := s.in.Next(ctx)
			if err != nil {
				return nil, err
			}
			s.rest = slicer{rec: in}
			continue
		}
		out, err := s.expand(rec)
		rows := rec.NumRows()
		rec.Release()
		if err != nil {
			return nil, err
		}
		// So many input rows next time that they make about one batch.
		s.piece = max(1, rows*batchRows/max(out.NumRows(), 1))
		s.sl = slicer{rec: out}
	}
}

// expand makes the rows of all elements of a batch.
func (s *unnest) expand(rec arrow.Record) (arrow.Record, error) {
	arrays, err := evalArrays(s.exprs, s.env.frame(rec))
	if err != nil {
		return nil, err
	}
	defer releaseArrays(arrays)
	sources := make([]array.ListLike, len(arrays))
	for i, a := range arrays {
		sources[i], _ = a.(array.ListLike) // nil for a bare NULL
	}
	parents, elems, ordinals := s.place(int(rec.NumRows()), sources)
	mem := s.env.Context.Mem
	cols := make([]arrow.Array, 0, s.schema.NumFields())
	for _, c := range rec.Columns() {
		cols = append(cols, vector.Take(mem, c, parents))
	}
	for i, e := range s.exprs {
		cols = append(cols, s.columns(e.Type(), sources[i], elems[i])...)
	}
	if s.node.Ordinality {
		b := array.NewInt64Builder(mem)
		defer b.Release()
		for _, o := range ordinals {
			if o == 0 {
				b.AppendNull()
			} else {
				b.Append(int64(o))
			}
		}
		cols = append(cols, b.NewArray())
	}
	return newRecord(s.schema, cols, len(parents)), nil
}

// place lists, for each row to be made, the input row, the element of every
// source (-1 for none) and the ordinal (0 for a row without elements).
func (s *unnest) place(rows int, sources []array.ListLike) (parents []int32, elems [][]int32, ordinals []int32) {
	elems = make([][]int32, len(sources))
	starts, lens := make([]int64, len(sources)), make([]int64, len(sources))
	for row := range rows {
		most := int64(0)
		for i, l := range sources {
			lens[i] = 0
			if l != nil && l.IsValid(row) {
				start, end := l.ValueOffsets(row)
				starts[i], lens[i] = start, end-start
				most = max(most, lens[i])
			}
		}
		if most == 0 && s.node.Outer {
			parents, ordinals = append(parents, int32(row)), append(ordinals, 0)
			for i := range elems {
				elems[i] = append(elems[i], -1)
			}
		}
		for k := range most {
			parents, ordinals = append(parents, int32(row)), append(ordinals, int32(k+1))
			for i := range elems {
				e := int32(-1)
				if k < lens[i] {
					e = int32(starts[i] + k)
				}
				elems[i] = append(elems[i], e)
			}
		}
	}
	return parents, elems, ordinals
}

// columns returns the columns that elements of a source expand to.
func (s *unnest) columns(t types.Type, source array.ListLike, elems []int32) []arrow.Array {
	mem := s.env.Context.Mem
	if m, ok := source.(*array.Map); ok {
		return []arrow.Array{vector.Take(mem, m.Keys(), elems), vector.Take(mem, m.Items(), elems)}
	}
	if source == nil {
		return []arrow.Array{vector.Nulls(mem, types.UnknownType.Arrow(), len(elems))}
	}
	values := vector.Take(mem, source.ListValues(), elems)
	row, ok := values.(*array.Struct)
	if !ok || t.Elem.Kind != types.Row {
		return []arrow.Array{values}
	}
	defer values.Release()
	out := make([]arrow.Array, row.NumField())
	for i := range out {
		out[i] = vector.Field(mem, row, i)
	}
	return out
}

// Close implements plan.Stream.
func (s *unnest) Close() error {
	s.rest.release()
	s.sl.release()
	eval.CloseAll(s.exprs)
	s.exprs = nil
	return s.in.Close()
}
