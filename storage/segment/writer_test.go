package segment

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// merkleRFC is RFC 6962 section 2.1, word for word.
func merkleRFC(d [][]byte) []byte {
	h := sha256.New()
	switch len(d) {
	case 0:
	case 1:
		h.Write([]byte{0})
		h.Write(d[0])
	default:
		k := 1
		for k*2 < len(d) {
			k *= 2
		}
		h.Write([]byte{1})
		h.Write(merkleRFC(d[:k]))
		h.Write(merkleRFC(d[k:]))
	}
	return h.Sum(nil)
}

func TestMerkle(t *testing.T) {
	var leaves [][]byte
	for n := range 70 {
		var m Merkle
		for _, l := range leaves {
			m.Add(l)
		}
		if got, want := m.Root(), merkleRFC(leaves); string(got[:]) != string(want) {
			t.Errorf("%d leaves: root %x, want %x", n, got, want)
		}
		leaves = append(leaves, []byte(strings.Repeat("x", n%5)+fmt.Sprint(n)))
	}
	// The test vector of the certificate-transparency code: the empty leaf.
	var m Merkle
	m.Add(nil)
	if got := m.Root(); hex.EncodeToString(got[:]) != "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" {
		t.Errorf("empty leaf: %x", got)
	}
}

// TestRowGroupBounds: row groups hold to rows and bytes, whatever the records are.
func TestRowGroupBounds(t *testing.T) {
	f := newFiller(*seedFlag)
	rec := f.record(memory.DefaultAllocator, everyType, 1000)
	defer rec.Release()
	layout := everyLayout
	layout.SortColumns = nil
	layout.RowGroupRows = 300
	src, _ := write(t, layout, rec, rec)
	var sizes []int64
	for r, g := open(t, src), 0; g < r.NumRowGroups(); g++ {
		sizes = append(sizes, r.RowGroup(g).Rows)
	}
	if want := []int64{300, 300, 300, 300, 300, 300, 200}; !slices.Equal(sizes, want) {
		t.Errorf("row groups have %v rows, want %v", sizes, want)
	}
	layout.RowGroupRows = 0
	layout.RowGroupBytes = 20000
	src, sum := write(t, layout, rec)
	r := open(t, src)
	for g := range r.NumRowGroups() {
		rg := r.RowGroup(g)
		part := rec.NewSlice(rg.FirstRow, rg.FirstRow+rg.Rows)
		shorter := rec.NewSlice(rg.FirstRow, rg.FirstRow+rg.Rows-1)
		if last := g == r.NumRowGroups()-1; recordBytes(shorter) >= 20000 || !last && recordBytes(part) < 20000 {
			t.Errorf("row group %d has %d bytes in %d rows, want just 20000", g, recordBytes(part), rg.Rows)
		}
		part.Release()
		shorter.Release()
	}
	if sum.Rows != 1000 || r.NumRows() != 1000 {
		t.Errorf("%d rows, want 1000", sum.Rows)
	}
}

