package segment

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// textRecord has a column of texts and a map of texts, most of them unlike.
func textRecord(rng *rand.Rand, rows int) (rec arrow.Record, plain, items [][]string) {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "text", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "map", Type: arrow.MapOf(arrow.BinaryTypes.String, arrow.BinaryTypes.String), Nullable: true},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	word := func() string {
		return fmt.Sprintf("%s/%016x", []string{"bücher", "logs", ""}[rng.IntN(3)], rng.Uint64()>>rng.IntN(60))
	}
	texts, pairs := b.Field(0).(*array.StringBuilder), b.Field(1).(*array.MapBuilder)
	for range rows {
		var own, of []string
		if rng.IntN(4) == 0 {
			texts.AppendNull()
		} else {
			own = []string{word()}
			texts.Append(own[0])
		}
		pairs.Append(true)
		for k := range rng.IntN(3) {
			of = append(of, word())
			pairs.KeyBuilder().(*array.StringBuilder).Append(fmt.Sprint("k", k))
			pairs.ItemBuilder().(*array.StringBuilder).Append(of[k])
		}
		plain, items = append(plain, own), append(items, of)
	}
	return b.NewRecord(), plain, items
}

// TestTextFilter: every part of every text is found, few others are.
func TestTextFilter(t *testing.T) {
	rng := rand.New(rand.NewPCG(*seedFlag, 0))
	rec, plain, items := textRecord(rng, 1000)
	defer rec.Release()
	src, _ := write(t, Layout{Schema: rec.Schema(), TextColumns: []string{"text", "map.value"}, RowGroupRows: 300}, rec)
	r := open(t, src)
	for path, rows := range map[string][][]string{"text": plain, "map.value": items} {
		for i, texts := range rows {
			for _, s := range texts {
				from := rng.IntN(len(s) + 1)
				part := s[from : from+rng.IntN(len(s)-from+1)]
				if may, err := r.MayHold(i/300, path, part); !may || err != nil {
					t.Fatalf("%s: %q of row %d cannot be there: %v", path, part, i, err)
				}
			}
		}
		found := 0
		for range 1000 {
			may, err := r.MayHold(rng.IntN(4), path, fmt.Sprintf("%016x", rng.Uint64()))
			if err != nil {
				t.Fatal(err)
			}
			if may {
				found++
			}
		}
		if found > 100 {
			t.Errorf("%s: %d of 1000 other texts can be there: the filter is hardly used", path, found)
		}
	}
	for _, path := range []string{"map.key", "map", "none"} {
		if may, err := r.MayHold(0, path, "not a text of any row"); !may || err != nil {
			t.Errorf("%s has no filter, but a text cannot be there: %v", path, err)
		}
	}
	place := r.texts["text"][2]
	for _, at := range []int64{0, 5, place[1] - 1} {
		src[place[0]+at] ^= 1
		if may, err := r.MayHold(2, "text", "not a text of any row"); !may || err == nil {
			t.Errorf("byte %d of the filter flipped: possible is %v, error %v", at, may, err)
		}
		src[place[0]+at] ^= 1
	}
	if _, err := NewWriter(nil, Layout{Schema: rec.Schema(), TextColumns: []string{"map"}}, WriterOptions{}); err == nil {
		t.Error("a text column that is no leaf is accepted")
	}
}

// TestTextFilterByFormat: the bits are those that storage/FORMAT.md says.
func TestTextFilterByFormat(t *testing.T) {
	rec, _, items := textRecord(rand.New(rand.NewPCG(*seedFlag, 1)), 50)
	defer rec.Release()
	src, _ := write(t, Layout{Schema: rec.Schema(), TextColumns: []string{"map.value"}}, rec)
	place := open(t, src).texts["map.value"][0]
	got := src[place[0]+4 : place[0]+place[1]]
	want := make([]byte, len(got))
	for _, texts := range items {
		for _, s := range texts {
			for i := 0; i+5 <= len(s); i++ {
				g := uint64(s[i])<<32 | uint64(s[i+1])<<24 | uint64(s[i+2])<<16 | uint64(s[i+3])<<8 | uint64(s[i+4])
				bit := ((g * 0x9E3779B97F4A7C15) >> 32) * uint64(8*len(want)) >> 32
				want[bit/8] |= 1 << (bit % 8)
			}
		}
	}
	if string(got) != string(want) {
		t.Errorf("bits are %x, want %x", got, want)
	}
}
