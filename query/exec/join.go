package exec

import (
	"cmp"
	"context"
	"errors"
	"io"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/plan"
)

// join is one partition of a join's output. It takes batches of the probing side,
// which all partitions share, and looks their rows up in the table of the other
// side. Rows of the table's side that the join yields by themselves come from the
// partition that probes last.
type join struct {
	shared *sharedJoin
	wait   *measured // time spent in the inputs
	prober *prober   // nil before the table is there
	tail   []int32   // rows of the table still to be yielded
	ended  bool      // the probing side is at its end
	closed bool
}

// joinSide is one input of a join: what was read of it to find out which is the
// smaller, and the rest.
type joinSide struct {
	mu     sync.Mutex // guards what follows: one batch is taken at a time
	in     plan.Stream
	held   []arrow.Record
	ended  bool
	closed bool
}

// next takes the next batch.
func (s *joinSide) next(ctx context.Context) (arrow.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.held) > 0 {
		rec := s.held[0]
		s.held = s.held[1:]
		return rec, nil
	}
	return s.read(ctx)
}

// read takes the next batch of the input, past what is held.
func (s *joinSide) read(ctx context.Context) (arrow.Record, error) {
	if s.closed {
		return nil, errClosed
	}
	if s.ended {
		return nil, io.EOF
	}
	rec, err := s.in.Next(ctx)
	if errors.Is(err, io.EOF) {
		s.ended = true
		err = cmp.Or(s.in.Close(), err)
	}
	return rec, err
}

func (s *joinSide) release() {
	for _, rec := range s.held {
		rec.Release()
	}
	s.held = nil
}

func (s *joinSide) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.release()
	return s.in.Close()
}

// onSide names the sides of a join as indexes.
const (
	leftSide  = 0
	rightSide = 1
)

// sharedJoin is what the partitions of a join share. The first one that is asked
// for a row decides which side becomes the table: both are read by turns, a bit
// more each time, until one ends; that one is built and the other probes. When
// neither has ended and the memory is used up, both go to files by the hash of
// their keys, and the pairs of files are joined one after another.
type sharedJoin struct {
	node    *plan.Join
	env     *Env
	held    *holding
	schema  *arrow.Schema // of the output
	pairing *arrow.Schema // of left rows beside right ones
	sides   [2]*joinSide

	mu         sync.Mutex // guards what follows; rows of spilled joins are made under it
	ready      bool
	err        error
	table      *joinTable
	spilled    *spilledJoin // instead of table
	users      int          // partitions that have not closed
	partitions int
	ends       int // partitions that have probed all their rows
}

// firstLook is how many bytes of each side are read at first to find the smaller one.
const firstLook = 1 << 20

func (b *builder) join(n *plan.Join) ([]plan.Stream, error) {
	left, err := b.build(n.Left)
	if err != nil {
		return nil, err
	}
	right, err := b.build(n.Right)
	if err != nil {
		return nil, errors.Join(err, closeAll(left))
	}
	partitions := max(len(left), len(right))
	shared := &sharedJoin{
		node: n, env: b.env, held: newHolding(b.env, n), schema: Schema(n.Outputs()), pairing: Schema(n.Pairs()),
		users: partitions, partitions: partitions,
	}
	shared.sides = [2]*joinSide{{in: b.merge(left)}, {in: b.merge(right)}}
	out := make([]plan.Stream, shared.partitions)
	for i := range out {
		s := &join{shared: shared, wait: &measured{}}
		out[i] = b.measure(s, n, true, s.wait)
	}
	return out, nil
}

// Schema implements plan.Stream.
func (s *join) Schema() *arrow.Schema { return s.shared.schema }

// Next implements plan.Stream.
func (s *join) Next(ctx context.Context) (arrow.Record, error) {
	if s.closed {
		return nil, errClosed
	}
	spilled, err := s.prepare(ctx)
	if err != nil {
		return nil, err
	}
	if spilled != nil {
		return spilled.next(ctx)
	}
	for {
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
		if s.ended {
			return s.rest()
		}
		if s.prober.rec == nil {
			rec, err := s.next(ctx)
			if errors.Is(err, io.EOF) {
				s.ended, s.tail = true, s.shared.probed()
				continue
			}
			if err != nil {
				return nil, err
			}
			if err := s.prober.begin(rec); err != nil {
				return nil, err
			}
		}
		out, err := s.prober.step()
		if out != nil || err != nil {
			return out, err
		}
	}
}

