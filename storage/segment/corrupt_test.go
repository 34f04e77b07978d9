package segment

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
)

// readEverything drives every part of the Reader over a file.
func readEverything(src Source) error {
	ctx := context.Background()
	r, err := Open(src)
	if err != nil {
		return err
	}
	key := "key28"
	columns := append(topColumns(r.Schema()), Column{Path: []string{"params"}, Key: &key})
	for _, path := range textLeaves {
		columns = append(columns, Column{Path: strings.Split(path, "."), Test: wordTest{word: "word-1"}})
	}
	columns = slices.DeleteFunc(columns, func(c Column) bool { return !r.Has(c) })
	for g := range r.NumRowGroups() {
		for _, path := range r.Leaves() {
			r.Stats(g, path)
			if _, _, err := r.Dictionary(g, path); err != nil {
				return err
			}
			for _, v := range []any{"x", int64(1), 1.0, true} {
				if _, err := r.MayContain(g, path, v); err != nil {
					return err
				}
			}
		}
		if err := readGroup(ctx, r, ReadRequest{RowGroup: g, Columns: columns}); err != nil {
			return err
		}
		for _, leaf := range r.tree.leaves {
			if leaf.maxRep > 0 {
				continue
			}
			if err := readGroup(ctx, r, ReadRequest{RowGroup: g, Columns: []Column{{Path: strings.Split(leaf.path, ".")}}, Folded: true}); err != nil {
				return err
			}
		}
		rec, _, err := r.PickRows(ctx, ReadRequest{RowGroup: g, Columns: columns}, []int64{0, r.RowGroup(g).Rows - 1}, 2)
		if err != nil {
			return err
		}
		rec.Release()
	}
	rec, err := r.ReadRows(ctx, nil, columns, []int64{r.NumRows() / 2})
	if err != nil {
		return err
	}
	rec.Release()
	return r.CheckPages(ctx)
}

func readGroup(ctx context.Context, r *Reader, req ReadRequest) error {
	b, err := r.Read(ctx, req)
	if err != nil {
		return err
	}
	defer b.Close()
	for {
		rec, err := b.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		rec.Release()
	}
}

// TestFlippedBytes changes every byte of a small segment: reading never panics,
// and every error says that the file is corrupt. Some bytes (statistics, padding)
// change nothing that reading can see; the file's hash is what finds those.
func TestFlippedBytes(t *testing.T) {
	f := newFiller(*seedFlag)
	rec := f.record(memory.DefaultAllocator, everyType, 8)
	defer rec.Release()
	layout := everyLayout
	layout.RowGroupRows = 5
	layout.BloomColumns = []string{"who.name"}
	src, _ := write(t, layout, rec)
	if err := readEverything(src); err != nil {
		t.Fatal(err)
	}
	bad := slices.Clone(src)
	failed := 0
	step := 1
	if testing.Short() {
		step = 11
	}
	for i := 0; i < len(bad); i += step {
		mask := byte(1) << (i % 8)
		if i%3 == 0 {
			mask = 0xff
		}
		bad[i] ^= mask
		if err := readEverything(bad); err != nil {
			failed++
			if !errors.Is(err, ErrCorrupt) {
				t.Errorf("byte %d ^ %#x: %v, want ErrCorrupt", i, mask, err)
			}
		}
		bad[i] ^= mask
	}
	t.Logf("%d of %d changes were errors", failed, len(bad)/step)
	for n := 0; n < len(src); n += 101 {
		if err := readEverything(src[:n]); !errors.Is(err, ErrCorrupt) {
			t.Errorf("first %d bytes: %v, want ErrCorrupt", n, err)
		}
	}
}

// TestFlippedPages: no changed byte of a page goes unnoticed by the reader alone.
func TestFlippedPages(t *testing.T) {
	f := newFiller(*seedFlag)
	rec := f.record(memory.DefaultAllocator, everyType, 30)
	defer rec.Release()
	src, _ := write(t, everyLayout, rec)
	r := open(t, src)
	bad := slices.Clone(src)
	for _, leaf := range r.tree.leaves {
		m := &r.meta.RowGroups[0].Columns[leaf.index].MetaData
		c := r.chunk(0, leaf, new(int64))
		for c.pos < c.end {
			if _, _, err := c.body(); err != nil {
				t.Fatal(err)
			}
			last := c.pos - 1 // in the page's compressed bytes
			bad[last] ^= 1
			if err := open(t, bad).CheckPages(context.Background()); !errors.Is(err, ErrCorrupt) {
				t.Errorf("%s: page before %d: %v, want ErrCorrupt", leaf.path, m.TotalCompressedSize, err)
			}
			bad[last] ^= 1
		}
	}
}

// TestReadBackFinds: the second reader sees a payload that differs.
func TestReadBackFinds(t *testing.T) {
	f := newFiller(*seedFlag)
	rec := f.record(memory.DefaultAllocator, everyType, 100)
	defer rec.Release()
	src, sum := write(t, everyLayout, rec)
	if err := ReadBack(src, everyLayout, sum); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Summary){
		"rows": func(s *Summary) { s.Rows-- }, "hash": func(s *Summary) { s.RowHash++ }, "root": func(s *Summary) { s.MerkleRoot = "00" },
	} {
		s := sum
		change(&s)
		if err := ReadBack(src, everyLayout, s); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v, want ErrCorrupt", name, err)
		}
	}
	b, err := OpenBack(src)
	if err != nil {
		t.Fatal(err)
	}
	count := func(want map[string]ColumnStats) (paths []string) {
		if err := b.VerifyAllColumns(context.Background(), want, func(path string, err error) { paths = append(paths, path) }); err != nil {
			t.Fatal(err)
		}
		return paths
	}
	if got := count(sum.Columns); got != nil {
		t.Errorf("columns that differ: %v", got)
	}
	if b, err = OpenBack(src); err != nil {
		t.Fatal(err)
	}
	s := sum.Columns["resources.element.arn"]
	s.Nulls++
	sum.Columns["resources.element.arn"] = s
	if got := count(sum.Columns); !slices.Equal(got, []string{"resources.element.arn"}) {
		t.Errorf("columns that differ: %v", got)
	}
}
