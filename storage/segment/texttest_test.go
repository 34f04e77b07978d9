package segment

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// wordTest holds for texts that have the word in them and begin with the prefix.
type wordTest struct{ word, prefix string }

func (w wordTest) Find(data []byte) int { return bytes.Index(data, []byte(w.word)) }

func (w wordTest) Holds(text []byte) bool {
	return strings.HasPrefix(string(text), w.prefix) && strings.Contains(string(text), w.word)
}

// textLeaves are the paths of everyType that tests can be on.
var textLeaves = []string{"id", "zone", "who.name", "params.key", "params.value", "resources.element.arn", "notes.element", "who.session.attributes.value", "body"}

// wantAnswer says whether a test holds for a row, walking the array as it is.
func wantAnswer(col arrow.Array, row int, steps []string, test TextTest) string {
	if col.IsNull(row) {
		return "null"
	}
	switch a := col.(type) {
	case *array.String:
		return fmt.Sprint(test.Holds([]byte(a.Value(row))))
	case *array.Struct:
		at, _ := a.DataType().(*arrow.StructType).FieldIdx(steps[0])
		return wantAnswer(a.Field(at), row, steps[1:], test)
	}
	list := col.(array.ListLike)
	child := list.ListValues()
	if m, ok := col.(*array.Map); ok {
		child = map[string]arrow.Array{"key": m.Keys(), "value": m.Items()}[steps[0]]
	}
	from, to := list.ValueOffsets(row)
	var all []string
	for i := from; i < to; i++ {
		all = append(all, wantAnswer(child, int(i), steps[1:], test))
	}
	for _, answer := range []string{"true", "null"} {
		if slices.Contains(all, answer) {
			return answer
		}
	}
	return "false"
}

// TestTextTests compares tests on every text leaf with the texts themselves: with
// dictionaries and without, NULLs, empty texts and lists, several row groups and
// pages, two tests on one leaf, and rows read all, in parts and one by one.
func TestTextTests(t *testing.T) {
	tests := []wordTest{{"word-3", ""}, {"long", "long "}, {"é", "word-1"}, {"a", ""}, {"\x00", ""}, {"g l", ""}, {"absent", ""}}
	for _, nulls := range []bool{false, true} {
		f := newFiller(*seedFlag)
		b := array.NewRecordBuilder(memory.DefaultAllocator, everyType)
		defer b.Release()
		for range 700 {
			for i, fb := range b.Fields() {
				f.fill(fb, nulls, i%2 == 1)
			}
		}
		rec := b.NewRecord()
		defer rec.Release()
		layout := everyLayout
		layout.RowGroupRows, layout.SortColumns = 300, nil
		src, _ := write(t, layout, rec)
		r := open(t, src)
		mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
		defer mem.AssertSize(t, 0)
		for _, path := range textLeaves {
			steps := strings.Split(path, ".")
			var columns []Column
			for _, test := range tests {
				columns = append(columns, Column{Path: steps, Test: test})
			}
			want := make([][]string, 700)
			at := rec.Schema().FieldIndices(steps[0])[0]
			for row := range want {
				for _, test := range tests {
					want[row] = append(want[row], wantAnswer(rec.Column(at), row, steps[1:], test))
				}
			}
			checkAnswers(t, r, mem, columns, want)
		}
	}
}

// answers are the rows of a record of booleans.
func answers(rec arrow.Record) [][]string {
	out := make([][]string, rec.NumRows())
	for i := range out {
		for _, c := range rec.Columns() {
			answer := "null"
			if c.IsValid(i) {
				answer = fmt.Sprint(c.(*array.Boolean).Value(i))
			}
			out[i] = append(out[i], answer)
		}
	}
	return out
}

func checkAnswers(t *testing.T, r *Reader, mem memory.Allocator, columns []Column, want [][]string) {
	t.Helper()
	same := func(how string, rec arrow.Record, want [][]string) {
		t.Helper()
		defer rec.Release()
		for i, row := range answers(rec) {
			if !slices.Equal(row, want[i]) {
				t.Fatalf("%s, %v, row %d: %v, want %v", how, columns[0].Path, i, row, want[i])
			}
		}
	}
	ctx := context.Background()
	for g := range r.NumRowGroups() {
		first := r.RowGroup(g).FirstRow
		b, err := r.Read(ctx, ReadRequest{RowGroup: g, Columns: columns, BatchRows: 97, Mem: mem})
		if err != nil {
			t.Fatal(err)
		}
		for at := first; ; {
			rec, err := b.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			n := rec.NumRows()
			same("batches", rec, want[at:])
			at += n
		}
		b.Close()
		if b, err = r.Read(ctx, ReadRequest{RowGroup: g, Columns: columns, Mem: mem}); err != nil {
			t.Fatal(err)
		}
		b.Skip(5)
		rec, err := b.Pick([]int64{7, 8, 50})
		if err != nil {
			t.Fatal(err)
		}
		same("picked", rec, [][]string{want[first+7], want[first+8], want[first+50]})
		if rec, err = b.Next(); err != nil {
			t.Fatal(err)
		}
		same("after those picked", rec, want[first+51:])
		b.Close()
	}
	rows := []int64{0, 1, 299, 300, 555, 699}
	rec, err := r.ReadRows(ctx, mem, columns, rows)
	if err != nil {
		t.Fatal(err)
	}
	var some [][]string
	for _, row := range rows {
		some = append(some, want[row])
	}
	same("rows", rec, some)
}

