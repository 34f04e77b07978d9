package exec

import (
	"errors"
	"math"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/plan"
)

// windowRows are whole partitions, in order, and what the calls compute of them.
type windowRows struct {
	s *window
	n int
	// parts and peers are the first rows of the partitions and of the groups of
	// rows that are equal in the window's order; once all rows are there, n ends them.
	parts, peers []int32
	chunks       [][]arrow.Array // by expression
	values       []arrow.Array   // by expression, all rows, plain
	spool        spool
	calls        []windowFunc
	at           int
	reserved     int64
}

// windowFunc computes one call over windowRows.
type windowFunc interface {
	// compute returns the results of rows from to to-1; it is called for all rows in turn.
	compute(from, to int) (arrow.Array, error)
	close()
}

func newWindowRows(s *window) *windowRows {
	return &windowRows{s: s, chunks: make([][]arrow.Array, len(s.exprs)), spool: spool{keptRows: keptRows{held: s.held, schema: s.in.Schema()}}}
}

// add takes rows of a batch.
func (r *windowRows) add(rec arrow.Record, from, to int) error {
	if from == to {
		return nil
	}
	if r.n+to-from > math.MaxInt32 {
		return ast.Errorf(ast.NotSupported, ast.Span{}, "A window partition has more than %d rows", math.MaxInt32)
	}
	slice := rec.NewSlice(int64(from), int64(to))
	defer slice.Release()
	cols, err := evalArrays(r.s.exprs, r.s.env.frame(slice))
	if err != nil {
		return err
	}
	for i, c := range cols {
		r.chunks[i] = append(r.chunks[i], c)
	}
	r.n += to - from
	return r.spool.add(slice)
}

// compute makes the calls ready, once all rows are there.
func (r *windowRows) compute() error {
	r.parts, r.peers = append(r.parts, int32(r.n)), append(r.peers, int32(r.n))
	r.reserve(int64(cap(r.parts)+cap(r.peers)) * 4)
	if r.n == 0 {
		return nil
	}
	mem := r.s.env.Context.Mem
	for i, chunks := range r.chunks {
		all, err := vector.Concat(mem, chunks)
		if err != nil {
			return err
		}
		r.values = append(r.values, vector.Decode(mem, all))
		all.Release()
		releaseArrays(chunks)
		r.chunks[i] = nil
	}
	for i, call := range r.s.node.Calls {
		f, err := r.function(call, r.s.places[i])
		if err != nil {
			return err
		}
		r.calls = append(r.calls, f)
	}
	return errors.Join(r.spool.rewind(), r.s.env.Budget.Err())
}

func (r *windowRows) function(call plan.WindowCall, at windowPlaces) (windowFunc, error) {
	frames, err := newFrames(r, call.Frame, at)
	if err != nil {
		return nil, err
	}
	if call.Function != nil {
		return newFrameAggregate(r, call, at, frames)
	}
	switch call.Window.Name {
	case "lag", "lead":
		return newOffsetValue(r, call, at), nil
	case "first_value", "last_value", "nth_value":
		return newFrameValue(r, call, at, frames), nil
	}
	return newRank(r, call, at), nil
}

// next yields the next rows with the calls' columns.
func (r *windowRows) next() (arrow.Record, error) {
	rec, err := r.spool.next()
	if err != nil {
		return nil, err
	}
	defer rec.Release()
	to := r.at + int(rec.NumRows())
	cols := append([]arrow.Array(nil), rec.Columns()...)
	for _, c := range cols {
		c.Retain()
	}
	for i, f := range r.calls {
		arr, err := f.compute(r.at, to)
		if err != nil {
			releaseArrays(cols)
			return nil, err
		}
		out, err := vector.Conform(arr, r.s.node.Calls[i].Type().Arrow())
		arr.Release()
		if err != nil {
			releaseArrays(cols)
			return nil, err
		}
		cols = append(cols, out)
	}
	r.at = to
	return newRecord(r.s.schema, cols, int(rec.NumRows())), nil
}

// reserve tells the budget of memory that is held until close.
func (r *windowRows) reserve(n int64) {
	r.reserved += n
	r.s.held.reserve(n)
}

func (r *windowRows) close() error {
	for _, f := range r.calls {
		f.close()
	}
	for _, chunks := range r.chunks {
		releaseArrays(chunks)
	}
	releaseArrays(r.values)
	r.s.held.reserve(-r.reserved)
	r.calls, r.chunks, r.values, r.reserved = nil, nil, nil, 0
	return r.spool.close()
}

// take returns the values of an expression in the listed rows; -1 is NULL.
func (r *windowRows) take(expr int, rows []int32) arrow.Array {
	return vector.Take(r.s.env.Context.Mem, r.values[expr], rows)
}

// int64s is the values of a bigint expression.
func (r *windowRows) int64s(expr int) *array.Int64 { return r.values[expr].(*array.Int64) }

// windowPlaces are where the expressions of a call are; -1 is none.
type windowPlaces struct {
	args, order []int
	start, end  boundPlaces
}

type boundPlaces struct{ offset, key, limit int }

// newWindowPlaces adds a call's expressions to a list; calls share equal ones.
func newWindowPlaces(c plan.WindowCall, exprs *[]plan.Expr) (p windowPlaces) {
	place := func(e plan.Expr) int {
		if e == nil {
			return -1
		}
		for i, known := range *exprs {
			if plan.Equal(known, e) {
				return i
			}
		}
		*exprs = append(*exprs, e)
		return len(*exprs) - 1
	}
	for _, e := range c.Args {
		p.args = append(p.args, place(e))
	}
	for _, k := range c.OrderBy {
		p.order = append(p.order, place(k.Expr))
	}
	bound := func(b plan.Bound) boundPlaces {
		return boundPlaces{offset: place(b.Offset), key: place(b.Key), limit: place(b.Limit)}
	}
	p.start, p.end = bound(c.Frame.Start), bound(c.Frame.End)
	return p
}

// windowCursor is the partition and the group of equals of a row, for rows in turn.
type windowCursor struct {
	r          *windowRows
	part, peer int // numbers
	firstPeer  int // of the partition
}

// move goes to a row that is not before the last one.
func (c *windowCursor) move(row int) {
	for int(c.r.peers[c.peer+1]) <= row {
		c.peer++
		if int(c.r.peers[c.peer]) >= int(c.r.parts[c.part+1]) {
			c.part++
			c.firstPeer = c.peer
		}
	}
}

// partition is the partition's first row and the one after its last.
func (c *windowCursor) partition() (int, int) {
	return int(c.r.parts[c.part]), int(c.r.parts[c.part+1])
}

// equals is the first row that is equal to the current one, and the one after the last.
func (c *windowCursor) equals() (int, int) {
	return int(c.r.peers[c.peer]), int(c.r.peers[c.peer+1])
}
