package segment

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"
)

// TestPickRows compares single rows with the same rows of a full read.
func TestPickRows(t *testing.T) {
	f := newFiller(*seedFlag)
	rec := f.record(memory.DefaultAllocator, everyType, 4000)
	defer rec.Release()
	layout := everyLayout
	layout.RowGroupRows = 1500
	src, _ := write(t, layout, rec)
	r := open(t, src)
	key, absent := "key28", "no key"
	columns := append(topColumns(everyType), Column{Path: []string{"who", "name"}}, Column{Path: []string{"params"}, Key: &key}, Column{Path: []string{"params"}, Key: &absent})
	all := readAll(t, r, 0, columns...)
	rnd := rand.New(rand.NewPCG(uint64(*seedFlag), 1))
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	for i := range 60 {
		g := rnd.IntN(r.NumRowGroups())
		first, n := r.RowGroup(g).FirstRow, r.RowGroup(g).Rows
		rows := make([]int64, 1+rnd.IntN(1+i))
		for k := range rows {
			rows[k] = rnd.Int64N(n)
		}
		slices.Sort(rows)
		rows = slices.Compact(rows)
		got, read, err := r.PickRows(context.Background(), ReadRequest{RowGroup: g, Columns: columns, Mem: mem}, rows, 1+i%4)
		if err != nil {
			t.Fatalf("rows %v of row group %d: %v", rows, g, err)
		}
		if read <= 0 || got.NumRows() != int64(len(rows)) {
			t.Errorf("%d rows, %d bytes", got.NumRows(), read)
		}
		for c := range columns {
			want := []string{}
			for _, row := range rows {
				want = append(want, all[c][first+row])
			}
			if d := cmp.Diff(want, values(got.Column(c))); d != "" {
				t.Errorf("row group %d, rows %v, column %s: %s", g, rows, columns[c].name(), d)
			}
		}
		got.Release()
	}
	for _, rows := range [][]int64{{-1}, {1500}, {3, 3}, {4, 2}} {
		if _, _, err := r.PickRows(context.Background(), ReadRequest{Columns: columns, Mem: mem}, rows, 2); err == nil {
			t.Errorf("rows %v: no error", rows)
		}
	}
	if _, _, err := r.PickRows(context.Background(), ReadRequest{RowGroup: 9, Columns: columns}, []int64{0}, 2); err == nil {
		t.Error("row group 9: no error")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := r.PickRows(ctx, ReadRequest{Columns: columns, Mem: mem}, []int64{0}, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestPickRowsPanics: the panic of an allocator with a ceiling reaches the caller,
// whichever column it was in, and nothing is left.
func TestPickRowsPanics(t *testing.T) {
	f := newFiller(*seedFlag)
	rec := f.record(memory.DefaultAllocator, everyType, 200)
	defer rec.Release()
	src, _ := write(t, everyLayout, rec)
	r := open(t, src)
	defer func() {
		if p := recover(); fmt.Sprint(p) != "too much" {
			t.Errorf("recovered %v", p)
		}
	}()
	_, _, err := r.PickRows(context.Background(), ReadRequest{Columns: topColumns(everyType), Mem: ceiling{memory.NewGoAllocator()}}, []int64{5}, 3)
	t.Errorf("no panic, but %v", err)
}

type ceiling struct{ memory.Allocator }

func (ceiling) Allocate(int) []byte           { panic("too much") }
func (ceiling) Reallocate(int, []byte) []byte { panic("too much") }

// TestCodeOutsideDictionary: a code is compared also when its page was read first.
func TestCodeOutsideDictionary(t *testing.T) {
	f := newFiller(*seedFlag)
	rec := f.record(memory.DefaultAllocator, everyType, 500)
	defer rec.Release()
	src, _ := write(t, everyLayout, rec)
	r := open(t, src)
	tried := 0
	for _, leaf := range r.tree.leaves {
		if !hasDictionary(&r.meta.RowGroups[0].Columns[leaf.index].MetaData) {
			continue
		}
		tried++
		var read int64
		c := r.cursor(0, leaf, &read)
		c.chunk.delayDictionary()
		if err := c.load(); err != nil {
			t.Fatal(err)
		}
		for i := range c.chunk.page.codes {
			c.chunk.page.codes[i] = 1 << 20
		}
		b := newLeafBatch(leaf, false, memory.DefaultAllocator)
		if err := c.take(c.left, b); !errors.Is(err, ErrCorrupt) {
			t.Errorf("column %s: %v, want ErrCorrupt", leaf.path, err)
		}
		b.free()
		c.chunk.release()
	}
	if tried == 0 {
		t.Error("no column has a dictionary")
	}
}
