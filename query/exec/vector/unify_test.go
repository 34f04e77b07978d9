package vector

import (
	"fmt"
	"math/rand"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// randomDictionary is an array of n codes of a few values, some rows NULL.
func randomDictionary(mem memory.Allocator, r *rand.Rand, n, values int) arrow.Array {
	b := array.NewDictionaryBuilder(mem, &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}).(*array.BinaryDictionaryBuilder)
	defer b.Release()
	for range n {
		if r.Intn(9) == 0 {
			b.AppendNull()
		} else if err := b.AppendString(fmt.Sprint("value ", r.Intn(values))); err != nil {
			panic(err)
		}
	}
	return b.NewArray()
}

// TestUnifyAndGather takes rows of arrays with dictionaries of their own, with
// one, and with some values that are plain.
func TestUnifyAndGather(t *testing.T) {
	r := rand.New(rand.NewSource(3))
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	var arrs []arrow.Array
	var values [][]string
	for i := range 4 {
		whole := randomDictionary(mem, r, 60, 3+i)
		arr := array.NewSlice(whole, 5, 55)
		whole.Release()
		defer arr.Release()
		arrs, values = append(arrs, arr), append(values, rows(t, arr))
	}
	one := Unify(mem, arrs)
	if one == nil || !SameDictionary(one) {
		t.Fatal("the arrays got no common dictionary")
	}
	plain := append([]arrow.Array{Decode(mem, arrs[0])}, arrs[1:]...)
	defer plain[0].Release()
	refs, want := make([]Ref, 300), make([]string, 300)
	for i := range refs {
		refs[i], want[i] = Ref{Batch: int32(r.Intn(4)), Row: int32(r.Intn(51)) - 1}, "null"
		if refs[i].Row >= 0 {
			want[i] = values[refs[i].Batch][refs[i].Row]
		}
	}
	for name, from := range map[string][]arrow.Array{"own": arrs, "one": one, "plain": plain} {
		got, err := NewGatherer(from).Take(mem, refs)
		if err != nil {
			t.Fatal(err)
		}
		same(t, name, rows(t, got), want)
		if IsDictionary(got) != (name == "one") {
			t.Errorf("%s: gathered as %s", name, got.DataType())
		}
		got.Release()
	}
	for i, a := range one {
		same(t, "Unify", rows(t, a), values[i])
		a.Release()
	}
	if Unify(mem, plain) != nil {
		t.Error("a plain array got a dictionary")
	}
	many := []arrow.Array{randomDictionary(mem, r, 20, 1000), randomDictionary(mem, r, 20, 1000)}
	defer many[0].Release()
	defer many[1].Release()
	if Unify(mem, many) != nil {
		t.Error("dictionaries as large as their arrays were made one")
	}
}
