package function

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/types"
)

// groupedArgs are argument lists of which each aggregate is tried with those it takes.
func groupedArgs(t *testing.T) [][]types.Type {
	t.Helper()
	texts := [][]string{
		{}, {"bigint"}, {"double"}, {"real"}, {"decimal(9,2)"}, {"varchar"}, {"boolean"}, {"interval day to second"},
		{"interval year to month"}, {"map(varchar,bigint)"}, {"varbinary"},
		{"varchar", "bigint"}, {"bigint", "bigint"}, {"double", "double"}, {"varchar", "varchar"}, {"bigint", "array(double)"},
		{"bigint", "varchar", "bigint"}, {"varchar", "bigint", "bigint"}, {"varchar", "varchar", "boolean", "varchar", "boolean"},
	}
	out := make([][]types.Type, len(texts))
	for i, list := range texts {
		for _, text := range list {
			typ, err := types.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			out[i] = append(out[i], typ)
		}
	}
	return out
}

// randomColumn is values of a type, some NULL; numbers are small and positive,
// as counts and percentages have to be.
func randomColumn(mem memory.Allocator, r *rand.Rand, typ types.Type, rows int) arrow.Array {
	b := array.NewBuilder(mem, typ.Arrow())
	defer b.Release()
	for range rows {
		if r.IntN(6) == 0 && typ.Kind != types.Boolean {
			b.AppendNull()
			continue
		}
		n := int64(2 + r.IntN(5))
		switch b := b.(type) {
		case *array.Int64Builder:
			b.Append(n)
		case *array.Float64Builder:
			b.Append(float64(n) / 8)
		case *array.Float32Builder:
			b.Append(float32(n) / 8)
		case *array.StringBuilder:
			b.Append(fmt.Sprint("v", n))
		case *array.BinaryBuilder:
			b.Append([]byte{byte(n)})
		case *array.BooleanBuilder:
			b.Append(n%2 == 0)
		case *array.MapBuilder:
			b.Append(true)
			b.KeyBuilder().(*array.StringBuilder).Append(fmt.Sprint("k", n%2))
			b.ItemBuilder().(*array.Int64Builder).Append(n)
		case *array.ListBuilder:
			b.Append(true)
			b.ValueBuilder().(*array.Float64Builder).Append(0.5)
		default:
			if err := b.AppendValueFromString(fmt.Sprint(n)); err != nil {
				unbox(b, any(n))
			}
		}
	}
	return b.NewArray()
}

// TestGroupedKeepsItsState holds every aggregate to Grouped: a group that was
// merged into another, or emitted, is as it was, also when that other one goes on.
func TestGroupedKeepsItsState(t *testing.T) {
	tried := map[string]bool{}
	for name := range functions().aggregates {
		for _, argTypes := range groupedArgs(t) {
			args := make([]Arg, len(argTypes))
			for i, typ := range argTypes {
				args[i].Type = typ
			}
			agg, err := ResolveAggregate(name, args, nil)
			if err != nil || !slices.EqualFunc(agg.Args, argTypes, types.Type.Equal) {
				continue
			}
			tried[name] = true
			t.Run(fmt.Sprint(name, argTypes), func(t *testing.T) { checkGrouped(t, agg) })
		}
	}
	if len(tried) < 30 {
		t.Errorf("only %d aggregates were tried: %v", len(tried), tried)
	}
}

func checkGrouped(t *testing.T, agg *Aggregate) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	ctx, r := &Context{Mem: mem}, rand.New(rand.NewPCG(1, 2))
	const parts = 5
	source, ok := agg.New(ctx).(Grouped)
	if !ok {
		t.Skip("its groups cannot be used one by one")
	}
	source.Grow(parts)
	for g := range int32(parts) {
		if !updateRandom(t, mem, r, agg, source, g) {
			return
		}
	}
	text := func(acc Grouped, group int32) string {
		b := array.NewBuilder(mem, agg.Result.Arrow())
		defer b.Release()
		if err := acc.Emit(b, group); err != nil {
			t.Fatal(err)
		}
		arr := b.NewArray()
		defer arr.Release()
		if types.IsNull(arr, 0) {
			return "NULL"
		}
		return string(types.AppendText(nil, agg.Result, arr, 0))
	}
	merged := func(n int32) Grouped {
		acc := agg.New(ctx).(Grouped)
		acc.Grow(1)
		for g := range n {
			if err := acc.MergeGroup(0, source, g); err != nil {
				t.Fatal(err)
			}
		}
		return acc
	}
	before := []string{text(source, 0), text(source, 1), text(source, 2)}
	for _, n := range []int32{1, parts} {
		first := merged(n)
		want := text(first, 0)
		updateRandom(t, mem, r, agg, first, 0) // goes on, apart from source
		gone := text(first, 0)
		second := merged(n)
		if got := text(second, 0); got != want {
			t.Errorf("%d merged again: %s, want %s", n, got, want)
		}
		if got := text(second, 0); got != want {
			t.Errorf("%d emitted again: %s, want %s", n, got, want)
		}
		updateRandom(t, mem, r, agg, second, 0)
		if got := text(first, 0); got != gone {
			t.Errorf("%d: %s, and %s after the other one went on", n, gone, got)
		}
	}
	for g, w := range before {
		if got := text(source, int32(g)); got != w {
			t.Errorf("group %d is %s after it was merged, was %s", g, got, w)
		}
	}
}

// updateRandom adds random rows to a group; false when the aggregate refuses their values.
func updateRandom(t *testing.T, mem memory.Allocator, r *rand.Rand, agg *Aggregate, acc Accumulator, group int32) bool {
	const rows = 60
	values := make([]Value, len(agg.Args))
	for i, typ := range agg.Args {
		values[i].Array = randomColumn(mem, r, typ, rows)
		defer values[i].Array.Release()
	}
	groups := make([]int32, rows)
	for i := range groups {
		groups[i] = group
	}
	err := acc.Update(groups, values)
	var fault *ast.Error
	if err != nil && !errors.As(err, &fault) {
		t.Fatal(err)
	}
	return err == nil
}
