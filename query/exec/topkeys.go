package exec

import (
	"bytes"
	"container/heap"
	"slices"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/exec/eval"
	"github.com/traillake/traillake/query/exec/rowkey"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// topKeys are the first keys, in their order, of all that the streams of a scan
// have seen. Once there are as many as are wanted, no row at or behind the last
// of them is. Safe for concurrent use.
type topKeys struct {
	env    *Env
	keys   []plan.SortKey
	key    plan.SortKey // the first
	limit  int
	column *plan.Column     // of the first key, when it is one whose bounds tell of rows; else nil
	op     *function.Scalar // compares it with a bound

	mu     sync.Mutex // guards what follows
	heap   keyHeap    // the last on top
	narrow []plan.Expr
	users  int // sieves that are not closed
}

// keyHeap is a heap.Interface whose root is the last of the keys.
type keyHeap []topKey

type topKey struct {
	key   []byte // rowkey.Order
	first any    // value of the first key, when there is a column
}

// Len implements heap.Interface.
func (h keyHeap) Len() int { return len(h) }

// Less implements heap.Interface.
func (h keyHeap) Less(i, j int) bool { return bytes.Compare(h[i].key, h[j].key) > 0 }

// Swap implements heap.Interface.
func (h keyHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push implements heap.Interface.
func (h *keyHeap) Push(x any) { *h = append(*h, x.(topKey)) }

// Pop implements heap.Interface.
func (h *keyHeap) Pop() any { panic("keys are replaced, never popped") }

func newTopKeys(n *plan.Scan, env *Env) *topKeys {
	t := &topKeys{env: env, keys: n.Top.Keys, key: n.Top.Keys[0], limit: int(n.Top.Limit)}
	c, ok := t.key.Expr.(*plan.Column)
	if !ok || n.Columns[c.Index].Key != nil || !bounded(c.Typ) {
		return t
	}
	op := "<="
	if t.key.Desc {
		op = ">="
	}
	if f, err := function.Resolve(op, []function.Arg{{Type: c.Typ}, {Type: c.Typ}}, nil); err == nil {
		t.column, t.op = c, f
	}
	return t
}

// bounded reports whether the order of a type is the one statistics are kept in,
// with nothing outside of the bounds, as NaN is, and nothing that does not count,
// as padding.
func bounded(t types.Type) bool {
	switch t.Kind {
	case types.TinyInt, types.SmallInt, types.Integer, types.BigInt, types.Date, types.Timestamp, types.Varchar:
		return true
	}
	return false
}

// offer calls keep with the rows, of n, whose keys are among the first so far.
func (t *topKeys) offer(exprs []*eval.Expr, cols []arrow.Array, n int, keep func(row int, key []byte)) error {
	encoders := make([]rowkey.Order, len(cols))
	for i, c := range cols {
		encoders[i] = rowkey.NewOrder(exprs[i].Type(), c, t.keys[i].Desc, t.keys[i].NullsFirst)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	var key []byte
	changed := false
	for row := range n {
		key = key[:0]
		var err error
		for _, e := range encoders {
			if key, err = e(key, row); err != nil {
				return err
			}
		}
		full := len(t.heap) == t.limit
		if full && bytes.Compare(key, t.heap[0].key) >= 0 {
			continue
		}
		keep(row, key)
		changed = true
		if !full {
			entry := topKey{key: bytes.Clone(key), first: t.value(cols[0], row)}
			t.env.Budget.Reserve(entry.size())
			heap.Push(&t.heap, entry)
			continue
		}
		last := &t.heap[0]
		t.env.Budget.Reserve(-last.size())
		last.key, last.first = append(last.key[:0], key...), t.value(cols[0], row)
		t.env.Budget.Reserve(last.size())
		heap.Fix(&t.heap, 0)
	}
	if changed && len(t.heap) == t.limit && t.column != nil {
		t.narrow = t.bound(t.heap[0].first)
	}
	return nil
}

func (k *topKey) size() int64 { return int64(cap(k.key)) + 64 }

// value is that of the first key in a row, as plan.Literal holds it.
func (t *topKeys) value(col arrow.Array, row int) any {
	if t.column == nil {
		return nil
	}
	v, _ := eval.Value(col, row)
	return v
}

// bound are the conjuncts that hold of every row that does not order behind a value.
func (t *topKeys) bound(v any) []plan.Expr {
	isNull := &plan.Special{Form: plan.IsNull, Args: []plan.Expr{t.column}, Typ: types.BooleanType}
	compared := &plan.Call{Function: t.op, Args: []plan.Expr{t.column, &plan.Literal{Value: v, Typ: t.column.Typ}}}
	switch {
	case v == nil && t.key.NullsFirst:
		return []plan.Expr{isNull}
	case v == nil:
		return nil
	case t.key.NullsFirst:
		return []plan.Expr{&plan.Special{Form: plan.Or, Args: []plan.Expr{isNull, compared}, Typ: types.BooleanType}}
	}
	return []plan.Expr{compared}
}

// bounds are conjuncts over the scan's columns that hold of all rows still wanted.
func (t *topKeys) bounds() []plan.Expr {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.narrow
}

// last is the key that rows must not order behind; nil while any may come.
func (t *topKeys) last() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.heap) < t.limit {
		return nil
	}
	return slices.Clone(t.heap[0].key)
}

func (t *topKeys) open() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.users++
}

// close gives the memory of the keys back when no sieve is open.
func (t *topKeys) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.users--; t.users > 0 {
		return
	}
	for i := range t.heap {
		t.env.Budget.Reserve(-t.heap[i].size())
	}
	t.heap = nil
}
