package exec

import (
	"bytes"
	"sort"

	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/exec/rowkey"
	"github.com/traillake/traillake/query/plan"
)

// frames finds the frame of each row, for rows in turn.
type frames struct {
	r          *windowRows
	cursor     windowCursor
	unit       plan.FrameUnit
	start, end frameBound
}

// frameBound is one end of a frame.
type frameBound struct {
	kind   plan.BoundKind
	offset *array.Int64 // of ROWS and GROUPS
	// keys are of RANGE: the encoded sort keys of all rows, and the encoder of the
	// value that bounds a row's frame. NULL is encoded as other than any value,
	// so the frame of a NULL is the NULLs and no other frame's bound lies in them.
	keys  *encodedKeys
	limit rowkey.Order
}

// encodedKeys are keys that compare as bytes.
type encodedKeys struct {
	bytes []byte
	ends  []int
}

func (k *encodedKeys) at(row int) []byte {
	if row == 0 {
		return k.bytes[:k.ends[0]]
	}
	return k.bytes[k.ends[row-1]:k.ends[row]]
}

func newFrames(r *windowRows, f plan.Frame, at windowPlaces) (*frames, error) {
	out := &frames{r: r, cursor: windowCursor{r: r}, unit: f.Unit}
	if len(r.s.node.OrderBy) == 0 && f.Unit != plan.RowsFrame {
		// All rows of the partition are equal.
		if f.Start.Kind == plan.CurrentRow {
			f.Start.Kind = plan.UnboundedPreceding
		}
		if f.End.Kind == plan.CurrentRow {
			f.End.Kind = plan.UnboundedFollowing
		}
	}
	var err error
	if out.start, err = out.bound(f.Start, at.start); err != nil {
		return nil, err
	}
	out.end, err = out.bound(f.End, at.end)
	return out, err
}

func (f *frames) bound(b plan.Bound, at boundPlaces) (frameBound, error) {
	out := frameBound{kind: b.Kind}
	if b.Offset == nil {
		return out, nil
	}
	invalid := ast.Errorf(ast.InvalidWindowFrame, ast.Span{}, "Window frame offset value must not be negative or null")
	if b.Limit == nil {
		out.offset = f.r.int64s(at.offset)
		for i, v := range out.offset.Int64Values() {
			if v < 0 || out.offset.IsNull(i) {
				return out, invalid
			}
		}
		return out, nil
	}
	valid := f.r.values[at.offset].(*array.Boolean)
	for i := range f.r.n {
		if valid.IsNull(i) || !valid.Value(i) {
			return out, invalid
		}
	}
	key, typ := f.r.s.node.OrderBy[0], b.Key.Type()
	out.limit = rowkey.NewOrder(typ, f.r.values[at.limit], key.Desc, key.NullsFirst)
	encode := rowkey.NewOrder(typ, f.r.values[at.key], key.Desc, key.NullsFirst)
	out.keys = &encodedKeys{ends: make([]int, f.r.n)}
	var err error
	for i := range f.r.n {
		if out.keys.bytes, err = encode(out.keys.bytes, i); err != nil {
			return out, sortError(err)
		}
		out.keys.ends[i] = len(out.keys.bytes)
	}
	f.r.reserve(int64(cap(out.keys.bytes) + 8*cap(out.keys.ends)))
	return out, nil
}

// whole reports whether every frame is its partition.
func (f *frames) whole() bool {
	return f.start.kind == plan.UnboundedPreceding && f.end.kind == plan.UnboundedFollowing
}

// growing reports whether the frames of a partition's rows each start with it
// and hold those before.
func (f *frames) growing() bool {
	return f.start.kind == plan.UnboundedPreceding && f.end.kind == plan.CurrentRow
}

// of returns the first row of a row's frame and the one after its last; they
// are equal when the frame is empty.
func (f *frames) of(row int) (lo, hi int, err error) {
	f.cursor.move(row)
	if lo, err = f.first(row); err != nil {
		return 0, 0, err
	}
	if hi, err = f.last(row); err != nil {
		return 0, 0, err
	}
	return lo, max(lo, hi), nil
}

// first is the first row of the frame.
func (f *frames) first(row int) (int, error) {
	from, to := f.cursor.partition()
	switch {
	case f.start.kind == plan.UnboundedPreceding:
		return from, nil
	case f.start.kind == plan.CurrentRow && f.unit == plan.RowsFrame:
		return row, nil
	case f.start.kind == plan.CurrentRow:
		first, _ := f.cursor.equals()
		return first, nil
	case f.start.keys != nil:
		return f.start.search(row, from, to, func(c int) bool { return c >= 0 })
	}
	if f.unit == plan.RowsFrame {
		return f.start.away(row, row, from, to), nil
	}
	group := f.start.away(row, f.cursor.peer, f.cursor.firstPeer, f.groups())
	return min(int(f.r.peers[group]), to), nil
}

// last is the row after the last of the frame.
func (f *frames) last(row int) (int, error) {
	from, to := f.cursor.partition()
	switch {
	case f.end.kind == plan.UnboundedFollowing:
		return to, nil
	case f.end.kind == plan.CurrentRow && f.unit == plan.RowsFrame:
		return row + 1, nil
	case f.end.kind == plan.CurrentRow:
		_, after := f.cursor.equals()
		return after, nil
	case f.end.keys != nil:
		return f.end.search(row, from, to, func(c int) bool { return c > 0 })
	}
	if f.unit == plan.RowsFrame {
		return min(f.end.away(row, row, from-1, to)+1, to), nil
	}
	group := min(f.end.away(row, f.cursor.peer, f.cursor.firstPeer-1, f.groups())+1, f.groups())
	return int(f.r.peers[group]), nil
}

// groups is the number of the first group of the next partition.
func (f *frames) groups() int {
	_, to := f.cursor.partition()
	return sort.Search(len(f.r.peers)-1, func(g int) bool { return int(f.r.peers[g]) >= to })
}

// away is the place at the bound's offset from another, kept between least and most.
func (b *frameBound) away(row, place, least, most int) int {
	offset := b.offset.Value(row)
	if b.kind == plan.Preceding {
		if offset > int64(place-least) {
			return least
		}
		return place - int(offset)
	}
	if offset > int64(most-place) {
		return most
	}
	return place + int(offset)
}

// search finds the first row from on, before to, whose key compares so with the
// row's limit, or to.
func (b *frameBound) search(row, from, to int, is func(int) bool) (int, error) {
	limit, err := b.limit(nil, row)
	if err != nil {
		return 0, sortError(err)
	}
	return from + sort.Search(to-from, func(i int) bool { return is(bytes.Compare(b.keys.at(from+i), limit)) }), nil
}
