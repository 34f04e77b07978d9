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
	if n.dict == nil || n.dict.Data() != vector.DictionaryID(d) {
		if d.Dictionary().Len() > f.rows+maxSpare {
			return n.inner.eval(f)
		}
		n.forget()
		if err := n.evalDictionary(d.Dictionary()); err != nil {
			return function.Value{}, err
		}
	}
	if n.results == nil {
		return n.inner.eval(f)
	}
	if n.isConst {
		n.results.Retain()
		return function.Value{Array: n.results, Const: true}, nil
	}
	return function.Value{Array: n.lookUp(d)}, nil
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
