package exec

import (
	"context"
	"errors"
	"io"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/plan"
)

// aggregate groups all of its input and then yields the groups. Each partition
// of the input fills a groupTable of its own, at the same time; the tables are
// then merged.
type aggregate struct {
	node   *plan.Aggregate
	schema *arrow.Schema
	inputs []plan.Stream
	env    *Env
	done   bool
	sl     slicer
}

func (b *builder) aggregate(n *plan.Aggregate) ([]plan.Stream, error) {
	inputs, err := b.build(n.Input)
	if err != nil {
		return nil, err
	}
	s := &aggregate{node: n, schema: Schema(n.Outputs()), inputs: inputs, env: b.env}
	if len(inputs) > 1 {
		// The partitions' time is spent on other goroutines than this one's.
		return []plan.Stream{b.measure(s, n, true)}, nil
	}
	return []plan.Stream{b.measure(s, n, true, inputs...)}, nil
}

// Schema implements plan.Stream.
func (s *aggregate) Schema() *arrow.Schema { return s.schema }

// Next implements plan.Stream.
func (s *aggregate) Next(ctx context.Context) (arrow.Record, error) {
	if !s.done {
		s.done = true
		rec, err := s.run(ctx)
		if err != nil {
			return nil, err
		}
		s.sl.rec = rec
	}
	if rec := s.sl.next(); rec != nil {
		return rec, nil
	}
	return nil, io.EOF
}

// run reads the inputs to their end and returns all groups.
func (s *aggregate) run(ctx context.Context) (arrow.Record, error) {
	tables := make([]*groupTable, len(s.inputs))
	defer func() {
		for _, t := range tables {
			if t != nil {
				t.close()
			}
		}
	}()
	for i := range tables {
		t, err := newGroupTable(s.node, s.env)
		if err != nil {
			return nil, err
		}
		tables[i] = t
	}
	err := inParallel(ctx, len(tables), func(ctx context.Context, i int) error {
		return tables[i].fill(ctx, s.inputs[i])
	})
	if err != nil {
		return nil, err
	}
	for i, t := range tables[1:] {
		if err := tables[0].merge(t); err != nil {
			return nil, err
		}
		t.close()
		tables[i+1] = nil
	}
	return tables[0].result(s.schema)
}

// Close implements plan.Stream.
func (s *aggregate) Close() error {
	s.done = true
	s.sl.release()
	return closeAll(s.inputs)
}

// drain calls fn with every batch of a stream, which it closes at the end.
func drain(ctx context.Context, in plan.Stream, fn func(arrow.Record) error) error {
	for {
		rec, err := in.Next(ctx)
		if errors.Is(err, io.EOF) {
			return in.Close()
		}
		if err != nil {
			return err
		}
		err = fn(rec)
		rec.Release()
		if err != nil {
			return err
		}
	}
}
