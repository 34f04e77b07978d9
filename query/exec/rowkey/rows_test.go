package rowkey

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/types"
)

// randomKeys is a column of n rows with few or many values, some of them NULL.
func randomKeys(mem memory.Allocator, rnd *rand.Rand, name string, n, values int) arrow.Array {
	var b array.Builder
	var add func()
	switch name {
	case "double":
		f := array.NewFloat64Builder(mem)
		special := []float64{math.NaN(), math.Inf(-1), 0, math.Copysign(0, -1)}
		add = func() {
			if v := rnd.IntN(values); v < len(special) {
				f.Append(special[v])
			} else {
				f.Append(float64(v) - float64(values)/2)
			}
		}
		b = f
	case "bigint":
		i := array.NewInt64Builder(mem)
		add, b = func() { i.Append(int64(rnd.IntN(values)-values/2) * math.MaxInt32) }, i
	case "array(varchar)":
		l := array.NewListBuilder(mem, arrow.BinaryTypes.String)
		add = func() {
			l.Append(true)
			for range rnd.IntN(3) {
				l.ValueBuilder().(*array.StringBuilder).Append(fmt.Sprint(rnd.IntN(values)))
			}
		}
		b = l
	case "dictionary":
		dict := array.NewDictionaryBuilder(mem, &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}).(*array.BinaryDictionaryBuilder)
		add, b = func() { _ = dict.AppendString(fmt.Sprint(rnd.IntN(values))) }, dict
	default:
		s := array.NewStringBuilder(mem)
		add, b = func() {
			s.Append("common" + fmt.Sprint(rnd.IntN(values))[:1] + "\x00"[:rnd.IntN(2)] + fmt.Sprint(rnd.IntN(values)))
		}, s
	}
	defer b.Release()
	for range n {
		if rnd.IntN(20) == 0 {
			b.AppendNull()
		} else {
			add()
		}
	}
	return b.NewArray()
}

// byBytes orders rows by the bytes of their keys, and marks where a row's keys
// differ from those of the row before.
func byBytes(t *testing.T, keys []SortKey, batches [][]arrow.Array) (refs []vector.Ref, differ []int) {
	t.Helper()
	encoded := map[vector.Ref][][]byte{}
	for b, cols := range batches {
		for k, key := range keys {
			encode := NewOrder(key.Type, cols[k], key.Desc, key.NullsFirst)
			if key.Group {
				encode = NewGroup(key.Type, cols[k])
			}
			for row := range cols[k].Len() {
				ref := vector.Ref{Batch: int32(b), Row: int32(row)}
				v, err := encode(nil, row)
				if err != nil {
					t.Fatal(err)
				}
				encoded[ref] = append(encoded[ref], v)
			}
		}
	}
	for ref := range encoded {
		refs = append(refs, ref)
	}
	slices.SortFunc(refs, func(a, b vector.Ref) int {
		return cmp.Or(slices.CompareFunc(encoded[a], encoded[b], bytes.Compare), cmp.Compare(a.Batch, b.Batch), cmp.Compare(a.Row, b.Row))
	})
	for i := 1; i < len(refs); i++ {
		k := 0
		for k < len(keys) && bytes.Equal(encoded[refs[i-1]][k], encoded[refs[i]][k]) {
			k++
		}
		differ = append(differ, k)
	}
	return refs, differ
}

// TestRowsOrderAsBytes holds Rows to the order of the encoded keys.
func TestRowsOrderAsBytes(t *testing.T) {
	names := []string{"double", "bigint", "array(varchar)", "dictionary", "varchar"}
	for seed := range uint64(40) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
		size := []int{1, 10, 300, 9000}[seed%4]
		var keys []SortKey
		var kinds []string
		for range 1 + rnd.IntN(3) {
			kinds = append(kinds, names[rnd.IntN(len(names))])
			name := kinds[len(kinds)-1]
			if name == "dictionary" {
				name = "varchar"
			}
			typ, err := types.Parse(name)
			if err != nil {
				t.Fatal(err)
			}
			keys = append(keys, SortKey{Type: typ, Desc: rnd.IntN(2) == 0, NullsFirst: rnd.IntN(2) == 0})
			if len(keys) == 1 && rnd.IntN(2) == 0 {
				keys[0] = SortKey{Type: typ, Group: true}
			}
		}
		rows := NewRows(mem, keys)
		batches := make([][]arrow.Array, 4)
		for b := range batches {
			n := rnd.IntN(size) + 1
			for _, kind := range kinds {
				if kind == "dictionary" && b == 3 {
					kind = "varchar" // a batch without
				}
				batches[b] = append(batches[b], randomKeys(mem, rnd, kind, n, 1+rnd.IntN(2*size)))
			}
			if err := rows.Add(batches[b], n); err != nil {
				t.Fatal(err)
			}
		}
		want, differ := byBytes(t, keys, batches)
		parallel := func(n int, fn func(int) error) error {
			for i := range n {
				if err := fn(i); err != nil {
					return err
				}
			}
			return nil
		}
		got, err := rows.Order(1+int(seed%2), parallel, func() error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("seed %d: %v %+v: %d rows in another order than their bytes", seed, kinds, keys, len(want))
		}
		for i, k := range differ {
			if at := rows.Differ(want[i], want[i+1]); at != k {
				t.Fatalf("seed %d: %v: rows %d and %d differ first in key %d, want %d", seed, kinds, i, i+1, at, k)
			}
		}
		rows.Release()
		for _, cols := range batches {
			for _, c := range cols {
				c.Release()
			}
		}
		mem.AssertSize(t, 0)
	}
}

// TestRowsOrderStops ends a sort when it is told to.
func TestRowsOrderStops(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	arr := randomKeys(memory.DefaultAllocator, rnd, "bigint", 2*smallRange, 1<<30)
	defer arr.Release()
	rows := NewRows(memory.DefaultAllocator, []SortKey{{Type: types.BigIntType}})
	defer rows.Release()
	if err := rows.Add([]arrow.Array{arr}, arr.Len()); err != nil {
		t.Fatal(err)
	}
	stopped := errors.New("stopped")
	if _, err := rows.Order(1, nil, func() error { return stopped }); !errors.Is(err, stopped) {
		t.Errorf("a stopped sort gave %v", err)
	}
}
