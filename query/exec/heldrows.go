package exec

import (
	"bytes"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/exec/eval"
	"github.com/traillake/traillake/query/exec/rowkey"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// heldRows are the argument rows of an aggregate with DISTINCT or ORDER BY, kept
// until all are there: then equal rows are known, and the order.
type heldRows struct {
	env   *Env
	call  plan.AggCall
	order []*eval.Expr
	// With DISTINCT, values numbers the distinct argument rows and seen the pairs
	// of a group and one of those; else kept holds the argument rows as they came.
	values *grouper
	seen   rowkey.WordTable
	kept   *rowList
	rows   []heldRow
	// keys[i] is the encoded ORDER BY of rows[i]; empty without one.
	keys     [][]byte
	keyBytes int64
	spills   *spills // what did not fit into memory; nil while all does
}

// heldRow is an argument row, by its number in values or kept, of a group.
type heldRow struct{ group, value int32 }

func newHeldRows(call plan.AggCall, env *Env) (*heldRows, error) {
	h := &heldRows{env: env, call: call}
	for _, k := range call.OrderBy {
		e, err := eval.Compile(env.Context, k.Expr)
		if err != nil {
			eval.CloseAll(h.order)
			return nil, err
		}
		h.order = append(h.order, e)
	}
	if !call.Distinct {
		h.kept = &rowList{mem: env.Context.Mem}
		return h, nil
	}
	h.values = newGrouper(env.Context.Mem, h.argTypes())
	return h, nil
}

func (h *heldRows) argTypes() []types.Type {
	out := make([]types.Type, len(h.call.Args))
	for i, a := range h.call.Args {
		out[i] = a.Type()
	}
	return out
}

// number returns the numbers of argument rows; it takes cols over.
func (h *heldRows) number(cols []arrow.Array, rows int) []int32 {
	if h.kept != nil {
		return h.kept.add(cols, rows)
	}
	defer releaseArrays(cols)
	return h.values.number(cols, rows)
}

// argRows returns argument rows by number.
func (h *heldRows) argRows(numbers []int32) ([]arrow.Array, error) {
	if h.kept != nil {
		return h.kept.take(numbers)
	}
	return h.values.values(numbers)
}

// add takes the rows of a frame, FILTER already applied.
func (h *heldRows) add(f *eval.Frame, groups []int32, args []*eval.Expr) error {
	cols, err := evalArrays(args, f)
	if err != nil {
		return err
	}
	values := h.number(cols, f.Rows())
	encode, release, err := orderEncoder(f, h.order, h.call.OrderBy)
	if err != nil {
		return err
	}
	defer release()
	for i, g := range groups {
		if !h.isNew(g, values[i]) {
			continue
		}
		h.rows = append(h.rows, heldRow{g, values[i]})
		if len(h.order) > 0 {
			key, err := encode(nil, i)
			if err != nil {
				return err
			}
			h.keys = append(h.keys, key)
			h.keyBytes += int64(cap(key)) + 24
		}
	}
	return nil
}

func (h *heldRows) isNew(group, value int32) bool {
	if !h.call.Distinct {
		return true
	}
	_, isNew := h.seen.Insert(pairKey(group, value))
	return isNew
}

// merge takes the rows of another table, whose group i is groups[i] here.
func (h *heldRows) merge(o *heldRows, groups []int32) error {
	n := o.count()
	if n == 0 {
		return nil // it has not even learnt how many columns there are
	}
	cols, err := o.argRows(firstN(n))
	if err != nil {
		return err
	}
	values := h.number(cols, n)
	for i, r := range o.rows {
		row := heldRow{groups[r.group], values[r.value]}
		if !h.isNew(row.group, row.value) {
			continue
		}
		h.rows = append(h.rows, row)
		if len(h.order) > 0 {
			h.keys = append(h.keys, o.keys[i])
			h.keyBytes += int64(cap(o.keys[i])) + 24
		}
	}
	return nil
}

// flush hands the rows to the accumulator, in order.
func (h *heldRows) flush(acc function.Accumulator) error {
	if h.spills != nil {
		return h.flushSpilled(acc)
	}
	order := firstN(len(h.rows))
	if len(h.order) > 0 {
		slices.SortStableFunc(order, func(a, b int32) int { return bytes.Compare(h.keys[a], h.keys[b]) })
	}
	for len(order) > 0 {
		if err := h.env.stopped(); err != nil {
			return err
		}
		n := min(len(order), batchRows)
		groups, values := make([]int32, n), make([]int32, n)
		for i, r := range order[:n] {
			groups[i], values[i] = h.rows[r].group, h.rows[r].value
		}
		order = order[n:]
		cols, err := h.argRows(values)
		if err != nil {
			return err
		}
		args := make([]function.Value, len(cols))
		for i, c := range cols {
			args[i].Array = c
		}
		err = acc.Update(groups, args)
		releaseArrays(cols)
		if err != nil {
			return err
		}
	}
	return nil
}

// count is how many argument rows have numbers.
func (h *heldRows) count() int {
	if h.kept != nil {
		return h.kept.rows
	}
	return h.values.count()
}

func (h *heldRows) size() int64 {
	n := h.seen.Size() + int64(cap(h.rows))*8 + h.keyBytes
	if h.values != nil {
		n += h.values.size()
	}
	return n
}

// bytes is the memory held in Arrow arrays.
func (h *heldRows) bytes() int64 {
	if h.kept != nil {
		return h.kept.bytes
	}
	return h.values.bytes()
}

// clear gives the rows in memory back.
func (h *heldRows) clear() {
	if h.values != nil {
		h.values.release()
		h.values = newGrouper(h.env.Context.Mem, h.argTypes())
	}
	if h.kept != nil {
		h.kept.release()
	}
	h.seen, h.rows, h.keys, h.keyBytes = rowkey.WordTable{}, nil, nil, 0
}

func (h *heldRows) close() error {
	eval.CloseAll(h.order)
	if h.values != nil {
		h.values.release()
	}
	if h.kept != nil {
		h.kept.release()
	}
	if h.spills != nil {
		return h.spills.close()
	}
	return nil
}

// orderEncoder evaluates sort keys over a frame and returns the encoder of its
// rows; release gives back what it evaluated.
func orderEncoder(f *eval.Frame, exprs []*eval.Expr, keys []plan.SortKey) (encode rowkey.Order, release func(), err error) {
	cols, err := evalArrays(exprs, f)
	if err != nil {
		return nil, nil, err
	}
	encoders := make([]rowkey.Order, len(cols))
	for i, c := range cols {
		encoders[i] = rowkey.NewOrder(exprs[i].Type(), c, keys[i].Desc, keys[i].NullsFirst)
	}
	encode = func(dst []byte, row int) ([]byte, error) {
		var err error
		for _, e := range encoders {
			if dst, err = e(dst, row); err != nil {
				return dst, err
			}
		}
		return dst, nil
	}
	return encode, func() { releaseArrays(cols) }, nil
}
