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
	if types.IsNull(arr, 0) {
		return &plan.Literal{Typ: e.Type()}, true
	}
	v, ok := literalValue(arr)
	return &plan.Literal{Value: v, Typ: e.Type()}, ok
}

// literalValue is the first value of arr as plan.Literal holds it.
func literalValue(arr arrow.Array) (any, bool) {
	switch a := arr.(type) {
	case *array.Boolean:
		return a.Value(0), true
	case *array.Float32:
		return float64(a.Value(0)), true
	case *array.Float64:
		return a.Value(0), true
	case *array.String:
		return string(append([]byte(nil), a.Value(0)...)), true
	case *array.Binary:
		return append([]byte{}, a.Value(0)...), true
	case *array.FixedSizeBinary:
		return append([]byte{}, a.Value(0)...), true
	case *array.Decimal128:
		return a.Value(0), true
	}
	return integerValue(arr)
}

func integerValue(arr arrow.Array) (any, bool) {
	switch a := arr.(type) {
	case *array.Int8:
		return int64(a.Value(0)), true
	case *array.Int16:
		return int64(a.Value(0)), true
	case *array.Int32:
		return int64(a.Value(0)), true
	case *array.Int64:
		return a.Value(0), true
	case *array.Date32:
		return int64(a.Value(0)), true
	case *array.Time64:
		return int64(a.Value(0)), true
	case *array.Timestamp:
		return int64(a.Value(0)), true
	case *array.Duration:
		return int64(a.Value(0)), true
	case *array.MonthInterval:
		return int64(a.Value(0)), true
	}
	return nil, false
}