// TestOrder: rows of a row group are sorted, and fingerprints follow their rows.
func TestOrder(t *testing.T) {
	f := newFiller(*seedFlag)
	rec := f.record(memory.DefaultAllocator, everyType, 500)
	defer rec.Release()
	layout := everyLayout
	layout.SortColumns = []string{"who.name", "flag", "ratio", "count"}
	prints := make([]uint64, 500)
	id := rec.Column(0).(*array.String)
	for i := range prints {
		if id.IsValid(i) {
			prints[i] = uint64(len(id.Value(i))) + 1000*uint64(i+1)
		}
	}
	var out memSource
	w, err := NewWriter((*appender)(&out), layout, WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Append(rec, prints); err != nil {
		t.Fatal(err)
	}
	sum, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	r := open(t, out)
	got := readAll(t, r, 0, Column{Path: []string{"who", "name"}}, Column{Path: []string{"flag"}}, Column{Path: []string{"id"}})
	type key struct{ name, flag string }
	var keys []key
	for i := range got[0] {
		k := key{got[0][i], got[1][i]}
		if k.name == "null" {
			k.name = "" // below the opening quote of every other name
		}
		if k.flag == "null" {
			k.flag = ""
		}
		keys = append(keys, k)
	}
	null := 0
	for null < len(keys) && keys[null].name == "" {
		null++
	}
	if slices.ContainsFunc(keys[null:], func(k key) bool { return k.name == "" }) || null == 0 {
		t.Error("NULL is not first")
	}
	for i := 1; i < len(keys); i++ {
		if keys[i].name == keys[i-1].name && keys[i].flag < keys[i-1].flag {
			t.Errorf("row %d: %v after %v", i, keys[i], keys[i-1])
		}
	}
	values := values(rec.Column(0))
	seen := 0
	for _, p := range sum.Fingerprints {
		from := int(p.Hash/1000) - 1
		if got[2][p.Row] != values[from] {
			t.Errorf("fingerprint of row %d, %s, is at row %d, %s", from, values[from], p.Row, got[2][p.Row])
		}
		seen++
	}
	if want := 500 - id.NullN(); seen != want {
		t.Errorf("%d fingerprints, want %d", seen, want)
	}
}

// appender is a memSource that grows by being written to.
type appender memSource

func (a *appender) Write(p []byte) (int, error) {
	*a = append(*a, p...)
	return len(p), nil
}

func TestLayoutValidate(t *testing.T) {
	change := func(f func(*Layout)) Layout {
		l := everyLayout
		f(&l)
		return l
	}
	tests := []struct {
		name   string
		layout Layout
		want   string
	}{
		{"fine", everyLayout, ""},
		{"no schema", Layout{}, "no schema"},
		{"time", change(func(l *Layout) { l.TimeColumn = "id" }), `time column "id"`},
		{"payload", change(func(l *Layout) { l.PayloadColumn = "who" }), `payload column "who"`},
		{"id", change(func(l *Layout) { l.IDColumn = "none" }), `id column "none"`},
		{"sort below a list", change(func(l *Layout) { l.SortColumns = []string{"resources.element.arn"} }), "sort column"},
		{"bloom of a struct", change(func(l *Layout) { l.BloomColumns = []string{"who"} }), "bloom column"},
		{"type", Layout{Schema: arrow.NewSchema([]arrow.Field{field("x", arrow.PrimitiveTypes.Int8)}, nil)}, "int8 is not supported"},
		{"zone", Layout{Schema: arrow.NewSchema([]arrow.Field{field("x", arrow.FixedWidthTypes.Timestamp_us)}, nil)}, "not supported"},
		{"twice", Layout{Schema: arrow.NewSchema([]arrow.Field{field("x", arrow.PrimitiveTypes.Int32), field("x", arrow.PrimitiveTypes.Int32)}, nil)}, "used twice"},
		{"empty struct", Layout{Schema: arrow.NewSchema([]arrow.Field{field("x", arrow.StructOf())}, nil)}, "struct without fields"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.layout.Validate()
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("Validate() = %v, want %q", err, tt.want)
			}
		})
	}
}

func TestAppendRefuses(t *testing.T) {
	w, err := NewWriter(io.Discard, everyLayout, WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	other := newFiller(1).record(memory.DefaultAllocator, arrow.NewSchema(everyType.Fields()[1:], nil), 1)
	defer other.Release()
	if err := w.Append(other, nil); err == nil {
		t.Error("a record of another schema was taken")
	}
	w.Abort()
	rec := newFiller(1).record(memory.DefaultAllocator, everyType, 1)
	defer rec.Release()
	if err := w.Append(rec, nil); err == nil {
		t.Error("a record was taken after Abort")
	}
}

// TestNoRows: a segment without rows is a file like any other.
func TestNoRows(t *testing.T) {
	src, sum := write(t, everyLayout)
	r := open(t, src)
	if r.NumRows() != 0 || r.NumRowGroups() != 0 || sum.Rows != 0 || r.SchemaVersion() != 3 || r.Family() != "test" {
		t.Errorf("%d rows, %d row groups, version %d, family %s", r.NumRows(), r.NumRowGroups(), r.SchemaVersion(), r.Family())
	}
	if !r.Schema().Equal(everyType) {
		t.Errorf("schema is %s", r.Schema())
	}
}
