package eval

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// Literal evaluates a constant expression. It answers false when that fails, or
// when no literal can hold the value: a failure belongs to the run, if a row
// ever gets there.
func Literal(ctx *function.Context, e plan.Expr) (*plan.Literal, bool) {
	c, err := Compile(ctx, e)
	if err != nil {
		return nil, false
	}
	defer c.Close()
	arr, err := c.Array(NewFrame(ctx.Mem, nil, 1))
	if err != nil {
		return nil, false
	}
	defer arr.Release()
	v, ok := Value(arr, 0)
	return &plan.Literal{Value: v, Typ: e.Type()}, ok
}

// Value is a value of arr as plan.Literal holds it, copied; nil is NULL. It
// answers false when no literal can hold it.
func Value(arr arrow.Array, row int) (any, bool) {
	if types.IsNull(arr, row) {
		return nil, true
	}
	if d, ok := arr.(*array.Dictionary); ok {
		return Value(d.Dictionary(), d.GetValueIndex(row))
	}
	switch a := arr.(type) {
	case *array.Boolean:
		return a.Value(row), true
	case *array.Float32:
		return float64(a.Value(row)), true
	case *array.Float64:
		return a.Value(row), true
	case *array.String:
		return string(append([]byte(nil), a.Value(row)...)), true
	case *array.Binary:
		return append([]byte{}, a.Value(row)...), true
	case *array.FixedSizeBinary:
		return append([]byte{}, a.Value(row)...), true
	case *array.Decimal128:
		return a.Value(row), true
	}
	return integerValue(arr, row)
}

func integerValue(arr arrow.Array, row int) (any, bool) {
	switch a := arr.(type) {
	case *array.Int8:
		return int64(a.Value(row)), true
	case *array.Int16:
		return int64(a.Value(row)), true
	case *array.Int32:
		return int64(a.Value(row)), true
	case *array.Int64:
		return a.Value(row), true
	case *array.Date32:
		return int64(a.Value(row)), true
	case *array.Time64:
		return int64(a.Value(row)), true
	case *array.Timestamp:
		return int64(a.Value(row)), true
	case *array.Duration:
		return int64(a.Value(row)), true
	case *array.MonthInterval:
		return int64(a.Value(row)), true
	}
	return nil, false
}
