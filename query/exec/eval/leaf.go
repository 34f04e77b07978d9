package eval

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"

	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// column is a column of the frame.
type column struct{ index int }

func (n *column) eval(f *Frame) (function.Value, error) {
	arr := f.Column(n.index)
	arr.Retain()
	return function.Value{Array: arr}, nil
}

func (n *column) close() {}

// param is a lambda parameter.
type param struct{ id, index int }

func (n *param) eval(f *Frame) (function.Value, error) {
	arr := f.param(n.id, n.index)
	arr.Retain()
	return function.Value{Array: arr}, nil
}

func (n *param) close() {}

// literal holds its one-element array.
type literal struct{ arr arrow.Array }

func (n *literal) eval(*Frame) (function.Value, error) {
	n.arr.Retain()
	return function.Value{Array: n.arr, Const: true}, nil
}

func (n *literal) close() { n.arr.Release() }

func newLiteral(ctx *function.Context, e *plan.Literal) (node, error) {
	dt := e.Typ.Arrow()
	if e.Value == nil {
		return &literal{vector.Nulls(ctx.Mem, dt, 1)}, nil
	}
	b := array.NewBuilder(ctx.Mem, dt)
	defer b.Release()
	if !appendLiteral(b, e.Typ, e.Value) {
		return nil, fmt.Errorf("literal %T of type %s", e.Value, e.Typ)
	}
	return &literal{b.NewArray()}, nil
}

// appendLiteral reports whether v is a value of the type b builds.
func appendLiteral(b array.Builder, t types.Type, v any) bool {
	switch v := v.(type) {
	case bool:
		bb, ok := b.(*array.BooleanBuilder)
		if ok {
			bb.Append(v)
		}
		return ok
	case string:
		sb, ok := b.(*array.StringBuilder)
		if ok {
			sb.Append(v)
		}
		return ok
	case float64:
		return appendFloat(b, v)
	case decimal128.Num:
		db, ok := b.(*array.Decimal128Builder)
		if ok {
			db.Append(v)
		}
		return ok
	case []byte:
		switch b := b.(type) {
		case *array.BinaryBuilder:
			b.Append(v)
		case *array.FixedSizeBinaryBuilder:
			if len(v) != 16 {
				return false
			}
			b.Append(v)
		default:
			return false
		}
		return true
	case int64:
		return appendInteger(b, v)
	}
	return false
}

func appendFloat(b array.Builder, v float64) bool {
	switch b := b.(type) {
	case *array.Float32Builder:
		b.Append(float32(v))
	case *array.Float64Builder:
		b.Append(v)
	default:
		return false
	}
	return true
}

func appendInteger(b array.Builder, v int64) bool {
	switch b := b.(type) {
	case *array.Int8Builder:
		b.Append(int8(v))
	case *array.Int16Builder:
		b.Append(int16(v))
	case *array.Int32Builder:
		b.Append(int32(v))
	case *array.Int64Builder:
		b.Append(v)
	case *array.Date32Builder:
		b.Append(arrow.Date32(v))
	case *array.Time64Builder:
		b.Append(arrow.Time64(v))
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(v))
	case *array.DurationBuilder:
		b.Append(arrow.Duration(v))
	case *array.MonthIntervalBuilder:
		b.Append(arrow.MonthInterval(v))
	default:
		return false
	}
	return true
}

// constant evaluates an expression without columns once and keeps the result.
// It does so when a row first needs it: what no row needs raises no error.
type constant struct {
	ctx   *function.Context
	inner node
	arr   arrow.Array
}

func (n *constant) eval(*Frame) (function.Value, error) {
	if n.arr == nil {
		v, err := n.inner.eval(NewFrame(n.ctx.Mem, nil, 1))
		if err != nil {
			return v, err
		}
		n.arr = v.Array
	}
	n.arr.Retain()
	return function.Value{Array: n.arr, Const: true}, nil
}

func (n *constant) close() {
	n.inner.close()
	if n.arr != nil {
		n.arr.Release()
	}
}

// field takes a field out of a row; the field of a NULL row is NULL.
type field struct {
	ctx   *function.Context
	row   node
	index int
}

func (c *compiler) compileField(e *plan.Field) (node, error) {
	row, err := c.compile(e.Expr)
	if err != nil {
		return nil, err
	}
	return &field{ctx: c.ctx, row: row, index: e.Index}, nil
}

func (n *field) eval(f *Frame) (function.Value, error) {
	v, err := n.row.eval(f)
	if err != nil {
		return v, err
	}
	defer v.Array.Release()
	s := v.Array.(*array.Struct)
	return function.Value{Array: vector.Field(n.ctx.Mem, s, n.index), Const: v.Const}, nil
}

func (n *field) close() { n.row.close() }
