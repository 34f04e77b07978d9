package function

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/types"
)

// column is a test argument: a type and boxed values.
type testColumn struct {
	typ    string
	values []any
}

func ints(vs ...any) testColumn { return testColumn{"bigint", widen64(vs)} }

func widen64(vs []any) []any {
	out := make([]any, len(vs))
	for i, v := range vs {
		if n, ok := v.(int); ok {
			v = int64(n)
		}
		out[i] = v
	}
	return out
}

func constantOf(typ string, v any, rows int) testColumn {
	c := testColumn{typ: typ}
	for range rows {
		c.values = append(c.values, v)
	}
	return c
}

// runAggregate spreads the rows over partitions, merges them and returns the
// text of each group's result.
func runAggregate(t *testing.T, name string, groups []int32, cols []testColumn, partitions int) []string {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	args := make([]Arg, len(cols))
	for i, c := range cols {
		typ, err := types.Parse(c.typ)
		if err != nil {
			t.Fatal(err)
		}
		args[i].Type = typ
	}
	agg, err := ResolveAggregate(name, args, nil)
	if err != nil {
		return []string{"error: " + err.Error()}
	}
	ctx := &Context{Mem: mem}
	n := int32(0)
	for _, g := range groups {
		n = max(n, g+1)
	}
	var final Accumulator
	for p := range partitions {
		acc := agg.New(ctx)
		acc.Grow(int(n))
		var mine []int32
		values := make([]Value, len(cols))
		builders := make([]array.Builder, len(cols))
		for i, a := range args {
			builders[i] = array.NewBuilder(mem, a.Type.Arrow())
			builders[i].AppendNull() // sliced off below
		}
		for r, g := range groups {
			if r%partitions == p {
				mine = append(mine, g)
				for i, c := range cols {
					unbox(builders[i], c.values[r])
				}
			}
		}
		for i, b := range builders {
			whole := b.NewArray()
			arr := array.NewSlice(whole, 1, int64(whole.Len()))
			values[i] = castArg(t, ctx, arr, args[i].Type, agg.Args[i])
			arr.Release()
			whole.Release()
			b.Release()
		}
		err := acc.Update(mine, values)
		for _, v := range values {
			v.Array.Release()
		}
		if err != nil {
			return []string{"error: " + err.Error()}
		}
		if acc.Size() < 0 {
			t.Errorf("%s: size %d", name, acc.Size())
		}
		if final == nil {
			final = acc
			continue
		}
		same := make([]int32, n)
		for i := range same {
			same[i] = int32(i)
		}
		if err := final.Merge(acc, same); err != nil {
			return []string{"error: " + err.Error()}
		}
	}
	return resultTexts(t, agg, final)
}

func resultTexts(t *testing.T, agg *Aggregate, acc Accumulator) []string {
	t.Helper()
	out, err := acc.Result()
	if err != nil {
		return []string{"error: " + err.Error()}
	}
	defer out.Release()
	if !arrow.TypeEqual(out.DataType(), agg.Result.Arrow()) {
		t.Errorf("%s gave %s, not %s", agg.Name, out.DataType(), agg.Result.Arrow())
	}
	texts := make([]string, out.Len())
	for i := range texts {
		texts[i] = "NULL"
		if !types.IsNull(out, i) {
			texts[i] = string(types.AppendText(nil, agg.Result, out, i))
		}
	}
	return texts
}

func castArg(t *testing.T, ctx *Context, arr arrow.Array, from, to types.Type) Value {
	t.Helper()
	k, err := Cast(from, to)
	if err != nil {
		t.Fatal(err)
	}
	out, err := k(ctx, []Value{{Array: arr}}, arr.Len())
	if err != nil {
		t.Fatal(err)
	}
	return Value{Array: out}
}

