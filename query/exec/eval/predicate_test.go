package eval

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// TestSelect compares the rows that conditions on codes leave with those counted row
// by row: with NULL rows whose codes are of no value, NULL in the dictionary, slices,
// and conditions that follow another.
func TestSelect(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	const seed = 11
	rnd := rand.New(rand.NewPCG(seed, 1))
	equal, err := function.Resolve("=", []function.Arg{{Type: types.VarcharType}, {Type: types.VarcharType}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	column := func(i int) *plan.Column { return &plan.Column{Index: i, Typ: types.VarcharType} }
	is := func(i int, v string) plan.Expr {
		return &plan.Call{Function: equal, Args: []plan.Expr{column(i), &plan.Literal{Value: v, Typ: types.VarcharType}}}
	}
	not := func(e plan.Expr) plan.Expr {
		return &plan.Special{Form: plan.Not, Args: []plan.Expr{e}, Typ: types.BooleanType}
	}
	null := func(i int) plan.Expr {
		return &plan.Special{Form: plan.IsNull, Args: []plan.Expr{column(i)}, Typ: types.BooleanType}
	}
	conditions := []struct {
		text  string
		expr  []plan.Expr
		holds func(a, b *string) bool
	}{
		{"a = 'x'", []plan.Expr{is(0, "x")}, func(a, _ *string) bool { return a != nil && *a == "x" }},
		{"NOT a = 'x'", []plan.Expr{not(is(0, "x"))}, func(a, _ *string) bool { return a != nil && *a != "x" }},
		{"a IS NULL", []plan.Expr{null(0)}, func(a, _ *string) bool { return a == nil }},
		{"a = 'x' AND NOT b = ''", []plan.Expr{is(0, "x"), not(is(1, ""))}, func(a, b *string) bool { return a != nil && *a == "x" && b != nil && *b != "" }},
		{"b IS NULL AND a = 'none'", []plan.Expr{null(1), is(0, "none")}, func(a, b *string) bool { return false }},
		{"NOT a IS NULL AND b = 'x'", []plan.Expr{not(null(0)), is(1, "x")}, func(a, b *string) bool { return a != nil && b != nil && *b == "x" }},
	}
	for n := range 200 {
		rows := rnd.IntN(40)
		cols, texts := make([]arrow.Array, 2), make([][]*string, 2)
		for i := range cols {
			cols[i], texts[i] = randomCodes(mem, rnd, rows)
		}
		for _, c := range conditions {
			p, err := CompilePredicate(&function.Context{Mem: mem}, plan.Conjoin(c.expr))
			if err != nil {
				t.Fatal(err)
			}
			frame := NewFrame(mem, cols, rows)
			got, err := p.Select(frame)
			if err != nil {
				t.Fatal(err)
			}
			var want []int32
			for row := range rows {
				if c.holds(texts[0][row], texts[1][row]) {
					want = append(want, int32(row))
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("seed %d, %d: %s left rows %v, want %v", seed, n, c.text, got, want)
			}
			p.Close()
		}
		for _, c := range cols {
			c.Release()
		}
	}
}

// randomCodes makes a column, in every second case a part of a longer one, and its texts.
func randomCodes(mem memory.Allocator, rnd *rand.Rand, rows int) (arrow.Array, []*string) {
	values := array.NewStringBuilder(mem)
	defer values.Release()
	values.AppendValues([]string{"x", "", "y", "x", "of no row"}, nil)
	values.AppendNull()
	dict := values.NewArray()
	defer dict.Release()
	before := rnd.IntN(2) * 9
	codes := array.NewInt32Builder(mem)
	defer codes.Release()
	var valid []bool
	var of []int32
	for range before + rows {
		code, ok := int32(rnd.IntN(4)), rnd.IntN(5) > 0
		switch rnd.IntN(9) {
		case 0:
			code = 5 // NULL in the dictionary
		case 1:
			code, ok = 1<<30, false
		}
		of, valid = append(of, code), append(valid, ok)
	}
	codes.AppendValues(of, valid)
	index := codes.NewArray()
	defer index.Release()
	dt := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	whole := array.NewDictionaryArray(dt, index, dict)
	defer whole.Release()
	texts := make([]*string, rows)
	for i := range texts {
		k := before + i
		if valid[k] && of[k] != 5 {
			v := dict.(*array.String).Value(int(of[k]))
			texts[i] = &v
		}
	}
	return array.NewSlice(whole, int64(before), int64(before+rows)), texts
}