// prepare makes the shared table, once, and this partition's prober.
func (s *join) prepare(ctx context.Context) (*spilledJoin, error) {
	j := s.shared
	if s.prober != nil {
		return nil, nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.ready {
		j.ready = true
		j.err = j.prepareLocked(ctx, s.read)
	}
	if j.err != nil || j.spilled != nil {
		return j.spilled, j.err
	}
	var err error
	s.prober, err = newProber(j, j.table)
	return nil, err
}

// next takes a batch of the probing side.
func (s *join) next(ctx context.Context) (arrow.Record, error) {
	defer s.timed()()
	return s.shared.sides[1-s.shared.table.side].next(ctx)
}

// read takes a batch of a side while the join is prepared.
func (s *join) read(ctx context.Context, side int) (arrow.Record, error) {
	defer s.timed()()
	return s.shared.sides[side].read(ctx)
}

// timed counts the time until the call of what it returns as spent in the inputs.
func (s *join) timed() func() {
	clock := s.shared.env.Clock
	if clock == nil {
		return func() {}
	}
	start := clock()
	return func() { s.wait.elapsed += clock().Sub(start) }
}

// rest yields rows of the table after all have probed it.
func (s *join) rest() (arrow.Record, error) {
	if len(s.tail) == 0 {
		return nil, io.EOF
	}
	n := min(len(s.tail), batchRows)
	rows := s.tail[:n]
	s.tail = s.tail[n:]
	return s.prober.tailRows(rows)
}

// probed is called once by every partition when it has probed its rows. The last
// one gets the rows of the table that the join yields by themselves.
func (j *sharedJoin) probed() []int32 {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ends++
	if j.ends < j.partitions {
		return nil
	}
	return j.table.tail()
}

// sideReader takes the next batch of a side.
type sideReader func(ctx context.Context, side int) (arrow.Record, error)

// prepareLocked decides how the join is made.
func (j *sharedJoin) prepareLocked(ctx context.Context, read sideReader) error {
	for look := int64(firstLook); ; look *= 4 {
		for _, side := range []int{rightSide, leftSide} {
			ended, err := j.readLocked(ctx, side, look, read)
			if err != nil {
				return err
			}
			if ended {
				return j.buildLocked(ctx, side, read)
			}
			if j.held.full() {
				return j.spillLocked(ctx, read)
			}
		}
	}
}

// readLocked reads one side until so many bytes of it are held.
func (j *sharedJoin) readLocked(ctx context.Context, side int, look int64, read sideReader) (ended bool, err error) {
	s := j.sides[side]
	held := int64(0)
	for _, rec := range s.held {
		held += recordBytes(rec)
	}
	for held < look && !j.held.full() {
		rec, err := read(ctx, side)
		if errors.Is(err, io.EOF) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		s.held = append(s.held, rec)
		held += recordBytes(rec)
		j.held.add(recordBytes(rec))
		if err := j.env.Budget.Err(); err != nil {
			return false, err
		}
	}
	return false, nil
}

// buildLocked makes the table of a side that was read to its end.
func (j *sharedJoin) buildLocked(ctx context.Context, side int, read sideReader) error {
	t, err := newJoinTable(j, side)
	if err != nil {
		return err
	}
	s := j.sides[side]
	for i, rec := range s.held {
		j.held.add(-recordBytes(rec)) // mostly the same memory as in the table
		err = t.add(rec)
		if err == nil && j.held.full() {
			t.release()
			for _, rec := range s.held[:i+1] {
				j.held.add(recordBytes(rec))
			}
			return j.spillLocked(ctx, read)
		}
		if err != nil {
			t.release()
			return err
		}
	}
	j.table = t
	s.release()
	for _, rec := range j.sides[1-side].held { // goes with the probing
		j.held.add(-recordBytes(rec))
	}
	return t.seal()
}

// Close implements plan.Stream.
func (s *join) Close() error {
	if s.closed {
		return nil
	}
	s.closed, s.tail = true, nil
	if s.prober != nil {
		s.prober.close()
	}
	return s.shared.leave()
}

// leave is called once by every partition; the last one gives everything back.
func (j *sharedJoin) leave() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.users--; j.users > 0 {
		return nil
	}
	j.ready, j.err = true, errClosed
	var err error
	if j.spilled != nil {
		err = j.spilled.close()
	}
	if j.table != nil {
		j.table.release()
	}
	return errors.Join(err, j.sides[leftSide].close(), j.sides[rightSide].close())
}
