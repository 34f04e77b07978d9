package exec

import (
	"sort"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// present lists the rows in which an expression is not NULL, for IGNORE NULLS;
// nil is every row.
type present []int32

func presentRows(r *windowRows, expr int, ignoreNulls bool) present {
	if !ignoreNulls {
		return nil
	}
	rows := present{}
	for i := range r.n {
		if !types.IsNull(r.values[expr], i) {
			rows = append(rows, int32(i))
		}
	}
	r.reserve(int64(cap(rows)) * 4)
	return rows
}

// before counts the present rows before a row.
func (p present) before(row int) int {
	return sort.Search(len(p), func(i int) bool { return int(p[i]) >= row })
}

// nth is the n-th present row, from 0, of those from lo on and before hi; -1 is
// none, as for an n below 0.
func (p present) nth(lo, hi int, n int64) int32 {
	if n < 0 {
		return -1
	}
	if p == nil {
		if n >= int64(hi-lo) {
			return -1
		}
		return int32(lo + int(n))
	}
	first := p.before(lo)
	if n >= int64(p.before(hi)-first) {
		return -1
	}
	return p[first+int(n)]
}

// count is how many present rows there are from lo on and before hi.
func (p present) count(lo, hi int) int64 {
	if p == nil {
		return int64(hi - lo)
	}
	return int64(p.before(hi) - p.before(lo))
}

// frameValue is first_value, last_value and nth_value.
type frameValue struct {
	r       *windowRows
	name    string
	args    []int
	frames  *frames
	present present
}

func newFrameValue(r *windowRows, call plan.WindowCall, at windowPlaces, f *frames) *frameValue {
	return &frameValue{r: r, name: call.Window.Name, args: at.args, frames: f, present: presentRows(r, at.args[0], call.IgnoreNulls)}
}

func (f *frameValue) compute(from, to int) (arrow.Array, error) {
	rows := make([]int32, 0, to-from)
	for row := from; row < to; row++ {
		lo, hi, err := f.frames.of(row)
		if err != nil {
			return nil, err
		}
		n := int64(0)
		switch {
		case lo == hi:
			rows = append(rows, -1)
			continue
		case f.name == "last_value":
			n = f.present.count(lo, hi) - 1
		case f.name == "nth_value":
			offsets := f.r.int64s(f.args[1])
			if offsets.IsNull(row) {
				rows = append(rows, -1)
				continue
			}
			if n = offsets.Value(row) - 1; n < 0 {
				return nil, ast.Errorf(ast.InvalidFunctionArgument, ast.Span{}, "Offset must be at least 1")
			}
		}
		rows = append(rows, f.present.nth(lo, hi, n))
	}
	return f.r.take(f.args[0], rows), nil
}

func (f *frameValue) close() {}

// offsetValue is lag and lead, which look at the partition, not the frame.
type offsetValue struct {
	r       *windowRows
	lead    bool
	args    []int
	present present
	cursor  windowCursor
}

func newOffsetValue(r *windowRows, call plan.WindowCall, at windowPlaces) *offsetValue {
	return &offsetValue{
		r: r, lead: call.Window.Name == "lead", args: at.args,
		present: presentRows(r, at.args[0], call.IgnoreNulls), cursor: windowCursor{r: r},
	}
}

func (f *offsetValue) compute(from, to int) (arrow.Array, error) {
	rows := make([]int32, to-from)
	for row := from; row < to; row++ {
		offset := int64(1)
		if len(f.args) > 1 {
			offsets := f.r.int64s(f.args[1])
			if offsets.IsNull(row) {
				return nil, ast.Errorf(ast.InvalidFunctionArgument, ast.Span{}, "Offset must not be null")
			}
			if offset = offsets.Value(row); offset < 0 {
				return nil, ast.Errorf(ast.InvalidFunctionArgument, ast.Span{}, "Offset must be at least 0")
			}
		}
		f.cursor.move(row)
		rows[row-from] = f.source(row, offset)
	}
	if len(f.args) < 3 {
		return f.r.take(f.args[0], rows), nil
	}
	refs := make([]vector.Ref, len(rows))
	for i, source := range rows {
		if refs[i] = (vector.Ref{Row: source}); source < 0 {
			refs[i] = vector.Ref{Batch: 1, Row: int32(from + i)}
		}
	}
	both := []arrow.Array{f.r.values[f.args[0]], f.r.values[f.args[2]]}
	return vector.Interleave(f.r.s.env.Context.Mem, both, refs)
}

// source is the row at an offset, -1 when the partition has none.
func (f *offsetValue) source(row int, offset int64) int32 {
	start, end := f.cursor.partition()
	if offset == 0 {
		return int32(row)
	}
	if f.lead {
		return f.present.nth(row+1, end, offset-1)
	}
	return f.present.nth(start, row, f.present.count(start, row)-offset)
}

func (f *offsetValue) close() {}
