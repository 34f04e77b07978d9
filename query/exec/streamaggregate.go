package exec

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/exec/rowkey"
	"github.com/traillake/traillake/query/plan"
)

// streamAggregate groups an input whose equal keys follow each other. It holds the
// groups of few batches: once they are a batch, those before the last are yielded,
// and a new table begins with it.
type streamAggregate struct {
	node   *plan.Aggregate
	schema *arrow.Schema
	in     plan.Stream
	env    *Env
	held   *holding
	table  *groupTable // nil: no rows that were not yielded
	ended  bool
	sl     slicer
}

func (b *builder) streamAggregate(n *plan.Aggregate) ([]plan.Stream, error) {
	in, err := b.single(n.Input)
	if err != nil {
		return nil, err
	}
	s := &streamAggregate{node: n, schema: Schema(n.Outputs()), in: in, env: b.env, held: newHolding(b.env, n)}
	return []plan.Stream{b.measure(s, n, true, in)}, nil
}

// Schema implements plan.Stream.
func (s *streamAggregate) Schema() *arrow.Schema { return s.schema }

// Next implements plan.Stream.
func (s *streamAggregate) Next(ctx context.Context) (arrow.Record, error) {
	for {
		if rec := s.sl.next(); rec != nil {
			return rec, nil
		}
		s.sl.release()
		if s.ended && s.table == nil {
			return nil, io.EOF
		}
		if err := s.read(ctx); err != nil {
			return nil, err
		}
	}
}

// read reads on until groups are complete and lays them ready.
func (s *streamAggregate) read(ctx context.Context) error {
	for s.sl.rec == nil {
		rec, err := s.in.Next(ctx)
		if errors.Is(err, io.EOF) {
			s.ended = true
			return errors.Join(s.in.Close(), s.yield())
		}
		if err != nil {
			return err
		}
		err = s.add(rec)
		rec.Release()
		if err != nil {
			return err
		}
	}
	return nil
}

// add takes a batch and lays the groups before its last one ready, if they are many.
func (s *streamAggregate) add(rec arrow.Record) error {
	if s.table != nil && (s.table.groups.count() >= batchRows || s.held.full()) {
		last, err := s.lastGroup(rec)
		if err != nil {
			return err
		}
		if last > 0 {
			if err := s.addRows(rec, 0, last); err != nil {
				return err
			}
			if err := s.yield(); err != nil {
				return err
			}
			return s.addRows(rec, last, int(rec.NumRows()))
		}
	}
	return s.addRows(rec, 0, int(rec.NumRows()))
}

func (s *streamAggregate) addRows(rec arrow.Record, from, to int) (err error) {
	if s.table == nil {
		if s.table, err = newGroupTable(s.node, s.env, s.held); err != nil {
			return err
		}
	}
	part := rec.NewSlice(int64(from), int64(to))
	defer part.Release()
	if err := s.table.add(part); err != nil {
		return err
	}
	return s.table.account()
}

// lastGroup returns the first of the batch's last rows that are one group.
func (s *streamAggregate) lastGroup(rec arrow.Record) (int, error) {
	keys, err := evalArrays(s.table.keys, s.env.frame(rec))
	if err != nil {
		return 0, err
	}
	defer releaseArrays(keys)
	encode := make([]rowkey.Equal, len(keys))
	for i, k := range s.table.keys {
		encode[i] = rowkey.NewEqual(k.Type(), keys[i])
	}
	key := func(dst []byte, row int) []byte {
		for _, e := range encode {
			dst, _ = e(dst, row)
		}
		return dst
	}
	row := int(rec.NumRows()) - 1
	last, buf := key(nil, row), []byte(nil)
	for row > 0 {
		if buf = key(buf[:0], row-1); !bytes.Equal(buf, last) {
			break
		}
		row--
	}
	return row, nil
}

// yield lays all groups ready and gives up their table.
func (s *streamAggregate) yield() error {
	if s.table == nil {
		return nil
	}
	rec, err := s.table.result(s.schema)
	s.sl = slicer{rec: rec}
	return errors.Join(err, s.drop())
}

func (s *streamAggregate) drop() error {
	t := s.table
	s.table = nil
	if t == nil {
		return nil
	}
	return t.close()
}

// Close implements plan.Stream.
func (s *streamAggregate) Close() error {
	s.ended = true
	s.sl.release()
	return errors.Join(s.drop(), s.in.Close())
}
