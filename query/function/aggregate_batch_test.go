package function

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/types"
)

// TestBatchesCountAndBound holds count, min and max over whole batches, with and
// without NULLs and groups, against a loop over the values.
func TestBatchesCountAndBound(t *testing.T) {
	for _, text := range []string{"bigint", "integer", "timestamp(3)", "date", "varchar"} {
		typ, err := types.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, parts := range []int{1, 3} {
			for _, nulls := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%d/%v", text, parts, nulls), func(t *testing.T) { checkBounds(t, typ, parts, nulls) })
			}
		}
	}
}

func checkBounds(t *testing.T, typ types.Type, parts int, nulls bool) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	ctx, r := &Context{Mem: mem}, rand.New(rand.NewPCG(uint64(parts), 5))
	accs := map[string]Accumulator{}
	all := parts
	if parts > 1 {
		all++ // a group that gets no row
	}
	for _, name := range []string{"count", "min", "max"} {
		agg, err := ResolveAggregate(name, []Arg{{Type: typ}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		accs[name] = agg.New(ctx)
		accs[name].Grow(all)
	}
	want := make([]struct {
		count     int64
		low, high int64
	}, all)
	for range 4 { // batches
		const rows = 50
		b := array.NewBuilder(mem, typ.Arrow())
		groups := make([]int32, rows)
		for i := range groups {
			g := r.IntN(parts)
			groups[i] = int32(g)
			if nulls && r.IntN(3) == 0 {
				b.AppendNull()
				continue
			}
			v := int64(r.IntN(900)) - 450
			if s, ok := b.(*array.StringBuilder); ok {
				v += 1000 // of three or four digits, which sort as text
				s.Append(fmt.Sprintf("%04d", v))
			} else {
				unbox(b, v)
			}
			w := &want[g]
			if w.count == 0 {
				w.low, w.high = v, v
			}
			w.count, w.low, w.high = w.count+1, min(w.low, v), max(w.high, v)
		}
		arr := b.NewArray()
		b.Release()
		for _, acc := range accs {
			if err := acc.Update(groups, []Value{{Array: arr}}); err != nil {
				t.Fatal(err)
			}
		}
		arr.Release()
	}
	for name, acc := range accs {
		got, err := acc.Result()
		if err != nil {
			t.Fatal(err)
		}
		for g, w := range want {
			text := "NULL"
			if !got.IsNull(g) {
				text = fmt.Sprint(box(got, g))
			}
			expect := map[string]string{"count": fmt.Sprint(w.count), "min": boundText(typ, w.low), "max": boundText(typ, w.high)}[name]
			if w.count == 0 && name != "count" {
				expect = "NULL"
			}
			if text != expect {
				t.Errorf("%s of group %d is %s, want %s", name, g, text, expect)
			}
		}
		got.Release()
	}
}

func boundText(typ types.Type, v int64) string {
	if typ.IsString() {
		return fmt.Sprintf("%04d", v)
	}
	return fmt.Sprint(v)
}