// The expectations are worked out by hand from Trino's documentation,
// "Aggregate functions". Group 0 has the rows given, group 1 has none but NULLs.
func TestAggregates(t *testing.T) {
	texts := testColumn{"varchar", []any{"b", "a", nil, "c", "a"}}
	for _, tc := range []struct {
		name string
		cols []testColumn
		want string // of group 0
		null string // of group 1
	}{
		{"count", nil, "5", "1"},
		{"count", []testColumn{texts}, "4", "0"},
		{"count_if", []testColumn{{"boolean", []any{true, nil, false, true, false}}}, "2", "0"},
		{"sum", []testColumn{ints(1, 2, nil, 3, 4)}, "10", "NULL"},
		{"sum", []testColumn{{"integer", widen64([]any{1, 2, nil, 3, 4})}}, "10", "NULL"},
		{"sum", []testColumn{{"double", []any{0.5, 1.0, nil, 1.0, 0.0}}}, "2.5", "NULL"},
		{"avg", []testColumn{ints(1, 2, nil, 3, 4)}, "2.5", "NULL"},
		{"min", []testColumn{texts}, "a", "NULL"},
		{"max", []testColumn{texts}, "c", "NULL"},
		{"max", []testColumn{texts, constantOf("bigint", int64(2), 5)}, "[c, b]", "NULL"},
		{"min", []testColumn{texts, constantOf("bigint", int64(2), 5)}, "[a, a]", "NULL"},
		{"max_by", []testColumn{texts, ints(1, 2, 5, 4, 3)}, "NULL", "NULL"},
		{"max_by", []testColumn{texts, ints(1, 2, nil, 4, 3)}, "c", "NULL"},
		{"min_by", []testColumn{texts, ints(1, 2, nil, 4, 3)}, "b", "NULL"},
		{"max_by", []testColumn{texts, ints(1, 2, nil, 4, 3), constantOf("bigint", int64(2), 5)}, "[c, a]", "NULL"},
		{"bool_and", []testColumn{{"boolean", []any{true, nil, true, true, true}}}, "true", "NULL"},
		{"every", []testColumn{{"boolean", []any{true, nil, false, true, true}}}, "false", "NULL"},
		{"bool_or", []testColumn{{"boolean", []any{false, nil, false, true, false}}}, "true", "NULL"},
		{"bitwise_and_agg", []testColumn{ints(7, 6, nil, 14, 6)}, "6", "NULL"},
		{"bitwise_or_agg", []testColumn{ints(1, 2, nil, 8, 1)}, "11", "NULL"},
		{"var_pop", []testColumn{ints(2, 4, nil, 4, 6)}, "2.0", "NULL"},
		{"var_samp", []testColumn{ints(1, 3, nil, 5, 7)}, "6.666666666666667", "NULL"},
		{"stddev_pop", []testColumn{ints(2, 4, nil, 4, 6)}, "1.4142135623730951", "NULL"},
		{"covar_pop", []testColumn{ints(1, 2, nil, 3, 4), ints(2, 4, 9, 6, 8)}, "2.5", "NULL"},
		{"corr", []testColumn{ints(1, 2, nil, 3, 4), ints(2, 4, 9, 6, 8)}, "1.0", "NULL"},
		{"regr_slope", []testColumn{ints(2, 4, nil, 6, 8), ints(1, 2, 9, 3, 4)}, "2.0", "NULL"},
		{"approx_distinct", []testColumn{texts}, "3", "0"},
		{"approx_percentile", []testColumn{ints(30, 10, nil, 20, 40), constantOf("double", 0.5, 5)}, "20", "NULL"},
		{"approx_percentile", []testColumn{ints(30, 10, nil, 20, 40), constantOf("double", 1.0, 5)}, "40", "NULL"},
		{"approx_percentile", []testColumn{ints(30, 10, nil, 20, 40), constantOf("array(double)", []any{0.0, 0.75}, 5)}, "[10, 30]", "NULL"},
		{"sum", []testColumn{texts}, "error: Unexpected parameters (varchar) for function sum. Expected: sum(bigint), sum(decimal(p,s)), sum(double), sum(interval day to second), sum(interval year to month), sum(real)", ""},
	} {
		rows := 5
		groups := make([]int32, rows, rows+1)
		groups = append(groups, 1)
		for i, c := range tc.cols {
			v := any(nil)
			if i > 0 && (c.typ == "double" || c.typ == "array(double)" || tc.name == "max" || tc.name == "min" || i == 2) {
				v = c.values[0] // a parameter, not a value
			}
			tc.cols[i].values = append(append([]any{}, c.values...), v)
		}
		for _, partitions := range []int{1, 2, 5} {
			got := runAggregate(t, tc.name, groups, tc.cols, partitions)
			if got[0] != tc.want || len(got) > 1 && got[1] != tc.null {
				t.Errorf("%s%v in %d partitions = %q, want %q and %q", tc.name, tc.cols, partitions, got, tc.want, tc.null)
			}
		}
	}
}

