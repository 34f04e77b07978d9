package rowkey

import (
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/types"
)

// TestInternLongs: batches of integers, short and long, with NULLs and without, few
// different ones and many, get the numbers that a map of those seen before gives.
func TestInternLongs(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	rng := rand.New(rand.NewPCG(4, 4))
	for _, distinct := range []int64{1, 24, 720, 9000, 1 << 40} {
		in := NewInterner(mem, types.BigIntType)
		type key struct {
			v    int64
			null bool
		}
		numbers := map[key]int32{}
		for batch, rows := range []int{3, 100, 5000, 0, 4096, 20000, 7} {
			b := array.NewInt64Builder(mem)
			want := make([]int32, rows)
			for i := range want {
				k := key{v: (rng.Int64N(distinct) - distinct/2) * 3_600_000_000}
				if batch%3 == 1 && rng.IntN(4) == 0 {
					k = key{null: true}
				}
				n, seen := numbers[k]
				if !seen {
					n = int32(len(numbers))
					numbers[k] = n
				}
				want[i] = n
				if k.null {
					b.AppendNull()
				} else {
					b.Append(k.v)
				}
			}
			arr := b.NewArray()
			b.Release()
			ids := make([]int32, rows)
			in.Intern(arr, ids)
			arr.Release()
			for i := range ids {
				if ids[i] != want[i] {
					t.Fatalf("%d different ones, batch %d: row %d has number %d, want %d", distinct, batch, i, ids[i], want[i])
				}
			}
		}
		all, err := in.All()
		if err != nil {
			t.Fatal(err)
		}
		for k, n := range numbers {
			if all.IsNull(int(n)) != k.null || !k.null && all.(*array.Int64).Value(int(n)) != k.v {
				t.Fatalf("%d different ones: number %d is %s, want %+v", distinct, n, all.ValueStr(int(n)), k)
			}
		}
		all.Release()
		in.Release()
	}
}
