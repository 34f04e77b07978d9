package exec

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/plan"
)

// aggregate groups all of its input and then yields the groups. Each partition
// of the input fills a groupTable of its own, at the same time; the tables are
// then merged.
//
// When they hold too much they are merged at once, and the partitions go on with
// the one table. From some time on it takes no new groups: rows of others go to
// files by the hash of their key. When the input is at its end the table's groups
// are complete, and those of each file are made in the same way after them.
type aggregate struct {
	node   *plan.Aggregate
	schema *arrow.Schema
	known  *plan.Summarized // of rows that no input has; nil: none
	inputs []plan.Stream
	env    *Env
	held   *holding
	tasks  []aggTask // the last one is next
	ended  []bool    // inputs that were read to their end
	done   bool
	sl     slicer
}

// aggTask is a file of rows whose groups are nowhere else.
type aggTask struct{ file *spillFile }

func (b *builder) aggregate(n *plan.Aggregate) ([]plan.Stream, error) {
	if n.Clustered {
		return b.streamAggregate(n)
	}
	known, inputs, err := b.summarize(n)
	if err == nil && known == nil {
		inputs, err = b.build(n.Input)
	}
	if err != nil {
		return nil, err
	}
	s := &aggregate{node: n, schema: Schema(n.Outputs()), known: known, inputs: inputs, env: b.env, held: newHolding(b.env, n)}
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
	for {
		if rec := s.sl.next(); rec != nil {
			return rec, nil
		}
		s.sl.release()
		var rec arrow.Record
		var err error
		switch {
		case !s.done:
			s.done = true
			rec, err = s.run(ctx)
		case len(s.tasks) > 0:
			rec, err = s.resume(ctx)
		default:
			return nil, io.EOF
		}
		s.sl = slicer{rec: rec}
		if err != nil {
			s.sl.release()
			return nil, err
		}
	}
}

// run reads the inputs to their end and returns the groups that did not go to files.
func (s *aggregate) run(ctx context.Context) (rec arrow.Record, err error) {
	tables := make([]*groupTable, len(s.inputs))
	defer func() {
		for _, t := range tables {
			if t != nil {
				err = errors.Join(err, t.close())
			}
		}
	}()
	for i := range tables {
		t, err := newGroupTable(s.node, s.env, s.held)
		if err != nil {
			return nil, err
		}
		tables[i] = t
	}
	if s.known != nil {
		if err := tables[0].addSummary(s.known); err != nil {
			return nil, err
		}
	}
	var full atomic.Bool
	s.ended = make([]bool, len(tables))
	err = inParallel(ctx, len(tables), func(ctx context.Context, i int) (err error) {
		s.ended[i], err = tables[i].fill(ctx, s.inputs[i], len(tables), &full)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i, t := range tables[1:] {
		if err := tables[0].merge(t); err != nil {
			return nil, err
		}
		tables[i+1] = nil
		if err := t.close(); err != nil {
			return nil, err
		}
	}
	if full.Load() {
		if err := s.overflow(ctx, tables[0]); err != nil {
			return nil, err
		}
	}
	return tables[0].result(s.schema)
}

// overflow goes on with one table for all inputs.
func (s *aggregate) overflow(ctx context.Context, t *groupTable) error {
	o := newOverflow(s.env, s.held, s.inputs[0].Schema())
	var mu sync.Mutex // guards the table and the files
	err := inParallel(ctx, len(s.inputs), func(ctx context.Context, i int) error {
		if s.ended[i] {
			return nil
		}
		return drain(ctx, s.inputs[i], func(rec arrow.Record) error {
			mu.Lock()
			defer mu.Unlock()
			return t.addOr(rec, o)
		})
	})
	return s.queue(o, err)
}

// queue takes the files of an overflow over as tasks.
func (s *aggregate) queue(o *overflow, err error) error {
	if err != nil {
		return errors.Join(err, o.close())
	}
	files, err := o.files.finish()
	for _, f := range files {
		if f != nil {
			s.tasks = append(s.tasks, aggTask{f})
		}
	}
	return errors.Join(err, o.close())
}

// resume returns the groups of the next file, but for those it puts off again.
func (s *aggregate) resume(ctx context.Context) (rec arrow.Record, err error) {
	file := s.tasks[len(s.tasks)-1].file
	s.tasks = s.tasks[:len(s.tasks)-1]
	defer func() { err = errors.Join(err, file.remove()) }()
	t, err := newGroupTable(s.node, s.env, s.held)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	in, err := file.open()
	if err != nil {
		return nil, err
	}
	o := newOverflow(s.env, s.held, file.schema)
	err = readSpilled(ctx, in, func(rec arrow.Record) error { return t.addOr(rec, o) })
	if err = s.queue(o, err); err != nil {
		return nil, err
	}
	return t.result(s.schema)
}

// readSpilled calls fn with every batch of a file and ends the reading.
func readSpilled(ctx context.Context, in *spillReader, fn func(arrow.Record) error) (err error) {
	defer func() { err = errors.Join(err, in.close()) }()
	for {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		rec, err := in.next()
		if errors.Is(err, io.EOF) {
			return nil
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

// Close implements plan.Stream.
func (s *aggregate) Close() error {
	s.done = true
	s.sl.release()
	var errs []error
	for _, t := range s.tasks {
		errs = append(errs, t.file.remove())
	}
	s.tasks = nil
	return errors.Join(append(errs, closeAll(s.inputs))...)
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
