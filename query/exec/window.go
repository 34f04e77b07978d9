package exec

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/exec/eval"
	"github.com/traillake/traillake/query/plan"
)

// window computes calls over partitions. Its input is ordered, so it reads whole
// partitions, a batch's rows at least, and yields them with the calls' columns
// before it reads on. Of a large partition it keeps the calls' arguments in
// memory; the rows themselves go to a file when it holds too much.
type window struct {
	node   *plan.Window
	schema *arrow.Schema
	in     plan.Stream
	env    *Env
	held   *holding // shared with the sort below
	order  rowOrder // of the input
	exprs  []*eval.Expr
	places []windowPlaces // by call, where its expressions are in exprs

	next  batchRest // the start of the partition after those of rows
	last  []byte    // the key of the row before next, when keys tell the rows apart
	part  int       // how much of it is the partition's
	rows  *windowRows
	ended bool
}

// batchRest is what is left of a batch, with the marks of its rows.
type batchRest struct {
	rec   arrow.Record // nil for none
	marks []rowMark
	at    int
}

// window orders the input, unless it is a window over the same partitions whose
// order starts with this one's, and puts the operator over it.
func (b *builder) window(n *plan.Window) ([]plan.Stream, error) {
	in, err := b.single(n.Input)
	if err != nil {
		return nil, err
	}
	inputs, held := []plan.Stream{in}, newHolding(b.env, n)
	if len(n.PartitionBy)+len(n.OrderBy) > 0 && !inOrder(n) {
		if in, err = newWindowSort(n, in, b.env, held); err != nil {
			return nil, errors.Join(err, closeAll(inputs))
		}
	}
	s, err := newWindow(n, in, b.env, held)
	if err != nil {
		return nil, errors.Join(err, in.Close())
	}
	return []plan.Stream{b.measure(s, n, true, inputs...)}, nil
}

// inOrder reports whether the window's input comes in its order.
func inOrder(n *plan.Window) bool {
	below, ok := n.Input.(*plan.Window)
	if !ok || len(below.PartitionBy) != len(n.PartitionBy) || len(below.OrderBy) < len(n.OrderBy) {
		return false
	}
	for i, p := range n.PartitionBy {
		if !plan.Equal(p, below.PartitionBy[i]) {
			return false
		}
	}
	for i, k := range n.OrderBy {
		o := below.OrderBy[i]
		if k.Desc != o.Desc || k.NullsFirst != o.NullsFirst || !plan.Equal(k.Expr, o.Expr) {
			return false
		}
	}
	return true
}

func windowOrder(n *plan.Window, env *Env) (o rowOrder, err error) {
	if o.parts, err = eval.CompileAll(env.Context, n.PartitionBy); err != nil {
		return o, err
	}
	o.keys = n.OrderBy
	if o.exprs, err = compileKeys(n.OrderBy, env); err != nil {
		eval.CloseAll(o.parts)
	}
	return o, err
}

func newWindowSort(n *plan.Window, in plan.Stream, env *Env, held *holding) (plan.Stream, error) {
	o, err := windowOrder(n, env)
	if err != nil {
		return nil, err
	}
	return newSorter(in, o, env, held), nil
}

func newWindow(n *plan.Window, in plan.Stream, env *Env, held *holding) (*window, error) {
	s := &window{node: n, schema: Schema(n.Outputs()), in: in, env: env, held: held}
	var err error
	if s.order, err = windowOrder(n, env); err != nil {
		return nil, err
	}
	var exprs []plan.Expr
	for _, c := range n.Calls {
		s.places = append(s.places, newWindowPlaces(c, &exprs))
	}
	if s.exprs, err = eval.CompileAll(env.Context, exprs); err != nil {
		s.order.close()
	}
	return s, err
}

// Schema implements plan.Stream.
func (s *window) Schema() *arrow.Schema { return s.schema }

// Next implements plan.Stream.
func (s *window) Next(ctx context.Context) (arrow.Record, error) {
	for {
		if s.rows == nil {
			if s.ended && s.next.rec == nil {
				return nil, io.EOF
			}
			if err := s.read(ctx); err != nil {
				return nil, err
			}
		}
		rec, err := s.rows.next()
		if !errors.Is(err, io.EOF) {
			return rec, err
		}
		if err := s.rows.close(); err != nil {
			return nil, err
		}
		s.rows = nil
	}
}

// read fills rows with whole partitions.
func (s *window) read(ctx context.Context) error {
	s.rows = newWindowRows(s)
	for {
		if s.next.rec == nil {
			if s.ended {
				return s.rows.compute()
			}
			if err := s.load(ctx); err != nil {
				return err
			}
			continue
		}
		from := s.next.at
		at := from
		for ; at < len(s.next.marks); at++ {
			row := int32(s.rows.n + at - from)
			mark := s.next.marks[at]
			if mark == newPart && row >= batchRows {
				break
			}
			if mark == newPart {
				s.rows.parts = append(s.rows.parts, row)
			}
			if mark != sameRow {
				s.rows.peers = append(s.rows.peers, row)
			}
		}
		if err := s.rows.add(s.next.rec, from, at); err != nil {
			return err
		}
		if at < len(s.next.marks) {
			s.next.at = at
			return s.rows.compute()
		}
		s.forget()
		if err := s.env.Budget.Err(); err != nil {
			return err
		}
	}
}

// load reads the next batch.
func (s *window) load(ctx context.Context) error {
	var rec arrow.Record
	var marks []rowMark
	var err error
	if ordered, ok := s.in.(*sorter); ok {
		rec, marks, err = ordered.nextMarked(ctx)
	} else {
		rec, err = s.in.Next(ctx)
	}
	if errors.Is(err, io.EOF) {
		s.ended = true
		return s.in.Close()
	}
	if err != nil {
		return err
	}
	if marks == nil {
		if marks, err = s.mark(rec); err != nil {
			rec.Release()
			return err
		}
	}
	s.next = batchRest{rec: rec, marks: marks}
	return nil
}

// mark tells the rows of a batch apart by their keys.
func (s *window) mark(rec arrow.Record) ([]rowMark, error) {
	keyed, err := encodeKeys(s.env, rec, s.order)
	if err != nil {
		return nil, err
	}
	defer keyed.rec.Release()
	marks := make([]rowMark, rec.NumRows())
	last, part := s.last, s.part
	for i := range marks {
		key, p := keyed.key(int32(i)), keyed.part(int32(i))
		switch {
		case last == nil || !bytes.Equal(p, last[:part]):
			marks[i] = newPart
		case !bytes.Equal(key, last):
			marks[i] = newPeer
		}
		if last, part = key, len(p); last == nil {
			last = []byte{}
		}
	}
	if len(marks) > 0 {
		s.last, s.part = append([]byte{}, last...), part
	}
	return marks, nil
}

func (s *window) forget() {
	if s.next.rec != nil {
		s.next.rec.Release()
	}
	s.next = batchRest{}
}

// Close implements plan.Stream.
func (s *window) Close() error {
	s.ended = true
	s.forget()
	var err error
	if s.rows != nil {
		err = s.rows.close()
		s.rows = nil
	}
	s.order.close()
	eval.CloseAll(s.exprs)
	s.exprs = nil
	return errors.Join(err, s.in.Close())
}
