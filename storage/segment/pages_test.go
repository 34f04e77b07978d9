package segment

import (
	"context"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"
)

// manyPages makes a segment whose only row group has several pages per column.
// The key "rare" is in three rows only.
func manyPages(t testing.TB, n int) *Reader {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{
		field("id", arrow.BinaryTypes.String), field("kind", arrow.BinaryTypes.String),
		field("tags", arrow.MapOf(arrow.BinaryTypes.String, arrow.BinaryTypes.String)),
		field("nums", arrow.ListOf(arrow.PrimitiveTypes.Int64)),
		field("hash", arrow.BinaryTypes.String), field("hour", timestampUS), field("level", arrow.PrimitiveTypes.Int32),
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i := range n {
		b.Field(0).(*array.StringBuilder).Append(fmt.Sprintf("row %d", i))
		b.Field(1).(*array.StringBuilder).Append([]string{"a", "b", "c"}[i%3])
		m := b.Field(2).(*array.MapBuilder)
		m.Append(true)
		add := func(k, v string) {
			m.KeyBuilder().(*array.StringBuilder).Append(k)
			m.ItemBuilder().(*array.StringBuilder).Append(v)
		}
		add("row", fmt.Sprintf("value %d", i))
		if i == 5 || i == n-20000 || i == n-1 {
			add("rare", fmt.Sprintf("rare %d", i))
		}
		l := b.Field(3).(*array.ListBuilder)
		l.Append(true)
		for k := range i % 4 {
			l.ValueBuilder().(*array.Int64Builder).Append(int64(i * k))
		}
		b.Field(4).(*array.StringBuilder).Append(fmt.Sprintf("%08x", i*i%1000003))
		if b.Field(6).(*array.Int32Builder).Append(int32(-i % 300)); i%7 == 0 {
			b.Field(5).AppendNull()
			continue
		}
		b.Field(5).(*array.TimestampBuilder).Append(arrow.Timestamp(i / 100 * 3600_000_000))
	}
	rec := b.NewRecord()
	defer rec.Release()
	src, _ := write(t, Layout{Schema: schema, IDColumn: "id"}, rec)
	return open(t, src)
}

// TestManyPages reads rows and keys that lie pages apart, and reads little for it.
func TestManyPages(t *testing.T) {
	const n = 70000
	r := manyPages(t, n)
	if r.NumRowGroups() != 1 {
		t.Fatalf("%d row groups, want 1", r.NumRowGroups())
	}
	columns := topColumns(r.Schema())
	rows := []int64{0, 3, 16383, 16384, 16385, 40000, 40001, 65535, n - 1}
	rec, err := r.ReadRows(context.Background(), nil, columns, rows)
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Release()
	for i, row := range rows {
		nums := []string{"[]", "[0]", fmt.Sprintf("[0,%d]", row), fmt.Sprintf("[0,%d,%d]", row, 2*row)}[row%4]
		hour := fmt.Sprintf("%q", time.Unix(row/100*3600, 0).UTC().Format("2006-01-02 15:04:05"))
		if row%7 == 0 {
			hour = "null"
		}
		want := []string{
			fmt.Sprintf("%q", fmt.Sprintf("row %d", row)), []string{`"a"`, `"b"`, `"c"`}[row%3], nums,
			fmt.Sprintf(`"%08x"`, row*row%1000003), hour, fmt.Sprint(-row % 300),
		}
		var got []string
		for _, c := range []int{0, 1, 3, 4, 5, 6} {
			got = append(got, values(rec.Column(c))[i])
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("row %d: %s", row, d)
		}
	}
	key := "rare"
	rare := Column{Path: []string{"tags"}, Key: &key}
	got := readAll(t, r, 0, rare)[0]
	for i, v := range got {
		want := "null"
		if i == 5 || i == n-20000 || i == n-1 {
			want = fmt.Sprintf("%q", fmt.Sprintf("rare %d", i))
		}
		if v != want {
			t.Fatalf("row %d: key is %s, want %s", i, v, want)
		}
	}
	row := "row"
	got = readAll(t, r, 1000, Column{Path: []string{"tags"}, Key: &row})[0]
	for i, v := range got {
		if want := fmt.Sprintf("%q", fmt.Sprintf("value %d", i)); v != want {
			t.Fatalf("row %d: key is %s, want %s", i, v, want)
		}
	}
}

// TestSkip passes rows before, between and after batches.
func TestSkip(t *testing.T) {
	const n = 70000
	r := manyPages(t, n)
	for _, c := range topColumns(r.Schema()) {
		all := readAll(t, r, 0, c)[0]
		b, err := r.Read(context.Background(), ReadRequest{Columns: []Column{c}, BatchRows: 100})
		if err != nil {
			t.Fatal(err)
		}
		at := int64(0)
		for _, skip := range []int64{0, 1, 20000, 16284, 3, 30000} {
			b.Skip(skip)
			at += skip
			rec, err := b.Next()
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(all[at:at+100], values(rec.Column(0))); d != "" {
				t.Errorf("%s at %d: %s", c.name(), at, d)
			}
			at += rec.NumRows()
			rec.Release()
		}
		b.Skip(n)
		if _, err := b.Next(); err != io.EOF {
			t.Errorf("after skipping the rest: %v, want EOF", err)
		}
		b.Close()
		b.Close()
	}
}
