package segment

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"
)

// values renders a column row by row; dictionaries look like plain columns.
func values(col arrow.Array) []string {
	out := make([]string, col.Len())
	for i := range out {
		switch a := col.(type) {
		case *array.Dictionary:
			out[i] = "null"
			if a.IsValid(i) {
				b, _ := json.Marshal(a.Dictionary().(*array.String).Value(a.GetValueIndex(i)))
				out[i] = string(b)
			}
		case *array.Float64: // JSON has no infinity
			out[i] = a.ValueStr(i)
		default:
			b, err := json.Marshal(a.GetOneForMarshal(i))
			if err != nil {
				panic(err)
			}
			out[i] = string(b)
		}
	}
	return out
}

// readAll reads columns of the whole segment, rendered.
func readAll(t testing.TB, r *Reader, batchRows int, columns ...Column) [][]string {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	out := make([][]string, len(columns))
	for g := range r.NumRowGroups() {
		b, err := r.Read(context.Background(), ReadRequest{RowGroup: g, Columns: columns, BatchRows: batchRows, Mem: mem})
		if err != nil {
			t.Fatal(err)
		}
		rows := int64(0)
		for {
			rec, err := b.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			rows += rec.NumRows()
			for i, c := range rec.Columns() {
				out[i] = append(out[i], values(c)...)
			}
			rec.Release()
		}
		b.Close()
		if rows != r.RowGroup(g).Rows {
			t.Fatalf("row group %d: read %d rows, want %d", g, rows, r.RowGroup(g).Rows)
		}
	}
	mem.AssertSize(t, 0)
	return out
}

func topColumns(schema *arrow.Schema) []Column {
	var out []Column
	for _, f := range schema.Fields() {
		out = append(out, Column{Path: []string{f.Name}})
	}
	return out
}

// TestRoundTrip writes random rows of every type and reads them back: whole
// columns, single leaves and map keys, in batches of several sizes.
func TestRoundTrip(t *testing.T) {
	for _, n := range []int{1, 7, 300, 1200} {
		for _, groupRows := range []int{n, n/3 + 1} {
			t.Run(fmt.Sprintf("%d-rows-%d-a-group", n, groupRows), func(t *testing.T) {
				t.Logf("seed %d", *seedFlag)
				f := newFiller(*seedFlag + uint64(n))
				mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
				a, b := f.record(mem, everyType, n/2), f.record(mem, everyType, n-n/2)
				layout := everyLayout
				layout.SortColumns = nil
				layout.RowGroupRows = groupRows
				// A slice with an offset must be read by its own rows.
				whole := f.record(mem, everyType, 5)
				part := whole.NewSlice(2, 4)
				src, sum := write(t, layout, a, b, part)
				if want := int64(n + 2); sum.Rows != want {
					t.Fatalf("wrote %d rows, want %d", sum.Rows, want)
				}
				r := open(t, src)
				if !r.Schema().Equal(everyType) {
					t.Errorf("schema is %s, want %s", r.Schema(), everyType)
				}
				want := make([][]string, everyType.NumFields())
				for i := range want {
					want[i] = slices.Concat(values(a.Column(i)), values(b.Column(i)), values(part.Column(i)))
				}
				for _, batch := range []int{0, 1000, 13} {
					got := readAll(t, r, batch, topColumns(everyType)...)
					if d := cmp.Diff(want, got); d != "" {
						t.Fatalf("batches of %d: %s", batch, d)
					}
				}
				checkParts(t, r, []arrow.Record{a, b, part})
				if err := ReadBack(src, layout, sum); err != nil {
					t.Error(err)
				}
				for _, rec := range []arrow.Record{a, b, part, whole} {
					rec.Release()
				}
				mem.AssertSize(t, 0)
			})
		}
	}
}

// checkParts reads leaves below structs and values of map keys and compares with
// what the records themselves say.
func checkParts(t *testing.T, r *Reader, records []arrow.Record) {
	t.Helper()
	var names, created, key, deep []string
	for _, rec := range records {
		who := rec.Column(3).(*array.Struct)
		session := who.Field(1).(*array.Struct)
		params, attrs := rec.Column(4).(*array.Map), session.Field(1).(*array.Map)
		for i := range int(rec.NumRows()) {
			name, at, attr := "null", "null", "null"
			if who.IsValid(i) {
				name = values(who.Field(0))[i]
				if session.IsValid(i) {
					at = values(session.Field(0))[i]
					attr = mapValue(attrs, i, "key3")
				}
			}
			names, created, deep = append(names, name), append(created, at), append(deep, attr)
			key = append(key, mapValue(params, i, "key28"))
		}
	}
	k1, k2, k3 := "key28", "key3", "no such key"
	got := readAll(t, r, 100,
		Column{Path: []string{"who", "name"}}, Column{Path: []string{"who", "session", "created"}},
		Column{Path: []string{"params"}, Key: &k1}, Column{Path: []string{"who", "session", "attributes"}, Key: &k2},
		Column{Path: []string{"params"}, Key: &k3})
	none := make([]string, len(names))
	for i := range none {
		none[i] = "null"
	}
	if d := cmp.Diff([][]string{names, created, key, deep, none}, got); d != "" {
		t.Errorf("parts: %s", d)
	}
}

