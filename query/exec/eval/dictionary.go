package eval

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// dictionary evaluates an expression whose only column is dictionary-encoded on
// the dictionary's values and NULL, keeps the results for as long as batches
// share the dictionary, and looks each row's result up by its code.
//
// A dictionary may hold values that no row has and that the expression fails
// on; then, and when the dictionary outnumbers the rows, rows are evaluated.
type dictionary struct {
	ctx   *function.Context
	index int
	inner node

	dict    arrow.Array // the dictionary results belongs to, retained
	results arrow.Array // one per dictionary value, then NULL's; nil when evaluation failed
	isConst bool        // results has one element, the result of every row
	truth   []bool      // of a condition: whether each of results is true; made by keep
}

// maxSpare is how many more values than rows a dictionary may have to be evaluated whole.
const maxSpare = 4096

// onlyColumn returns the one column of e if e has exactly one, of type varchar,
// and its result depends on nothing else.
func onlyColumn(e plan.Expr) (int, bool) {
	index, ok := -1, true
	plan.ColumnsOf(e, func(c *plan.Column) {
		if c.Typ.Kind != types.Varchar || index >= 0 && index != c.Index {
			ok = false
		}
		index = c.Index
	})
	if !ok || index < 0 || plan.IsVolatile(e) {
		return 0, false
	}
	// With the column taken for a constant, only free lambda parameters are left to differ.
	return index, plan.IsConstant(plan.TransformExpr(e, func(e plan.Expr) plan.Expr {
		if c, isColumn := e.(*plan.Column); isColumn {
			return &plan.Literal{Typ: c.Typ}
		}
		return e
	}))
}

func (n *dictionary) eval(f *Frame) (function.Value, error) {
	d, ok := f.Column(n.index).(*array.Dictionary)
	if !ok {
		return n.inner.eval(f)
	}
	if ok, err := n.prepare(d, f.rows); err != nil {
		return function.Value{}, err
	} else if !ok {
		return n.inner.eval(f)
	}
	if n.isConst {
		n.results.Retain()
		return function.Value{Array: n.results, Const: true}, nil
	}
	return function.Value{Array: n.lookUp(d)}, nil
}

// prepare makes the results for the dictionary of d, of which so many rows are
// wanted; ok is false when the rows are to be evaluated.
func (n *dictionary) prepare(d *array.Dictionary, rows int) (ok bool, err error) {
	if n.dict == nil || n.dict.Data() != vector.DictionaryID(d) {
		if d.Dictionary().Len() > rows+maxSpare {
			return false, nil
		}
		n.forget()
		if err := n.evalDictionary(d.Dictionary()); err != nil {
			return false, err
		}
	}
	return n.results != nil, nil
}

// keep returns the rows of sel, or of all of f when sel is nil, for which a condition
// is true; ok is false when they are to be evaluated. It looks at codes only.
func (n *dictionary) keep(f *Frame, sel []int32) (kept []int32, ok bool, err error) {
	d, ok := f.Column(n.index).(*array.Dictionary)
	if !ok {
		return nil, false, nil
	}
	rows := f.rows
	if sel != nil {
		rows = len(sel)
	}
	if ok, err := n.prepare(d, rows); err != nil || !ok || n.isConst {
		return nil, false, err
	}
	if n.truth == nil {
		n.truth = make([]bool, n.results.Len())
		eachState(function.Value{Array: n.results}, len(n.truth), func(i int, s int8) { n.truth[i] = s == isTrue })
	}
	codes, null := vector.Codes(d), n.truth[len(n.truth)-1]
	hasNulls := d.NullN() > 0
	holds := func(row int) bool {
		if hasNulls && d.IsNull(row) {
			return null
		}
		return n.truth[codes[row]]
	}
	if sel != nil {
		for _, row := range sel {
			if holds(int(row)) {
				kept = append(kept, row)
			}
		}
		return kept, true, nil
	}
	for row := range f.rows {
		if holds(row) {
			kept = append(kept, int32(row))
		}
	}
	return kept, true, nil
}

// evalDictionary fills results, leaving it nil when a value makes the expression fail.
func (n *dictionary) evalDictionary(dict arrow.Array) error {
	null := vector.Nulls(n.ctx.Mem, dict.DataType(), 1)
	defer null.Release()
	values, err := vector.Concat(n.ctx.Mem, []arrow.Array{dict, null})
	if err != nil {
		return err
	}
	defer values.Release()
	cols := make([]arrow.Array, n.index+1)
	cols[n.index] = values
	dict.Retain()
	n.dict = dict
	v, err := n.inner.eval(NewFrame(n.ctx.Mem, cols, values.Len()))
	if err != nil {
		if IsDataError(err) {
			return nil
		}
		return err
	}
	n.results, n.isConst = v.Array, v.Const
	return nil
}

// lookUp returns the results of the rows of d; varchar results stay codes.
func (n *dictionary) lookUp(d *array.Dictionary) arrow.Array {
	rows := vector.Codes(d)
	if d.NullN() > 0 {
		rows = append([]int32(nil), rows...)
		null := int32(n.results.Len() - 1)
		for i := range rows {
			if d.IsNull(i) {
				rows[i] = null
			}
		}
	}
	if n.results.DataType().ID() != arrow.STRING {
		return vector.Take(n.ctx.Mem, n.results, rows)
	}
	b := array.NewInt32Builder(n.ctx.Mem)
	defer b.Release()
	b.Reserve(len(rows))
	for _, r := range rows {
		if n.results.IsNull(int(r)) {
			b.UnsafeAppendBoolToBitmap(false)
		} else {
			b.UnsafeAppend(r)
		}
	}
	codes := b.NewArray()
	defer codes.Release()
	dt := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	return array.NewDictionaryArray(dt, codes, n.results)
}

func (n *dictionary) forget() {
	n.truth = nil
	if n.dict != nil {
		n.dict.Release()
		n.dict = nil
	}
	if n.results != nil {
		n.results.Release()
		n.results = nil
	}
}

func (n *dictionary) close() {
	n.forget()
	n.inner.close()
}
