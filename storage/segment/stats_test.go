package segment

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

func TestShortBounds(t *testing.T) {
	tests := []struct {
		name   string
		in     string
		n      int
		lo, hi string
		ok     bool
	}{
		{"short", "abc", 4, "abc", "abc", true},
		{"exact", "abcd", 4, "abcd", "abcd", true},
		{"ascii", "abcdef", 4, "abcd", "abce", true},
		{"inside a character", "abcéf", 4, "abc", "abd", true},
		{"before the surrogates", "ab\uD7FFxx", 5, "ab\uD7FF", "ab\uE000", true},
		{"largest character", "ab\U0010FFFFxx", 6, "ab\U0010FFFF", "ac", true},
		{"nothing to raise", "\U0010FFFF\U0010FFFFx", 8, "\U0010FFFF\U0010FFFF", "", false},
		{"not text", "a\xff\xff\xff\xffz", 4, "a\xff\xff\xff", "b", true},
		{"not text, nothing to raise", "\xff\xff\xff\xff\xff", 4, "\xff\xff\xff\xff", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := shortMin(tt.in, tt.n); got != tt.lo {
				t.Errorf("shortMin(%q) = %q, want %q", tt.in, got, tt.lo)
			}
			hi, ok := shortMax(tt.in, tt.n)
			if ok != tt.ok || ok && hi != tt.hi {
				t.Errorf("shortMax(%q) = %q, %v, want %q, %v", tt.in, hi, ok, tt.hi, tt.ok)
			}
			if ok && hi < tt.in {
				t.Errorf("shortMax(%q) = %q is no upper bound", tt.in, hi)
			}
			if utf8.ValidString(tt.in) && !utf8.ValidString(hi) {
				t.Errorf("shortMax(%q) = %q is no text", tt.in, hi)
			}
		})
	}
}

func TestColumnStatsJSON(t *testing.T) {
	for _, s := range []ColumnStats{
		{Nulls: 3},
		{Values: 2, Min: "a", Max: "b<&é", Exact: true, Set: []string{"a", "b<&é"}},
		{Values: 2, Min: int64(math.MinInt64), Max: int64(math.MaxInt64), Exact: true},
		{Values: 2, Min: -0.5, Max: 1e300},
		{Values: 1, Min: false, Max: true, Exact: true},
	} {
		raw, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var got ColumnStats
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, s) {
			t.Errorf("%s: got %+v, want %+v", raw, got, s)
		}
	}
}

// leafValues returns the values of a top-level column.
func leafValues(rec arrow.Record, i int) []any {
	var out []any
	for row := range int(rec.NumRows()) {
		if rec.Column(i).IsNull(row) {
			continue
		}
		switch a := rec.Column(i).(type) {
		case *array.String:
			out = append(out, strings.Clone(a.Value(row)))
		case *array.Int64:
			out = append(out, a.Value(row))
		case *array.Int32:
			out = append(out, int64(a.Value(row)))
		case *array.Timestamp:
			out = append(out, int64(a.Value(row)))
		case *array.Float64:
			out = append(out, a.Value(row))
		case *array.Boolean:
			out = append(out, a.Value(row))
		}
	}
	return out
}

// TestStatistics: bounds bound, counts count, and nothing that is there is ruled out.
func TestStatistics(t *testing.T) {
	f := newFiller(*seedFlag)
	f.words = append(f.words, strings.Repeat("z", 300), "\U0010FFFF"+strings.Repeat("z", 300))
	rec := f.record(memory.DefaultAllocator, everyType, 2000)
	defer rec.Release()
	layout := everyLayout
	layout.RowGroupRows = 700
	layout.SortColumns = nil
	src, sum := write(t, layout, rec)
	r := open(t, src)
	for i, fld := range everyType.Fields() {
		if _, ok := leafKind(fld.Type); !ok || fld.Name == "raw" {
			continue
		}
		total := sum.Columns[fld.Name]
		for g := range r.NumRowGroups() {
			rg := r.RowGroup(g)
			part := rec.NewSlice(rg.FirstRow, rg.FirstRow+rg.Rows)
			vals := leafValues(part, i)
			part.Release()
			s, ok := r.Stats(g, fld.Name)
			if !ok || s.Values != int64(len(vals)) || s.Nulls != rg.Rows-int64(len(vals)) {
				t.Errorf("%s: %d values and %d NULLs, want %d of %d", fld.Name, s.Values, s.Nulls, len(vals), rg.Rows)
			}
			for _, v := range vals {
				for _, st := range []ColumnStats{s, total} {
					if st.Min != nil && (compareValues(v, st.Min) < 0 || compareValues(v, st.Max) > 0) {
						t.Fatalf("%s: value %v is outside %v to %v", fld.Name, v, st.Min, st.Max)
					}
				}
				if ok, err := r.MayContain(g, fld.Name, v); err != nil || !ok {
					t.Fatalf("%s: value %v is ruled out: %v", fld.Name, v, err)
				}
			}
			dict, ok, err := r.Dictionary(g, fld.Name)
			if err != nil || ok != r.HasDictionary(g, fld.Name) {
				t.Fatalf("%s: dictionary: %v, %v", fld.Name, ok, err)
			}
			if !ok {
				continue
			}
			for _, v := range vals {
				if !slices.Contains(dict, v.(string)) {
					t.Fatalf("%s: %q is not in the dictionary", fld.Name, v)
				}
			}
		}
		if fld.Name != "body" && total.Values > 0 && total.Min == nil {
			t.Errorf("%s: no bounds", fld.Name)
		}
	}
	if !r.HasDictionary(0, "who.name") || r.HasDictionary(0, "id") {
		t.Error("want a dictionary for who.name and none for id")
	}
}

// TestBloom: filters rule most absent values out.
func TestBloom(t *testing.T) {
	f := newFiller(*seedFlag)
	rec := f.record(memory.DefaultAllocator, everyType, 3000)
	defer rec.Release()
	src, _ := write(t, everyLayout, rec)
	r := open(t, src)
	for _, path := range everyLayout.BloomColumns {
		if !r.HasBloom(0, path) {
			t.Errorf("%s has no bloom filter", path)
		}
	}
	wrong := 0
	for range 2000 {
		ok, err := r.MayContain(0, "id", f.text(true)+"?")
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			wrong++
		}
	}
	if wrong > 60 {
		t.Errorf("%d of 2000 absent ids pass, want below 3%%", wrong)
	}
}

// TestSets: few values are kept as a set, also across row groups.
func TestSets(t *testing.T) {
	f := newFiller(*seedFlag)
	f.words = []string{"b", "a", "c"}
	rec := f.record(memory.DefaultAllocator, everyType, 900)
	defer rec.Release()
	layout := everyLayout
	layout.RowGroupRows = 200
	_, sum := write(t, layout, rec)
	if got := sum.Columns["who.name"].Set; !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("set of who.name is %q", got)
	}
	if got := sum.Columns["id"].Set; got != nil {
		t.Errorf("set of id is %q, want none", got)
	}
}
