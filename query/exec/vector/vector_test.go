package vector

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/types"
)

var typeNames = []string{
	"boolean", "tinyint", "smallint", "integer", "bigint", "real", "double", "decimal(20,3)", "varchar",
	"varbinary", "date", "timestamp(3)", "uuid", "array(varchar)", "map(varchar, bigint)",
	"row(a bigint, b row(c varchar))", "array(row(x bigint, y array(double)))", "timestamp(3) with time zone",
}

// random appends n values to b, a third of them NULL.
func random(b array.Builder, r *rand.Rand, n int) {
	for range n {
		if r.Intn(3) == 0 {
			b.AppendNull()
			continue
		}
		switch b := b.(type) {
		case *array.ListBuilder:
			b.Append(true)
			random(b.ValueBuilder(), r, r.Intn(4))
		case *array.MapBuilder:
			b.Append(true)
			for k := range r.Intn(3) {
				b.KeyBuilder().(*array.StringBuilder).Append(fmt.Sprint(k))
				random(b.ItemBuilder(), r, 1)
			}
		case *array.StructBuilder:
			b.Append(true)
			for i := range b.NumField() {
				random(b.FieldBuilder(i), r, 1)
			}
		case *array.FixedSizeBinaryBuilder:
			b.Append([]byte(fmt.Sprintf("%016d", r.Intn(100))))
		case *array.BooleanBuilder:
			b.Append(r.Intn(2) == 0)
		case *array.Date32Builder:
			b.Append(arrow.Date32(r.Intn(1000)))
		case *array.TimestampBuilder:
			b.Append(arrow.Timestamp(r.Int63()))
		case *array.BinaryBuilder:
			b.Append([]byte{byte(r.Intn(256))})
		case *array.StringBuilder:
			b.Append(fmt.Sprint(r.Intn(5)))
		default:
			if err := b.AppendValueFromString(fmt.Sprint(r.Intn(100))); err != nil {
				panic(err)
			}
		}
	}
}

// rows is each row of arr as JSON, which knows nothing of offsets and buffers.
func rows(t *testing.T, arr arrow.Array) []string {
	t.Helper()
	out := make([]string, arr.Len())
	for i := range out {
		raw, err := json.Marshal(arr.GetOneForMarshal(i))
		if err != nil {
			t.Fatal(err)
		}
		out[i] = string(raw)
	}
	return out
}

func TestTakeConcatInterleave(t *testing.T) {
	r := rand.New(rand.NewSource(7))
	for _, name := range typeNames {
		typ, err := types.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
			defer mem.AssertSize(t, 0)
			b := array.NewBuilder(mem, typ.Arrow())
			defer b.Release()
			random(b, r, 50)
			whole := b.NewArray()
			defer whole.Release()
			arr := array.NewSlice(whole, 7, 40) // offsets that are not zero
			defer arr.Release()
			values := rows(t, arr)

			list := make([]int32, 100)
			want := make([]string, len(list))
			for i := range list {
				list[i] = int32(r.Intn(arr.Len()+1)) - 1
				want[i] = "null"
				if list[i] >= 0 {
					want[i] = values[list[i]]
				}
			}
			got := Take(mem, arr, list)
			defer got.Release()
			same(t, "Take", rows(t, got), want)

			both, err := Concat(mem, []arrow.Array{arr, got, arr})
			if err != nil {
				t.Fatal(err)
			}
			defer both.Release()
			same(t, "Concat", rows(t, both), append(append(append([]string(nil), values...), want...), values...))

			refs, mixed := make([]Ref, 60), make([]string, 60)
			for i := range refs {
				refs[i] = Ref{Batch: int32(r.Intn(2)), Row: int32(r.Intn(arr.Len()))}
				mixed[i] = [][]string{values, want}[refs[i].Batch][refs[i].Row]
			}
			inter, err := Interleave(mem, []arrow.Array{arr, got}, refs)
			if err != nil {
				t.Fatal(err)
			}
			defer inter.Release()
			same(t, "Interleave", rows(t, inter), mixed)
		})
	}
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s made %d rows, want %d", what, len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("%s row %d = %s, want %s", what, i, got[i], want[i])
		}
	}
}

func TestDictionaries(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	dt := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	make := func(words ...string) arrow.Array {
		b := array.NewDictionaryBuilder(mem, dt).(*array.BinaryDictionaryBuilder)
		defer b.Release()
		for _, w := range words {
			if w == "" {
				b.AppendNull()
			} else if err := b.AppendString(w); err != nil {
				t.Fatal(err)
			}
		}
		return b.NewArray()
	}
	a, b := make("x", "", "y", "x"), make("z", "x")
	defer a.Release()
	defer b.Release()
	half := Take(mem, a, []int32{3, 1, -1})
	defer half.Release()
	if !IsDictionary(half) {
		t.Error("Take lost the dictionary")
	}
	for _, tt := range []struct {
		name  string
		parts []arrow.Array
		codes bool
		want  []string
	}{
		{"one dictionary", []arrow.Array{a, half}, true, []string{`"x"`, "null", `"y"`, `"x"`, `"x"`, "null", "null"}},
		{"two dictionaries", []arrow.Array{a, b}, false, []string{`"x"`, "null", `"y"`, `"x"`, `"z"`, `"x"`}},
	} {
		got, err := Concat(mem, tt.parts)
		if err != nil {
			t.Fatal(err)
		}
		if IsDictionary(got) != tt.codes {
			t.Errorf("%s: dictionary %v, want %v", tt.name, IsDictionary(got), tt.codes)
		}
		plain := Decode(mem, got)
		same(t, tt.name, rows(t, plain), tt.want)
		plain.Release()
		got.Release()
	}
}

func TestRecovered(t *testing.T) {
	err, ok := Recovered(tooLarge{})
	if !ok || err != ErrTooLarge {
		t.Errorf("Recovered = %v, %v", err, ok)
	}
	if _, ok := Recovered("other"); ok {
		t.Error("Recovered took a panic of another kind")
	}
}