// What depends on the order of rows is checked in one partition.
func TestCollectors(t *testing.T) {
	keys := testColumn{"varchar", []any{"a", "b", "a", nil}}
	values := ints(1, nil, 3, 4)
	for _, tc := range []struct {
		name string
		cols []testColumn
		want string
	}{
		{"array_agg", []testColumn{values}, "[1, null, 3, 4]"},
		{"arbitrary", []testColumn{{"bigint", []any{nil, int64(7), int64(8), nil}}}, "7"},
		{"map_agg", []testColumn{keys, values}, "{a=1, b=null}"},
		{"multimap_agg", []testColumn{keys, values}, "{a=[1, 3], b=[null]}"},
		{"histogram", []testColumn{keys}, "{a=2, b=1}"},
		{"map_union", []testColumn{{"map(varchar, bigint)", []any{
			boxedMap{[]any{"a", "b"}, []any{int64(1), nil}}, nil, boxedMap{[]any{"a", "c"}, []any{int64(2), int64(3)}}, nil,
		}}}, "{a=1, b=null, c=3}"},
		{"approx_most_frequent", []testColumn{constantOf("bigint", int64(2), 4), keys, constantOf("bigint", int64(10), 4)}, "{a=2, b=1}"},
		{"array_agg", []testColumn{{"row(a bigint, b array(varchar))", []any{[]any{int64(1), []any{"x", nil}}, nil, nil, nil}}}, "[{a=1, b=[x, null]}, null, null, null]"},
		{"max", []testColumn{{"row(a bigint, b varchar)", []any{[]any{int64(1), "x"}, []any{int64(1), "y"}, nil, nil}}}, "{a=1, b=y}"},
	} {
		if got := runAggregate(t, tc.name, []int32{0, 0, 0, 0}, tc.cols, 1); got[0] != tc.want {
			t.Errorf("%s = %q, want %s", tc.name, got, tc.want)
		}
	}
}

// approx_distinct stays within five standard errors of the truth.
func TestApproxDistinctError(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1000, 5000, 100000} {
		col := testColumn{typ: "varchar"}
		groups := make([]int32, n)
		for i := range n {
			col.values = append(col.values, fmt.Sprintf("value-%d-%d", i, rng.Int64()))
		}
		got := runAggregate(t, "approx_distinct", groups, []testColumn{col}, 3)
		var estimate int
		if _, err := fmt.Sscan(got[0], &estimate); err != nil {
			t.Fatal(err)
		}
		if diff := float64(estimate-n) / float64(n); diff > 0.0575 || diff < -0.0575 || n <= exactDistinct && estimate != n {
			t.Errorf("%d distinct values are counted as %d", n, estimate)
		}
	}
}

// Percentiles of many values stay near the true rank after compression.
func TestApproxPercentileCompressed(t *testing.T) {
	const n = 200000
	col, p := testColumn{typ: "bigint"}, constantOf("double", 0.9, n)
	for i := range n {
		col.values = append(col.values, int64((i*7919)%n))
	}
	got := runAggregate(t, "approx_percentile", make([]int32, n), []testColumn{col, p}, 2)
	var v int
	if _, err := fmt.Sscan(got[0], &v); err != nil {
		t.Fatal(err)
	}
	if v < n*89/100 || v > n*91/100 {
		t.Errorf("the 90th percentile of 0 to %d is given as %d", n, v)
	}
}
