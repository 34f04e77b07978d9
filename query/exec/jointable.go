package exec

import (
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/exec/eval"
	"github.com/traillake/traillake/query/exec/rowkey"
	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/plan"
)

// joinTable holds rows of one side of a join, and for each key the chain of rows
// that have it. When it is only asked whether a key is there, it holds no rows.
// After seal it is read by any number of probers.
type joinTable struct {
	join  *sharedJoin
	side  int // whose rows these are
	exprs []*eval.Expr

	rows    rowList
	keys    rowkey.Table
	heads   []int32 // first row of key i
	tails   []int32
	next    []int32       // row after row i with the same key, -1 at the end
	matched []atomic.Bool // of rows, when the join yields some of them by themselves
	filled  bool          // it was given a batch
	bytes   int64         // of rows
	sizes   int64         // of what is not Arrow arrays
}

func newJoinTable(j *sharedJoin, side int) (*joinTable, error) {
	keys := j.keys(side)
	exprs, err := eval.CompileAll(j.env.Context, keys)
	if err != nil {
		return nil, err
	}
	return &joinTable{join: j, side: side, exprs: exprs, rows: rowList{mem: j.env.Context.Mem}}, nil
}

// keys are the key expressions of a side.
func (j *sharedJoin) keys(side int) []plan.Expr {
	if side == leftSide {
		return j.node.LeftKeys
	}
	return j.node.RightKeys
}

// asksKeyOnly reports whether no row of a table of the side is ever looked at.
func (j *sharedJoin) asksKeyOnly(side int) bool {
	return side == rightSide && !yieldsPairs(j.node.Kind) && j.node.Residual == nil && len(j.node.RightKeys) > 0
}

// keeps reports whether the join yields rows of a side by themselves, without a
// match or, when it is about existence, with one.
func (j *sharedJoin) keeps(side int) bool {
	switch j.node.Kind {
	case plan.Full:
		return true
	case plan.Inner:
		return false
	}
	return side == leftSide
}

// add takes a batch, which stays the caller's.
func (t *joinTable) add(rec arrow.Record) error {
	t.filled = true
	n := int(rec.NumRows())
	first := int32(t.rows.rows)
	keyOnly := t.join.asksKeyOnly(t.side)
	if !keyOnly {
		cols := make([]arrow.Array, rec.NumCols())
		for i, c := range rec.Columns() {
			cols[i] = vector.Decode(t.join.env.Context.Mem, c)
			t.bytes += vector.Bytes(cols[i])
			t.join.held.add(vector.Bytes(cols[i]))
		}
		t.rows.add(cols, n)
	}
	if len(t.exprs) == 0 {
		return t.join.env.Budget.Err()
	}
	keys, err := evalArrays(t.exprs, t.join.env.frame(rec))
	if err != nil {
		return err
	}
	defer releaseArrays(keys)
	encode := joinKeys(t.join.node, t.exprs, keys)
	var key []byte
	for i := range n {
		var ok bool
		key, ok = encodeJoinKey(key[:0], encode, i)
		switch {
		case keyOnly && ok:
			if _, isNew := t.keys.Insert(key); isNew {
				t.heads = append(t.heads, 0)
			}
		case !keyOnly:
			t.next = append(t.next, -1)
			if ok {
				t.link(key, first+int32(i))
			}
		}
	}
	t.account(t.keys.Size() + int64(cap(t.next)+cap(t.heads)+cap(t.tails))*4)
	return t.join.env.Budget.Err()
}

// account tells how much is held outside Arrow arrays.
func (t *joinTable) account(sizes int64) {
	t.join.held.reserve(sizes - t.sizes)
	t.sizes = sizes
}

// seal ends the adding.
func (t *joinTable) seal() error {
	t.tails = nil
	if t.join.keeps(t.side) {
		t.matched = make([]atomic.Bool, t.rows.rows)
	}
	t.account(t.keys.Size() + int64(cap(t.next)+cap(t.heads)+len(t.matched))*4)
	return t.rows.compact()
}

// joinKeys returns the encoders of a join's key columns. A null-safe one makes a
// key of any value.
func joinKeys(n *plan.Join, keys []*eval.Expr, cols []arrow.Array) []rowkey.Equal {
	encode := make([]rowkey.Equal, len(cols))
	for i, c := range cols {
		encode[i] = rowkey.NewEqual(keys[i].Type(), c)
		if n.IsNullSafe(i) {
			equal := encode[i]
			encode[i] = func(dst []byte, row int) ([]byte, bool) {
				dst, _ = equal(dst, row)
				return dst, true
			}
		}
	}
	return encode
}

// encodeJoinKey appends the key of a row; ok is false when "=" holds for no row with it.
func encodeJoinKey(dst []byte, encode []rowkey.Equal, row int) (key []byte, ok bool) {
	ok = true
	for _, e := range encode {
		var one bool
		dst, one = e(dst, row)
		ok = ok && one
	}
	return dst, ok
}

// link puts a row at the end of its key's chain.
func (t *joinTable) link(key []byte, row int32) {
	id, isNew := t.keys.Insert(key)
	if isNew {
		t.heads, t.tails = append(t.heads, row), append(t.tails, row)
		return
	}
	t.next[t.tails[id]] = row
	t.tails[id] = row
}

// lookup returns the first row with a key, or -1.
func (t *joinTable) lookup(key []byte) int32 {
	if id := t.keys.Lookup(key); id >= 0 {
		return t.heads[id]
	}
	return -1
}

// after returns the row that follows in the chain; without keys all rows are one chain.
func (t *joinTable) after(row int32) int32 {
	if len(t.exprs) > 0 {
		return t.next[row]
	}
	if int(row)+1 < t.rows.rows {
		return row + 1
	}
	return -1
}

// take returns rows, NULLs for -1.
func (t *joinTable) take(rows []int32, fields []arrow.Field) ([]arrow.Array, error) {
	if t.rows.rows > 0 {
		return t.rows.take(rows)
	}
	return nullColumns(t.join.env, fields, len(rows)), nil
}

func nullColumns(env *Env, fields []arrow.Field, n int) []arrow.Array {
	out := make([]arrow.Array, len(fields))
	for i, f := range fields {
		out[i] = vector.Nulls(env.Context.Mem, f.Type, n)
	}
	return out
}

// match marks the rows rights[i] for each i of pairs as matched.
func (t *joinTable) match(rows, pairs []int32) {
	for _, i := range pairs {
		t.matched[rows[i]].Store(true)
	}
}

// tail lists the rows that the join yields by themselves, after all have probed.
func (t *joinTable) tail() []int32 {
	var rows []int32
	for i := range t.matched {
		if t.join.node.Kind == plan.Mark || t.matched[i].Load() == (t.join.node.Kind == plan.Semi) {
			rows = append(rows, int32(i))
		}
	}
	return rows
}

func (t *joinTable) release() {
	eval.CloseAll(t.exprs)
	t.rows.release()
	t.join.held.add(-t.bytes)
	t.account(0)
	t.bytes, t.exprs, t.keys, t.heads, t.next, t.matched = 0, nil, rowkey.Table{}, nil, nil, nil
}