func mapValue(m *array.Map, i int, key string) string {
	if m.IsNull(i) {
		return "null"
	}
	start, end := m.ValueOffsets(i)
	for j := int(start); j < int(end); j++ {
		if m.Keys().(*array.String).Value(j) == key {
			return values(m.Items())[j]
		}
	}
	return "null"
}

// TestReadRows compares single rows with the same rows of a full read.
func TestReadRows(t *testing.T) {
	f := newFiller(*seedFlag)
	rec := f.record(memory.DefaultAllocator, everyType, 4000)
	defer rec.Release()
	layout := everyLayout
	layout.RowGroupRows = 1500
	src, _ := write(t, layout, rec)
	r := open(t, src)
	key := "key28"
	columns := append(topColumns(everyType), Column{Path: []string{"who", "name"}}, Column{Path: []string{"params"}, Key: &key})
	all := readAll(t, r, 0, columns...)
	for _, rows := range [][]int64{{}, {0}, {3999}, {1499, 1500, 1501}, {0, 1, 2, 700, 2999, 3000, 3998}, {17, 19, 1600}} {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		got, err := r.ReadRows(context.Background(), mem, columns, rows)
		if err != nil {
			t.Fatal(err)
		}
		for i := range columns {
			want := []string{}
			for _, row := range rows {
				want = append(want, all[i][row])
			}
			if d := cmp.Diff(want, values(got.Column(i))); d != "" {
				t.Errorf("rows %v, column %s: %s", rows, columns[i].name(), d)
			}
		}
		got.Release()
		mem.AssertSize(t, 0)
	}
	for _, rows := range [][]int64{{-1}, {4000}, {5, 5}, {6, 5}} {
		if _, err := r.ReadRows(context.Background(), nil, columns, rows); err == nil {
			t.Errorf("rows %v: no error", rows)
		}
	}
}

// TestPick compares picked rows of a row group, in batches and after others were
// read and skipped, with the same rows of a full read.
func TestPick(t *testing.T) {
	f := newFiller(*seedFlag)
	rec := f.record(memory.DefaultAllocator, everyType, 4000)
	defer rec.Release()
	layout := everyLayout
	layout.RowGroupRows = 1500
	src, _ := write(t, layout, rec)
	r := open(t, src)
	key := "key28"
	columns := append(topColumns(everyType), Column{Path: []string{"who", "name"}}, Column{Path: []string{"params"}, Key: &key})
	all := readAll(t, r, 0, columns...)
	const first = 1500 // of the second row group
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	b, err := r.Read(context.Background(), ReadRequest{RowGroup: 1, Columns: columns, Mem: mem, BatchRows: 50})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	check := func(got arrow.Record, rows []int64) {
		t.Helper()
		defer got.Release()
		for i := range columns {
			want := []string{}
			for _, row := range rows {
				want = append(want, all[i][first+row])
			}
			if d := cmp.Diff(want, values(got.Column(i))); d != "" {
				t.Errorf("rows %v, column %s: %s", rows, columns[i].name(), d)
			}
		}
	}
	pick := func(rows ...int64) {
		t.Helper()
		got, err := b.Pick(rows)
		if err != nil {
			t.Fatalf("Pick(%v): %v", rows, err)
		}
		check(got, rows)
	}
	pick(0, 1, 7)
	pick(8, 300, 301, 302)
	b.Skip(7) // to 310
	for _, rows := range [][]int64{{309}, {320, 320}, {330, 320}, {1500}} {
		if got, err := b.Pick(rows); err == nil {
			got.Release()
			t.Errorf("Pick(%v) after row 309: no error", rows)
		}
	}
	got, err := b.Next()
	if err != nil {
		t.Fatal(err)
	}
	var rows []int64
	for i := range got.NumRows() {
		rows = append(rows, 310+i)
	}
	check(got, rows)
	pick(1499)
	if _, err := b.Next(); err != io.EOF {
		t.Errorf("Next after the last row: %v, want EOF", err)
	}
}
