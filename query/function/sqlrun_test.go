package function

import (
	"fmt"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/types"
)

// literal is a varchar constant; boxed is one of any type.
func literal(t types.Type, text string) expr { return boxed(t, text) }

func boxed(t types.Type, v any) expr {
	return expr{typ: t, eval: func(f *frame) (Value, error) {
		b := array.NewBuilder(f.ctx.Mem, t.Arrow())
		defer b.Release()
		unbox(b, v)
		return f.shaped(f.keep(b.NewArray())), nil
	}}
}

// shaped hands a single element over in the frame's shape.
func (f *frame) shaped(one arrow.Array) Value {
	switch f.shape {
	case constant:
		return Value{Array: one, Const: true}
	case repeated:
		return Value{Array: f.keep(types.Take(f.ctx.Mem, one, make([]int32, f.rows)))}
	}
	// NULLs before and after the rows that count.
	idx := make([]int32, f.rows+4)
	for i := range idx {
		if i < 3 || i == f.rows+3 {
			idx[i] = -1
		}
	}
	wide := f.keep(types.Take(f.ctx.Mem, one, idx))
	return Value{Array: f.keep(array.NewSlice(wide, 3, int64(3+f.rows)))}
}

func (c *compiler) elements(scope map[string]types.Type, end string) []expr {
	var elems []expr
	for !c.word(end) {
		elems = append(elems, c.binary(scope, 1))
		c.word(",")
	}
	return elems
}

func (c *compiler) makeArray(scope map[string]types.Type) expr {
	elems := c.elements(scope, "]")
	t := types.UnknownType
	for _, e := range elems {
		super, ok := types.CommonSuperType(t, e.typ)
		if !ok {
			panic(fmt.Errorf("array of %s and %s", t, e.typ))
		}
		t = super
	}
	for i := range elems {
		elems[i] = castTo(elems[i], t, false)
	}
	at := types.ArrayOf(t)
	return expr{typ: at, eval: func(f *frame) (Value, error) {
		one := *f
		one.shape = constant
		if f.vars == nil {
			one.rows = 1
		}
		b := array.NewBuilder(f.ctx.Mem, at.Arrow()).(*array.ListBuilder)
		defer b.Release()
		for row := range one.rows {
			b.Append(true)
			for _, e := range elems {
				v, err := e.eval(&one)
				if err != nil {
					return Value{}, err
				}
				types.AppendFrom(b.ValueBuilder(), v.Array, v.Row(row))
			}
		}
		arr := f.keep(b.NewArray())
		if f.vars == nil {
			return f.shaped(arr), nil
		}
		return Value{Array: arr}, nil
	}}
}

func (c *compiler) makeRow(scope map[string]types.Type) expr {
	elems := c.elements(scope, ")")
	fields := make([]types.Field, len(elems))
	for i, e := range elems {
		fields[i].Type = e.typ
	}
	rt := types.RowOf(fields...)
	return expr{typ: rt, eval: func(f *frame) (Value, error) {
		one := *f
		one.shape = constant
		if f.vars == nil {
			one.rows = 1
		}
		b := array.NewBuilder(f.ctx.Mem, rt.Arrow()).(*array.StructBuilder)
		defer b.Release()
		for row := range one.rows {
			b.Append(true)
			for i, e := range elems {
				v, err := e.eval(&one)
				if err != nil {
					return Value{}, err
				}
				types.AppendFrom(b.FieldBuilder(i), v.Array, v.Row(row))
			}
		}
		arr := f.keep(b.NewArray())
		if f.vars == nil {
			return f.shaped(arr), nil
		}
		return Value{Array: arr}, nil
	}}
}

// testNow is the start of every test's query.
var testNow = time.Date(2024, 2, 29, 12, 34, 56, 789e6, time.UTC)

// evalSQL computes an expression in every shape and checks that all agree, that
// the result does not depend on the row, and that no memory is lost.
func evalSQL(t *testing.T, text string) (result string, typ types.Type) {
	t.Helper()
	var e expr
	err := func() (err error) {
		defer func() {
			if p := recover(); p != nil {
				var ok bool
				if err, ok = p.(error); !ok {
					panic(p)
				}
				if _, isRuntime := p.(interface{ RuntimeError() }); isRuntime {
					panic(p)
				}
			}
		}()
		c := &compiler{toks: lexSQL(text)}
		e = c.binary(nil, 1)
		if c.peek() != "" {
			return fmt.Errorf("%q is left", c.peek())
		}
		return nil
	}()
	if err != nil {
		return "error: " + err.Error(), types.UnknownType
	}
	for s := constant; s <= sliced; s++ {
		got := runShape(t, text, e, s)
		if s == constant {
			result = got
		} else if got != result {
			t.Errorf("%s: shape %d gives %s, constants give %s", text, s, got, result)
		}
	}
	return result, e.typ
}

func runShape(t *testing.T, text string, e expr, s shape) string {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	var free []arrow.Array
	f := &frame{ctx: &Context{Mem: mem, Now: testNow, User: "alice"}, shape: s, rows: 3, free: &free}
	defer func() { releaseAll(free) }()
	v, err := e.eval(f)
	if err != nil {
		return "error: " + err.Error()
	}
	rows := map[string]bool{}
	var out string
	for i := range f.rows {
		out = "NULL"
		if r := v.Row(i); !types.IsNull(v.Array, r) {
			out = string(types.AppendText(nil, e.typ, v.Array, r))
		}
		rows[out] = true
	}
	if len(rows) != 1 {
		t.Errorf("%s: rows differ: %v", text, rows)
	}
	return out
}
