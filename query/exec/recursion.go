package exec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// maxRecursion is how many steps of a recursion may yield rows. Trino's limit is
// 10 unless a session property says otherwise.
const maxRecursion = 100

// recursion yields the rows of its base and then of one step after another. It
// keeps the rows of the last step, which the next one reads, and those of the
// current one.
type recursion struct {
	node *plan.Recursion
	b    *builder
	in   plan.Stream // of the base or a step
	step int         // 0 is the base
	last *keptRows   // of the step before; nil in the base
	next *keptRows   // of this one
	held *holding
	seen *seenRows // nil without Distinct
	done bool
}

func (b *builder) recursion(n *plan.Recursion) ([]plan.Stream, error) {
	base, err := b.single(n.Base)
	if err != nil {
		return nil, err
	}
	s := &recursion{node: n, b: b, in: base, held: newHolding(b.env, n)}
	s.next = s.keep()
	if n.Distinct {
		s.seen = newSeenRows(s.held, n.Outputs())
	}
	return []plan.Stream{b.measure(s, n, true)}, nil
}

func (s *recursion) keep() *keptRows {
	return &keptRows{held: s.held, schema: s.Schema()}
}

// Schema implements plan.Stream.
func (s *recursion) Schema() *arrow.Schema { return Schema(s.node.Outputs()) }

// Next implements plan.Stream.
func (s *recursion) Next(ctx context.Context) (arrow.Record, error) {
	for {
		if s.done {
			return nil, io.EOF
		}
		rec, err := s.in.Next(ctx)
		if errors.Is(err, io.EOF) {
			if err := s.advance(ctx); err != nil {
				return nil, err
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		if rec, err = s.fresh(rec); err != nil {
			return nil, err
		}
		if rec == nil {
			continue
		}
		if err := s.take(rec); err != nil {
			rec.Release()
			return nil, err
		}
		return rec, nil
	}
}

// fresh drops the rows of a batch that came before, if they are to be dropped; it
// returns nil when none are left.
func (s *recursion) fresh(rec arrow.Record) (arrow.Record, error) {
	if s.seen == nil {
		return rec, nil
	}
	defer rec.Release()
	return s.seen.fresh(rec)
}

// take keeps a batch for the next step.
func (s *recursion) take(rec arrow.Record) error {
	if s.step > maxRecursion {
		return ast.Errorf(ast.NotSupported, ast.Span{}, "Recursion depth limit exceeded (%d)", maxRecursion)
	}
	if err := s.next.add(rec); err != nil {
		return err
	}
	return s.b.env.Budget.Err()
}

// advance begins the next step, if this one had any rows.
func (s *recursion) advance(ctx context.Context) error {
	if err := errors.Join(s.in.Close(), s.next.finish()); err != nil {
		return err
	}
	if s.last != nil {
		if err := s.last.close(); err != nil {
			return err
		}
	}
	s.last, s.next = s.next, s.keep()
	if s.last.isEmpty() {
		s.done = true
		return nil
	}
	s.step++
	steps := maps.Clone(s.b.steps)
	if steps == nil {
		steps = map[int]*keptRows{}
	}
	steps[s.node.ID] = s.last
	// What a step shares is of this step only.
	b := &builder{ctx: ctx, env: s.b.env, kept: map[int]*sharedRows{}, steps: steps}
	in, err := b.single(s.node.Step)
	if err == nil {
		s.in = in
	}
	return err
}

// Close implements plan.Stream.
func (s *recursion) Close() error {
	s.done = true
	err := errors.Join(s.in.Close(), s.next.close())
	if s.last != nil {
		err = errors.Join(err, s.last.close())
	}
	if s.seen != nil {
		s.seen.close()
	}
	return err
}

// previous reads the rows of the step before.
type previous struct {
	schema *arrow.Schema
	reader keptReader
}

func (b *builder) previous(n *plan.Previous) ([]plan.Stream, error) {
	rows := b.steps[n.ID]
	if rows == nil {
		return nil, fmt.Errorf("plan node %s is not in a recursion", plan.Line(n))
	}
	return []plan.Stream{b.measure(&previous{schema: Schema(n.Outputs()), reader: keptReader{rows: rows}}, n, true)}, nil
}

// Schema implements plan.Stream.
func (s *previous) Schema() *arrow.Schema { return s.schema }

// Next implements plan.Stream.
func (s *previous) Next(context.Context) (arrow.Record, error) { return s.reader.next() }

// Close implements plan.Stream.
func (s *previous) Close() error { return s.reader.close() }

// seenRows knows which rows came before.
type seenRows struct {
	held     *holding
	groups   *grouper
	known    []bool // of each combination of values
	reserved int64
	bytes    int64
}

func newSeenRows(held *holding, outputs []plan.Output) *seenRows {
	typs := make([]types.Type, len(outputs))
	for i, o := range outputs {
		typs[i] = o.Type
	}
	return &seenRows{held: held, groups: newGrouper(held.env.Context.Mem, typs)}
}

// fresh returns the rows of a batch that did not come before, each once, or nil.
func (s *seenRows) fresh(rec arrow.Record) (arrow.Record, error) {
	ids := s.groups.number(rec.Columns(), int(rec.NumRows()))
	s.known = append(s.known, make([]bool, s.groups.count()-len(s.known))...)
	var rows []int32
	for i, id := range ids {
		if !s.known[id] {
			s.known[id] = true
			rows = append(rows, int32(i))
		}
	}
	s.account(s.groups.size()+int64(len(s.known)), s.groups.bytes())
	if err := s.held.env.Budget.Err(); err != nil || len(rows) == 0 {
		return nil, err
	}
	cols := make([]arrow.Array, rec.NumCols())
	for i, c := range rec.Columns() {
		cols[i] = vector.TakeSorted(s.held.env.Context.Mem, c, rows)
	}
	return newRecord(rec.Schema(), cols, len(rows)), nil
}

// account tells the budget what is held outside Arrow arrays, and the operator
// what is held in all.
func (s *seenRows) account(size, bytes int64) {
	s.held.env.Budget.Reserve(size - s.reserved)
	s.held.add(size + bytes - s.reserved - s.bytes)
	s.reserved, s.bytes = size, bytes
}

func (s *seenRows) close() {
	s.groups.release()
	s.account(0, 0)
}
