package exec

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/exec/eval"
	"github.com/traillake/traillake/query/exec/rowkey"
	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/plan"
)

// joinTable holds the right side of a join: its rows, and for each key the chain
// of rows that have it. The first partition that asks builds it; afterwards it is
// only read.
type joinTable struct {
	in       plan.Stream
	env      *Env
	node     *plan.Join
	keyExprs []plan.Expr

	mu         sync.Mutex // guards building, users, ends and the release
	built      bool
	err        error
	users      int  // partitions that have not closed
	partitions int  // of the left side
	ends       int  // partitions that have probed all their rows
	keeps      bool // right rows without a match are wanted

	rows     rowList
	keys     rowkey.Table
	heads    []int32 // first row of key i
	tails    []int32
	next     []int32       // row after row i with the same key, -1 at the end
	matched  []atomic.Bool // of rows, when keeps
	reserved int64
}

// build reads the right side, once.
func (t *joinTable) build(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.built {
		t.built = true
		t.err = t.read(ctx)
	}
	return t.err
}

func (t *joinTable) read(ctx context.Context) error {
	t.rows.mem = t.env.Context.Mem
	exprs, err := eval.CompileAll(t.env.Context, t.keyExprs)
	if err != nil {
		return err
	}
	defer eval.CloseAll(exprs)
	err = drain(ctx, t.in, func(rec arrow.Record) error { return t.add(rec, exprs) })
	if err != nil {
		return err
	}
	t.tails = nil
	if t.keeps {
		t.matched = make([]atomic.Bool, t.rows.rows)
		t.env.Budget.Reserve(4 * int64(t.rows.rows))
		t.reserved += 4 * int64(t.rows.rows)
	}
	return t.rows.compact()
}

// match marks rows as matched: rights[i] for each i of pairs.
func (t *joinTable) match(rights, pairs []int32) {
	for _, i := range pairs {
		t.matched[rights[i]].Store(true)
	}
}

// unmatched is called once by every partition when it has probed its rows. The
// last one gets the rows that none of them matched.
func (t *joinTable) unmatched() []int32 {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ends++
	if !t.keeps || t.ends < t.partitions {
		return nil
	}
	var rows []int32
	for i := range t.matched {
		if !t.matched[i].Load() {
			rows = append(rows, int32(i))
		}
	}
	return rows
}

func (t *joinTable) add(rec arrow.Record, exprs []*eval.Expr) error {
	cols := rec.Columns()
	for _, c := range cols {
		c.Retain()
	}
	numbers := t.rows.add(append([]arrow.Array(nil), cols...), int(rec.NumRows()))
	if len(exprs) == 0 {
		return t.env.Budget.Err()
	}
	keys, err := evalArrays(exprs, t.env.frame(rec))
	if err != nil {
		return err
	}
	defer releaseArrays(keys)
	encode := joinKeys(t.node, exprs, keys)
	var key []byte
	for i, n := range numbers {
		t.next = append(t.next, -1)
		var ok bool
		if key, ok = encodeJoinKey(key[:0], encode, i); ok {
			t.link(key, n)
		}
	}
	size := t.keys.Size() + int64(cap(t.next)+cap(t.heads)+cap(t.tails))*4
	t.env.Budget.Reserve(size - t.reserved)
	t.reserved = size
	return t.env.Budget.Err()
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
	for _, e := range encode {
		if dst, ok = e(dst, row); !ok {
			return dst, false
		}
	}
	return dst, true
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
	if len(t.keyExprs) > 0 {
		return t.next[row]
	}
	if int(row)+1 < t.rows.rows {
		return row + 1
	}
	return -1
}

// take returns right rows, NULLs for -1.
func (t *joinTable) take(rows []int32, fields []arrow.Field) ([]arrow.Array, error) {
	if t.rows.rows > 0 {
		return t.rows.take(rows)
	}
	out := make([]arrow.Array, len(fields))
	for i, f := range fields {
		out[i] = vector.Nulls(t.env.Context.Mem, f.Type, len(rows))
	}
	return out, nil
}

// leave is called once by every partition; the last one releases the rows.
func (t *joinTable) leave() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.users--; t.users > 0 {
		return nil
	}
	t.built, t.err = true, errClosed
	t.rows.release()
	t.env.Budget.Reserve(-t.reserved)
	t.reserved, t.keys, t.heads, t.next, t.matched = 0, rowkey.Table{}, nil, nil, nil
	return t.in.Close()
}
