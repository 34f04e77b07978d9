package exec

import (
	"bytes"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/exec/rowkey"
	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// frameAggregate computes an aggregate over frames: once for each partition when
// that is the frame; adding row by row when frames grow from the partition's
// start; else from the frame's rows and, of long frames, from a tree of parts
// that the frames share.
type frameAggregate struct {
	r      *windowRows
	fn     *function.Aggregate
	args   []int
	frames *frames
	// before is, with DISTINCT, the row before with equal arguments, -1 for none: a
	// row counts in a frame when that one is not in it. places is, with ORDER BY in
	// the call, the place of each row in that order.
	before, places []int32

	perPart arrow.Array          // when frames are partitions: their results
	grown   function.Accumulator // when frames grow: of the current partition
	part    int
	upTo    int
	tree    *frameTree // nil when parts cannot be shared
}

func newFrameAggregate(r *windowRows, call plan.WindowCall, at windowPlaces, f *frames) (windowFunc, error) {
	a := &frameAggregate{r: r, fn: call.Function, args: at.args, frames: f, part: -1}
	if call.Distinct {
		a.before = a.equalBefore(at)
	}
	if len(at.order) > 0 {
		var err error
		if a.places, err = a.callOrder(call, at); err != nil {
			return nil, err
		}
	}
	if f.whole() {
		return a, a.partitions()
	}
	if _, ok := a.fn.New(r.s.env.Context).(function.Grouped); ok && a.before == nil && a.places == nil && !f.growing() {
		a.tree = newFrameTree(a)
	}
	return a, nil
}

// equalBefore finds for each row the one before with equal arguments and sort keys.
func (a *frameAggregate) equalBefore(at windowPlaces) []int32 {
	var cols []arrow.Array
	var typs []types.Type
	for _, place := range append(slices.Clone(at.args), at.order...) {
		cols, typs = append(cols, a.r.values[place]), append(typs, a.r.s.exprs[place].Type())
	}
	g := newGrouper(a.r.s.env.Context.Mem, typs)
	defer g.release()
	numbers := g.number(cols, a.r.n)
	last := make([]int32, g.count())
	for i := range last {
		last[i] = -1
	}
	out := make([]int32, a.r.n)
	for i, n := range numbers {
		out[i], last[n] = last[n], int32(i)
	}
	a.r.reserve(int64(len(out)) * 4)
	return out
}

// callOrder finds the place of each row in the order inside the call.
func (a *frameAggregate) callOrder(call plan.WindowCall, at windowPlaces) ([]int32, error) {
	encoders := make([]rowkey.Order, len(at.order))
	for i, place := range at.order {
		k := call.OrderBy[i]
		encoders[i] = rowkey.NewOrder(k.Expr.Type(), a.r.values[place], k.Desc, k.NullsFirst)
	}
	keys := &encodedKeys{ends: make([]int, a.r.n)}
	for i := range a.r.n {
		for _, e := range encoders {
			var err error
			if keys.bytes, err = e(keys.bytes, i); err != nil {
				return nil, sortError(err)
			}
		}
		keys.ends[i] = len(keys.bytes)
	}
	order := firstN(a.r.n)
	slices.SortStableFunc(order, func(x, y int32) int { return bytes.Compare(keys.at(int(x)), keys.at(int(y))) })
	places := make([]int32, a.r.n)
	for place, row := range order {
		places[row] = int32(place)
	}
	a.r.reserve(int64(len(places)) * 4)
	return places, nil
}

func (a *frameAggregate) compute(from, to int) (arrow.Array, error) {
	switch {
	case a.perPart != nil:
		rows := make([]int32, 0, to-from)
		for row := from; row < to; row++ {
			a.frames.cursor.move(row)
			rows = append(rows, int32(a.frames.cursor.part))
		}
		return vector.Take(a.r.s.env.Context.Mem, a.perPart, rows), nil
	case a.frames.growing() && a.places == nil:
		return a.growing(from, to)
	}
	return a.sliding(from, to)
}

// rowsOf appends the rows of a frame that count, in the call's order.
func (a *frameAggregate) rowsOf(dst []int32, lo, hi int) []int32 {
	from := len(dst)
	for i := lo; i < hi; i++ {
		if a.before == nil || int(a.before[i]) < lo {
			dst = append(dst, int32(i))
		}
	}
	if a.places != nil {
		slices.SortFunc(dst[from:], func(x, y int32) int { return int(a.places[x]) - int(a.places[y]) })
	}
	return dst
}

// update adds listed rows to groups of an accumulator.
func (a *frameAggregate) update(acc function.Accumulator, groups, rows []int32) error {
	for len(rows) > 0 {
		n := min(len(rows), 4*batchRows)
		args := make([]function.Value, len(a.args))
		for i, place := range a.args {
			args[i].Array = a.r.take(place, rows[:n])
		}
		err := acc.Update(groups[:n], args)
		releaseValues(args)
		if err != nil {
			return err
		}
		groups, rows = groups[n:], rows[n:]
	}
	return nil
}

// add adds the rows from lo on and before hi to the only group of an accumulator.
func (a *frameAggregate) add(acc function.Accumulator, lo, hi int) error {
	args := make([]function.Value, len(a.args))
	for i, place := range a.args {
		args[i].Array = array.NewSlice(a.r.values[place], int64(lo), int64(hi))
	}
	defer releaseValues(args)
	return acc.Update(make([]int32, hi-lo), args)
}

// partitions computes the result of each partition.
func (a *frameAggregate) partitions() error {
	acc := a.fn.New(a.r.s.env.Context)
	count := len(a.r.parts) - 1
	acc.Grow(count)
	var rows, groups []int32
	for p := range count {
		rows = a.rowsOf(rows, int(a.r.parts[p]), int(a.r.parts[p+1]))
		for len(groups) < len(rows) {
			groups = append(groups, int32(p))
		}
		if len(rows) >= batchRows || p == count-1 {
			if err := a.update(acc, groups, rows); err != nil {
				return err
			}
			rows, groups = rows[:0], groups[:0]
		}
	}
	var err error
	a.perPart, err = acc.Result()
	return err
}

// growing computes frames that start with the partition and hold those before.
func (a *frameAggregate) growing(from, to int) (arrow.Array, error) {
	ctx := a.r.s.env.Context
	b := array.NewBuilder(ctx.Mem, a.fn.Result.Arrow())
	defer b.Release()
	var others []arrow.Array // results of an accumulator that cannot emit
	defer func() { releaseArrays(others) }()
	rows := make([]int32, 0, to-from)
	results := int32(0)
	for row := from; row < to; row++ {
		lo, hi, err := a.frames.of(row)
		if err != nil {
			return nil, err
		}
		changed := results == 0
		if a.part != a.frames.cursor.part {
			a.part, a.upTo, changed = a.frames.cursor.part, lo, true
			a.grown = a.fn.New(ctx)
			a.grown.Grow(1)
		}
		if a.upTo < hi {
			changed = true
			if err := a.growTo(lo, hi); err != nil {
				return nil, err
			}
		}
		if changed {
			results++
			if g, ok := a.grown.(function.Grouped); ok {
				err = g.Emit(b, 0)
			} else {
				var arr arrow.Array
				arr, err = a.grown.Result()
				others = append(others, arr)
			}
			if err != nil {
				return nil, err
			}
		}
		rows = append(rows, results-1)
	}
	all := b.NewArray()
	defer func() { all.Release() }()
	if others != nil {
		joined, err := vector.Concat(ctx.Mem, others)
		if err != nil {
			return nil, err
		}
		all.Release()
		all = joined
	}
	if int(results) == to-from {
		all.Retain()
		return all, nil
	}
	return vector.Take(ctx.Mem, all, rows), nil
}

// growTo adds rows up to hi to the partition's accumulator.
func (a *frameAggregate) growTo(lo, hi int) error {
	if a.before == nil {
		err := a.add(a.grown, a.upTo, hi)
		a.upTo = hi
		return err
	}
	for ; a.upTo < hi; a.upTo++ {
		if int(a.before[a.upTo]) >= lo {
			continue
		}
		if err := a.add(a.grown, a.upTo, a.upTo+1); err != nil {
			return err
		}
	}
	return nil
}

// directRows is how many rows of frames are gathered before they are added.
const directRows = 8 * batchRows

// sliding computes frames of any kind.
func (a *frameAggregate) sliding(from, to int) (arrow.Array, error) {
	var parts []arrow.Array
	defer func() { releaseArrays(parts) }()
	p := &framePieces{}
	for row := from; row < to; row++ {
		lo, hi, err := a.frames.of(row)
		if err != nil {
			return nil, err
		}
		if a.tree != nil && hi-lo > longFrame {
			a.tree.cut(p, lo, hi)
		} else {
			p.left = a.rowsOf(p.left, lo, hi)
			p.leftGroups = p.fill(p.leftGroups, len(p.left))
		}
		p.frames++
		if len(p.left)+len(p.right)+len(p.nodes) >= directRows || row == to-1 {
			arr, err := a.join(p)
			if err != nil {
				return nil, err
			}
			parts = append(parts, arr)
			*p = framePieces{left: p.left[:0], right: p.right[:0], nodes: p.nodes[:0], leftGroups: p.leftGroups[:0], rightGroups: p.rightGroups[:0]}
			if err := a.r.s.env.Budget.Err(); err != nil {
				return nil, err
			}
		}
	}
	return vector.Concat(a.r.s.env.Context.Mem, parts)
}

// join computes the frames that were cut into pieces, a group each.
func (a *frameAggregate) join(p *framePieces) (arrow.Array, error) {
	acc := a.fn.New(a.r.s.env.Context)
	acc.Grow(p.frames)
	if err := a.update(acc, p.leftGroups, p.left); err != nil {
		return nil, err
	}
	for _, n := range p.nodes {
		level, err := a.tree.node(n.level, n.index)
		if err != nil {
			return nil, err
		}
		if err := acc.(function.Grouped).MergeGroup(n.group, level, int32(n.index)); err != nil {
			return nil, err
		}
	}
	if err := a.update(acc, p.rightGroups, p.right); err != nil {
		return nil, err
	}
	return acc.Result()
}

func (a *frameAggregate) close() {
	if a.perPart != nil {
		a.perPart.Release()
		a.perPart = nil
	}
}
