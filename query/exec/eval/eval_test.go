package eval

import (
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// counting is length(varchar) that counts the values it is given and fails on "bad".
type counting struct{ values, calls int }

func (c *counting) function() *function.Scalar {
	return &function.Scalar{
		Name: "length", Args: []types.Type{types.VarcharType}, Result: types.BigIntType,
		Kernel: func(ctx *function.Context, args []function.Value, rows int) (arrow.Array, error) {
			c.calls++
			c.values += rows
			s := args[0].Array.(*array.String)
			b := array.NewInt64Builder(ctx.Mem)
			defer b.Release()
			for i := range rows {
				k := args[0].Row(i)
				switch {
				case s.IsNull(k):
					b.AppendNull()
				case s.Value(k) == "bad":
					return nil, ast.Errorf(ast.InvalidFunctionArgument, ast.Span{}, "bad value")
				default:
					b.Append(int64(len(s.Value(k))))
				}
			}
			return b.NewArray(), nil
		},
	}
}

func column0() *plan.Column { return &plan.Column{Index: 0, Name: "s", Typ: types.VarcharType} }

// codes makes a dictionary array.
func codes(t *testing.T, mem memory.Allocator, dict arrow.Array, index string) arrow.Array {
	t.Helper()
	idx, _, err := array.FromJSON(mem, arrow.PrimitiveTypes.Int32, strings.NewReader(index))
	if err != nil {
		t.Fatal(err)
	}
	defer idx.Release()
	dt := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	return array.NewDictionaryArray(dt, idx, dict)
}

func TestDictionaryIsEvaluatedOnce(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	c := &counting{}
	e, err := Compile(&function.Context{Mem: mem}, &plan.Call{Function: c.function(), Args: []plan.Expr{column0()}})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	dict, _, err := array.FromJSON(mem, arrow.BinaryTypes.String, strings.NewReader(`["a", "bbb"]`))
	if err != nil {
		t.Fatal(err)
	}
	defer dict.Release()
	for range 3 {
		col := codes(t, mem, dict, `[1, null, 0, 1, 1]`)
		got, err := e.Array(NewFrame(mem, []arrow.Array{col}, 5))
		col.Release()
		if err != nil {
			t.Fatal(err)
		}
		if text := got.String(); text != "[3 (null) 1 3 3]" {
			t.Errorf("lengths = %s", text)
		}
		got.Release()
	}
	if c.calls != 1 || c.values != 3 {
		t.Errorf("kernel ran %d times on %d values; want once on 2 values and NULL", c.calls, c.values)
	}
}

func TestUnusedDictionaryValueRaisesNothing(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	e, err := Compile(&function.Context{Mem: mem}, &plan.Call{Function: (&counting{}).function(), Args: []plan.Expr{column0()}})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	dict, _, err := array.FromJSON(mem, arrow.BinaryTypes.String, strings.NewReader(`["bad", "bbb"]`))
	if err != nil {
		t.Fatal(err)
	}
	defer dict.Release()
	for _, tt := range []struct {
		index string
		fails bool
	}{{`[1, 1]`, false}, {`[1, 0]`, true}, {`[1, null]`, false}} {
		col := codes(t, mem, dict, tt.index)
		got, err := e.Array(NewFrame(mem, []arrow.Array{col}, 2))
		col.Release()
		if (err != nil) != tt.fails {
			t.Errorf("codes %s: error %v, want one: %v", tt.index, err, tt.fails)
		}
		if err == nil {
			got.Release()
		}
	}
}

func TestConstantIsEvaluatedOnce(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	c := &counting{}
	e, err := Compile(&function.Context{Mem: mem}, &plan.Call{
		Function: c.function(), Args: []plan.Expr{&plan.Literal{Value: "four", Typ: types.VarcharType}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if c.calls != 0 {
		t.Error("evaluated before a row needed it")
	}
	for range 3 {
		v, err := e.Value(NewFrame(mem, nil, 1000))
		if err != nil {
			t.Fatal(err)
		}
		if !v.Const || v.Array.String() != "[4]" {
			t.Errorf("value = %v, constant %v", v.Array, v.Const)
		}
		v.Array.Release()
	}
	if c.calls != 1 || c.values != 1 {
		t.Errorf("kernel ran %d times on %d values; want once on one", c.calls, c.values)
	}
}

// TestTryFindsEveryFailingRow tries all places of two failing rows among nine.
func TestTryFindsEveryFailingRow(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	call := &plan.Call{Function: (&counting{}).function(), Args: []plan.Expr{column0()}}
	e, err := Compile(&function.Context{Mem: mem}, &plan.Special{Form: plan.Try, Args: []plan.Expr{call}, Typ: types.BigIntType})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for a := range 9 {
		for b := range 9 {
			sb := array.NewStringBuilder(mem)
			for i := range 9 {
				if i == a || i == b {
					sb.Append("bad")
				} else {
					sb.Append("ok")
				}
			}
			col := sb.NewArray()
			sb.Release()
			got, err := e.Array(NewFrame(mem, []arrow.Array{col}, 9))
			col.Release()
			if err != nil {
				t.Fatal(err)
			}
			for i := range 9 {
				if got.IsNull(i) != (i == a || i == b) {
					t.Errorf("failing rows %d and %d: row %d is NULL %v", a, b, i, got.IsNull(i))
				}
			}
			got.Release()
		}
	}
}
