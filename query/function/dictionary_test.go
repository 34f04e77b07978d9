package function

import (
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/types"
)

// TestDictionaries: a kernel gives the same over a dictionary as over its plain form.
func TestDictionaries(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	ctx := &Context{Mem: mem}
	b := array.NewDictionaryBuilder(mem, &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}).(*array.BinaryDictionaryBuilder)
	for i := range 40 {
		if i%7 == 3 {
			b.AppendNull()
		} else if err := b.AppendString([]string{"unused?", "AssumeRole", "GetObject", "12"}[1+i%3]); err != nil {
			t.Fatal(err)
		}
	}
	whole := b.NewArray()
	b.Release()
	defer whole.Release()
	dict := array.NewSlice(whole, 5, 40)
	defer dict.Release()
	plain := types.Decode(mem, dict)
	defer plain.Release()
	word := func(s string) Value {
		b := array.NewStringBuilder(mem)
		defer b.Release()
		b.Append(s)
		return Value{Array: b.NewArray(), Const: true}
	}
	for _, tc := range []struct {
		name string
		arg  string
	}{
		{"=", "GetObject"}, {"<>", "GetObject"}, {"<", "B"}, {"is distinct from", "GetObject"}, {"like", "%Obj%"},
		{"lower", ""}, {"||", "!"}, {"concat_ws", "x"}, {"starts_with", "Ass"}, {"regexp_like", "^[A-Z]"}, {"split", "e"},
	} {
		args := []Arg{{Type: types.VarcharType}}
		dictArgs, plainArgs := []Value{{Array: dict}}, []Value{{Array: plain}}
		if tc.arg != "" {
			args = append(args, args[0])
			w := word(tc.arg)
			defer w.Array.Release()
			dictArgs, plainArgs = append(dictArgs, w), append(plainArgs, w)
		}
		s, err := Resolve(tc.name, args, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Kernel(ctx, dictArgs, dict.Len())
		if err != nil {
			t.Fatal(err)
		}
		want, err := s.Kernel(ctx, plainArgs, dict.Len())
		if err != nil {
			t.Fatal(err)
		}
		if !array.Equal(got, want) {
			t.Errorf("%s over a dictionary gives\n%v, over plain values\n%v", tc.name, got, want)
		}
		got.Release()
		want.Release()
	}
}

// TestUnusedDictionaryValue: a value that no row uses cannot fail a cast.
func TestUnusedDictionaryValue(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	b := array.NewDictionaryBuilder(mem, &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}).(*array.BinaryDictionaryBuilder)
	for _, s := range []string{"not a number", "1", "2", "1", "2"} {
		if err := b.AppendString(s); err != nil {
			t.Fatal(err)
		}
	}
	whole := b.NewArray()
	b.Release()
	defer whole.Release()
	used := array.NewSlice(whole, 1, 5)
	defer used.Release()
	k, err := Cast(types.VarcharType, types.BigIntType)
	if err != nil {
		t.Fatal(err)
	}
	out, err := k(&Context{Mem: mem}, []Value{{Array: used}}, used.Len())
	if err != nil {
		t.Fatal(err)
	}
	defer out.Release()
	if n := out.(*array.Int64); n.Value(0) != 1 || n.Value(3) != 2 {
		t.Errorf("cast gives %v", n)
	}
	if _, err := k(&Context{Mem: mem}, []Value{{Array: whole}}, whole.Len()); err == nil {
		t.Error("the cast of a used bad value succeeds")
	}
}

// TestNames: every signature parses, and names are those a user can call.
func TestNames(t *testing.T) {
	names := Names()
	if len(names) < 250 {
		t.Errorf("only %d names", len(names))
	}
	seen := map[string]bool{}
	for _, n := range names {
		seen[n] = true
		if n[0] == '$' || isOperator(n) {
			t.Errorf("%q is not for users", n)
		}
	}
	for _, n := range []string{"lower", "count", "row_number", "approx_distinct", "json_extract_scalar", "date_trunc"} {
		if !seen[n] {
			t.Errorf("%s is missing", n)
		}
	}
	if !IsAggregate("SUM") || IsAggregate("lower") || !IsWindow("rank") || IsWindow("sum") {
		t.Error("kinds are wrong")
	}
}

func benchmarkScalar(b *testing.B, name string, second string) {
	mem := memory.DefaultAllocator
	sb := array.NewStringBuilder(mem)
	for i := range 8192 {
		sb.Append([]string{"ec2.amazonaws.com", "s3.amazonaws.com", "sts.amazonaws.com"}[i%3])
	}
	args := []Value{{Array: sb.NewArray()}}
	known := []Arg{{Type: types.VarcharType}}
	if second != "" {
		w := array.NewStringBuilder(mem)
		w.Append(second)
		args = append(args, Value{Array: w.NewArray(), Const: true})
		known = append(known, known[0])
	}
	s, err := Resolve(name, known, nil)
	if err != nil {
		b.Fatal(err)
	}
	ctx := &Context{Mem: mem}
	b.ReportAllocs()
	for b.Loop() {
		out, err := s.Kernel(ctx, args, 8192)
		if err != nil {
			b.Fatal(err)
		}
		out.Release()
	}
	b.ReportMetric(float64(b.N)*8192/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkEqual(b *testing.B) { benchmarkScalar(b, "=", "s3.amazonaws.com") }
func BenchmarkLike(b *testing.B)  { benchmarkScalar(b, "like", "%aws%") }
func BenchmarkLower(b *testing.B) { benchmarkScalar(b, "lower", "") }