// TestTextTestPages reads answers that lie pages apart, and reads little for it.
func TestTextTestPages(t *testing.T) {
	const n = 70000
	r := manyPages(t, n)
	rows := []int64{3, 16383, 16384, 40000, n - 1}
	columns := []Column{
		{Path: []string{"id"}, Test: wordTest{"40000", ""}}, {Path: []string{"tags", "value"}, Test: wordTest{"rare", ""}},
		{Path: []string{"tags", "value"}, Test: wordTest{"16384", ""}}, {Path: []string{"kind"}, Test: wordTest{"b", ""}},
	}
	rec, err := r.ReadRows(context.Background(), nil, columns, rows)
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Release()
	if got, want := fmt.Sprint(answers(rec)), "[[false false false false] [false false false false] [false false true true] [true false false true] [false true false false]]"; got != want {
		t.Errorf("answers %s, want %s", got, want)
	}
	b, err := r.Read(context.Background(), ReadRequest{Columns: columns[:1]})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	b.Skip(n - 1)
	rec, err = b.Next()
	if err != nil {
		t.Fatal(err)
	}
	rec.Release()
	if all := r.ColumnBytes(0, columns[:1]); b.BytesRead() > all*3/4 {
		t.Errorf("%d of %d bytes are read for the last row", b.BytesRead(), all)
	}
}

// TestHolding: a word that stands across two texts, or in the length of one, is in
// neither.
func TestHolding(t *testing.T) {
	var data []byte
	texts := []string{"", "xab", "cd", "", "abcd", "d", strings.Repeat("d", 'a'|'b'<<8), "cd", ""}
	for _, text := range texts {
		data = append(binary.LittleEndian.AppendUint32(data, uint32(len(text))), text...)
	}
	for _, word := range []string{"abcd", "ab", "d", "b\x02", "cd\x00\x00\x00\x00", "ab\x00\x00", "b\x00\x00d", "\x00", "zz"} {
		hits := make([]uint8, len(texts))
		if !holding(wordTest{word: word}, data, hits) {
			t.Fatalf("%q: texts are missing", word)
		}
		for i, text := range texts {
			if got, want := hits[i] == answerYes, strings.Contains(text, word); got != want {
				t.Errorf("%q in text %d, %.9q: %v, want %v", word, i, text, got, want)
			}
		}
	}
	data = []byte(strings.Join(texts, ""))
	lengths := make([]int32, len(texts))
	for i, text := range texts {
		lengths[i] = int32(len(text))
	}
	for _, word := range []string{"abcd", "ab", "xabcd", "bcd", "d", "da", "dd", "cdd", "zz"} {
		hits := make([]uint8, len(texts))
		holdingApart(wordTest{word: word}, data, lengths, hits)
		for i, text := range texts {
			if got, want := hits[i] == answerYes, strings.Contains(text, word); got != want {
				t.Errorf("%q in text %d of those that stand behind each other, %.9q: %v, want %v", word, i, text, got, want)
			}
		}
	}
}

// TestHoldingMissing: texts that are not all there are noticed.
func TestHoldingMissing(t *testing.T) {
	var data []byte
	texts := []string{"", "xab", "cd", ""}
	for _, text := range texts {
		data = append(binary.LittleEndian.AppendUint32(data, uint32(len(text))), text...)
	}
	for n := range data {
		if holding(wordTest{word: "d"}, data[:n], make([]uint8, len(texts))) {
			t.Fatalf("nothing is missing of %d bytes, want %d", n, len(data))
		}
	}
}

// TestTextTestRefused: tests are on texts in at most one list.
func TestTextTestRefused(t *testing.T) {
	f := newFiller(*seedFlag)
	rec := f.record(memory.DefaultAllocator, everyType, 8)
	defer rec.Release()
	src, _ := write(t, everyLayout, rec)
	r := open(t, src)
	for _, path := range []string{"count", "params", "raw", "resources.element.tags.value", "nothing", "who", "notes"} {
		c := Column{Path: strings.Split(path, "."), Test: wordTest{word: "x"}}
		if _, err := r.Read(context.Background(), ReadRequest{Columns: []Column{c}}); !errors.Is(err, ErrNoColumn) || r.Has(c) {
			t.Errorf("%s: %v, want ErrNoColumn", path, err)
		}
	}
}
