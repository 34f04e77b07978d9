package segment

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// runsSegment makes two row groups of several pages, and the texts of each row by
// column. Rows of "source", "name" and "who" come in runs, those of "mixed" do not, and
// "id" has no dictionary. Some are NULL, "who" also as a whole.
func runsSegment(t testing.TB, rows int) (*Reader, map[string][]string) {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{
		field("source", arrow.BinaryTypes.String), field("name", arrow.BinaryTypes.String),
		field("who", arrow.StructOf(field("arn", arrow.BinaryTypes.String))),
		field("mixed", arrow.BinaryTypes.String), field("id", arrow.BinaryTypes.String),
		field("none", arrow.BinaryTypes.String),
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	rng := rand.New(rand.NewPCG(*seedFlag, 11))
	want := map[string][]string{}
	add := func(column string, to array.Builder, text string) {
		if text == "" {
			to.AppendNull()
			text = "null"
		} else {
			to.(*array.StringBuilder).Append(text)
			text = fmt.Sprintf("%q", text)
		}
		want[column] = append(want[column], text)
	}
	source, name, who := "s0", "n0", "w0"
	for i := range rows {
		if rng.IntN(900) == 0 {
			source = fmt.Sprint("s", rng.IntN(20))
		}
		if rng.IntN(40) == 0 {
			name = []string{"", fmt.Sprint("n", rng.IntN(300))}[rng.IntN(2)]
		}
		if rng.IntN(12) == 0 {
			who = []string{"", "-", fmt.Sprint("w", rng.IntN(5000))}[rng.IntN(3)]
		}
		add("source", b.Field(0), source)
		add("name", b.Field(1), name)
		s := b.Field(2).(*array.StructBuilder)
		if who == "-" {
			s.AppendNull()
			want["who"] = append(want["who"], "null")
		} else {
			s.Append(true)
			add("who", s.FieldBuilder(0), who)
		}
		add("mixed", b.Field(3), []string{"", "a", "b", "c"}[rng.IntN(4)])
		add("id", b.Field(4), fmt.Sprintf("%016x", rng.Uint64()+uint64(i)))
		b.Field(5).AppendNull()
		want["none"] = append(want["none"], "null")
	}
	rec := b.NewRecord()
	defer rec.Release()
	src, _ := write(t, Layout{Schema: schema, IDColumn: "id", RowGroupRows: rows * 2 / 3}, rec)
	return open(t, src), want
}

// TestFoldedRows: rows that are read folded are those that were written, each as often
// as it was, whichever columns are read.
func TestFoldedRows(t *testing.T) {
	const rows = 60000
	r, want := runsSegment(t, rows)
	if r.NumRowGroups() != 2 {
		t.Fatalf("%d row groups, want 2", r.NumRowGroups())
	}
	path := map[string][]string{"who": {"who", "arn"}}
	for _, c := range []struct {
		columns []string
		most    int // records' rows
	}{
		{[]string{"source"}, 200}, {[]string{"name"}, 3000}, {[]string{"source", "name"}, 3000}, {[]string{"who"}, 9000},
		{[]string{"name", "who", "source"}, 10000}, {[]string{"none"}, 2}, {[]string{"none", "name"}, 3000}, {nil, 2},
		{[]string{"mixed"}, rows}, {[]string{"mixed", "source"}, rows}, {[]string{"id", "source"}, rows},
	} {
		for _, batchRows := range []int{0, 700} {
			var columns []Column
			for _, name := range c.columns {
				p := path[name]
				if p == nil {
					p = []string{name}
				}
				columns = append(columns, Column{Path: p})
			}
			got, records := readFolded(t, r, columns, batchRows)
			for i, name := range c.columns {
				if !slices.Equal(got[i], want[name]) {
					t.Errorf("%v in records of %d: %s is not what was written", c.columns, batchRows, name)
				}
			}
			if batchRows == 0 && (records > c.most || c.most < rows && records < 2) {
				t.Errorf("%v: %d rows were read of %d, want %d at most", c.columns, records, rows, c.most)
			}
		}
	}
}

// readFolded reads columns folded and returns the rows they stand for, and how many
// rows the records had.
func readFolded(t *testing.T, r *Reader, columns []Column, batchRows int) (out [][]string, records int) {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	out = make([][]string, len(columns))
	for g := range r.NumRowGroups() {
		b, err := r.Read(context.Background(), ReadRequest{RowGroup: g, Columns: columns, Folded: true, BatchRows: batchRows, Mem: mem})
		if err != nil {
			t.Fatal(err)
		}
		total := int64(0)
		for {
			rec, err := b.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if batchRows > 0 && rec.NumRows() > int64(batchRows) {
				t.Errorf("%d rows in a record, want %d at most", rec.NumRows(), batchRows)
			}
			records += int(rec.NumRows())
			times := slices.Repeat([]int64{1}, int(rec.NumRows()))
			if last := int(rec.NumCols()) - 1; last == len(columns) {
				times = rec.Column(last).(*array.Int64).Int64Values()
			}
			for i := range columns {
				for row, text := range values(rec.Column(i)) {
					out[i] = append(out[i], slices.Repeat([]string{text}, int(times[row]))...)
				}
			}
			for _, n := range times {
				total += n
			}
			rec.Release()
		}
		b.Close()
		if total != r.RowGroup(g).Rows {
			t.Errorf("row group %d: %d rows, want %d", g, total, r.RowGroup(g).Rows)
		}
	}
	return out, records
}
