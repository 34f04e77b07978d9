package rowkey

import (
	"bytes"
	"fmt"
	"math"
	"math/rand"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/types"
)

// columns are arrays with the values that orders trip over, by type.
func columns(t *testing.T) map[string]arrow.Array {
	t.Helper()
	mem := memory.DefaultAllocator
	out := map[string]arrow.Array{}
	f := array.NewFloat64Builder(mem)
	f.AppendValues([]float64{0, math.Copysign(0, -1), math.NaN(), -math.NaN(), math.Inf(1), math.Inf(-1), 1, -1, 1e-310, math.MaxFloat64}, nil)
	f.AppendNull()
	out["double"] = f.NewArray()
	n := array.NewInt64Builder(mem)
	n.AppendValues([]int64{0, 1, -1, math.MaxInt64, math.MinInt64, 256, -256}, nil)
	n.AppendNull()
	out["bigint"] = n.NewArray()
	s := array.NewStringBuilder(mem)
	for _, v := range []string{"", "a", "ab", "a\x00", "a\x00b", "a\x01", "b", "\xff", "é", "\x00", "\x00\x00"} {
		s.Append(v)
	}
	s.AppendNull()
	out["varchar"] = s.NewArray()
	l := array.NewListBuilder(mem, arrow.BinaryTypes.String)
	for _, v := range [][]string{{}, {""}, {"a"}, {"a", "b"}, {"ab"}, {"a", ""}, {"b"}} {
		l.Append(true)
		l.ValueBuilder().(*array.StringBuilder).AppendValues(v, nil)
	}
	l.AppendNull()
	out["array(varchar)"] = l.NewArray()
	d := array.NewInt32Builder(mem)
	d.AppendValues([]int32{0, -1, 1, math.MaxInt32, math.MinInt32}, nil)
	out["integer"] = d.NewArray()
	return out
}

// TestOrderAgreesWithCompare holds the bytes to the comparison value by value.
func TestOrderAgreesWithCompare(t *testing.T) {
	for name, arr := range columns(t) {
		typ, err := types.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, desc := range []bool{false, true} {
			enc := NewOrder(typ, arr, desc, false)
			for i := range arr.Len() {
				for j := range arr.Len() {
					if arr.IsNull(i) || arr.IsNull(j) {
						continue
					}
					a, _ := enc(nil, i)
					b, _ := enc(nil, j)
					want, ok := types.Compare(typ, arr, i, arr, j)
					if !ok {
						continue
					}
					if desc {
						want = -want
					}
					if got := bytes.Compare(a, b); got != want {
						t.Errorf("%s desc %v: order of %s and %s = %d, want %d", name, desc, arr.ValueStr(i), arr.ValueStr(j), got, want)
					}
				}
			}
		}
	}
}

func TestNullsFirstAndLast(t *testing.T) {
	arr := columns(t)["bigint"]
	null := arr.Len() - 1
	for _, desc := range []bool{false, true} {
		for _, first := range []bool{false, true} {
			enc := NewOrder(types.BigIntType, arr, desc, first)
			n, _ := enc(nil, null)
			for i := range null {
				v, _ := enc(nil, i)
				if before := bytes.Compare(n, v) < 0; before != first {
					t.Errorf("desc %v, nulls first %v: NULL before %s is %v", desc, first, arr.ValueStr(i), before)
				}
			}
		}
	}
}

// TestEqualAgreesWithDistinct holds the keys to IS DISTINCT FROM.
func TestEqualAgreesWithDistinct(t *testing.T) {
	for name, arr := range columns(t) {
		typ, err := types.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		enc := NewEqual(typ, arr)
		in := NewInterner(memory.DefaultAllocator, typ)
		ids := make([]int32, arr.Len())
		in.Intern(arr, ids)
		for i := range arr.Len() {
			a, matchable := enc(nil, i)
			self := false // "=" of the value and itself
			if arr.IsValid(i) {
				eq, known := types.Equal(typ, arr, i, arr, i)
				self = eq && known
			}
			if matchable != self {
				t.Errorf("%s: %s matchable %v, equal to itself %v", name, arr.ValueStr(i), matchable, self)
			}
			for j := range arr.Len() {
				b, _ := enc(nil, j)
				want := !types.Distinct(typ, arr, i, arr, j)
				if bytes.Equal(a, b) != want || (ids[i] == ids[j]) != want {
					t.Errorf("%s: %s and %s: keys equal %v, numbers equal %v, want %v", name,
						arr.ValueStr(i), arr.ValueStr(j), bytes.Equal(a, b), ids[i] == ids[j], want)
				}
			}
		}
		in.Release()
	}
}

// TestTables compares the hash tables with Go's map over many keys.
func TestTables(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	var bytesTable Table
	var words WordTable
	known, knownWords := map[string]int32{}, map[uint64]int32{}
	for range 20_000 {
		w := uint64(r.Intn(5_000)) << uint(r.Intn(3)*20)
		key := fmt.Sprint(w)
		want, ok := known[key]
		if !ok {
			want = int32(len(known))
			known[key], knownWords[w] = want, want
		}
		if id, isNew := bytesTable.Insert([]byte(key)); id != want || isNew == ok {
			t.Fatalf("Insert(%s) = %d, %v; want %d, %v", key, id, isNew, want, !ok)
		}
		if id, isNew := words.Insert(w); id != want || isNew == ok {
			t.Fatalf("Insert(%d) = %d, %v; want %d, %v", w, id, isNew, want, !ok)
		}
	}
	if bytesTable.Lookup([]byte("absent")) != -1 {
		t.Error("Lookup of an absent key found one")
	}
}

// TestValuesOfManyBatches reads the values a few at a time, as results are made:
// only the first reading may copy all of them.
func TestValuesOfManyBatches(t *testing.T) {
	mem := &counting{Allocator: memory.DefaultAllocator}
	in := NewInterner(mem, types.VarcharType)
	defer in.Release()
	var want []string
	for batch := range 8 {
		b := array.NewStringBuilder(memory.DefaultAllocator)
		for i := range 1000 {
			want = append(want, fmt.Sprintf("value %d of batch %d", i, batch))
			b.Append(want[len(want)-1])
		}
		arr := b.NewArray()
		in.Intern(arr, make([]int32, arr.Len()))
		arr.Release()
	}
	for _, at := range []int32{0, 4321, 7999} {
		got, err := in.Values([]int32{at})
		if err != nil {
			t.Fatal(err)
		}
		if v := got.(*array.String).Value(0); v != want[at] {
			t.Errorf("value %d is %q, want %q", at, v, want[at])
		}
		got.Release()
		if at == 0 {
			mem.allocated = 0
		}
	}
	if mem.allocated > 4096 {
		t.Errorf("two more values took %d bytes", mem.allocated)
	}
}

// counting counts the bytes asked for.
type counting struct {
	memory.Allocator
	allocated int
}

func (c *counting) Allocate(size int) []byte {
	c.allocated += size
	return c.Allocator.Allocate(size)
}
