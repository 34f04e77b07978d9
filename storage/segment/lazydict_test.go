package segment

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// bigDictionary is a segment whose map has a dictionary of several blocks.
func bigDictionary(t testing.TB) *Reader {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{
		field("id", arrow.BinaryTypes.String), field("tags", arrow.MapOf(arrow.BinaryTypes.String, arrow.BinaryTypes.String)),
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 60000 {
		b.Field(0).(*array.StringBuilder).Append(fmt.Sprint(i))
		m := b.Field(1).(*array.MapBuilder)
		m.Append(true)
		add := func(k, v string) {
			m.KeyBuilder().(*array.StringBuilder).Append(k)
			m.ItemBuilder().(*array.StringBuilder).Append(v)
		}
		add("many", fmt.Sprintf("value %d of many, %x, %d", i%12000, i%12000*7919, i%12000*104729))
		if i > 0 {
			add("few", fmt.Sprint("few ", r.IntN(10)))
		}
		if i == 59999 {
			add("empty", "")
		}
	}
	rec := b.NewRecord()
	defer rec.Release()
	src, _ := write(t, Layout{Schema: schema, IDColumn: "id"}, rec)
	return open(t, src)
}

// TestLazyDictionary compares its values, in any order, with those of the
// dictionary that is read at once.
func TestLazyDictionary(t *testing.T) {
	r := bigDictionary(t)
	leaf := r.tree.leafByPath("tags.value")
	all := r.chunk(0, leaf, new(int64))
	if err := all.readDictionary(); err != nil {
		t.Fatal(err)
	}
	if n := all.meta.TotalUncompressedSize; len(all.dict) < 12000 || n < 3*lazyStep {
		t.Fatalf("%d values in %d bytes: too small a dictionary", len(all.dict), n)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		c := r.chunk(0, leaf, new(int64))
		d, err := c.lazyDictionary()
		if err != nil {
			t.Fatal(err)
		}
		if c.dictCount != len(all.dict) {
			t.Fatalf("%d values, want %d", c.dictCount, len(all.dict))
		}
		for range 100 {
			code := rng.IntN(1 + rng.IntN(len(all.dict)))
			if got, err := d.value(int32(code)); err != nil || string(got) != all.dict[code] {
				t.Fatalf("value %d: %q, %v, want %q", code, got, err, all.dict[code])
			}
		}
		d.release()
		c.release()
	}
	c := r.chunk(0, leaf, new(int64))
	d, err := c.lazyDictionary()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.value(0); err != nil || len(d.data) > lazyStep {
		t.Errorf("%d bytes are decompressed for the first value: %v", len(d.data), err)
	}
	all.release()
}

// TestLazyDictionaryDamage: values that are not all there, and a page that cannot
// be decompressed or is shorter than it says, are damage.
func TestLazyDictionaryDamage(t *testing.T) {
	page := func(texts ...string) (raw []byte) {
		for _, s := range texts {
			raw = appendBytesValue(raw, s)
		}
		return raw
	}
	good := page("a", "", "bc")
	over := binary.LittleEndian.AppendUint32(page("a"), 1<<31)
	compressed := columnZstd().EncodeAll(good, nil)
	for name, d := range map[string]*lazyDictionary{
		"too few values":   {body: compressed, size: len(good)},
		"a length too big": {body: columnZstd().EncodeAll(over, nil), size: len(over)},
		"half a value":     {body: columnZstd().EncodeAll(good[:len(good)-1], nil), size: len(good) - 1},
		"a shorter page":   {body: compressed, size: len(good) + 1},
		"half a page":      {body: compressed[:len(compressed)/2], size: len(good)},
		"another page":     {body: []byte("not compressed"), size: len(good)},
	} {
		if err := d.open("x", slices.Clone(d.body), d.size); err != nil {
			t.Fatal(err)
		}
		var err error
		for code := int32(0); err == nil; code++ {
			_, err = d.value(code)
		}
		if !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v, want ErrCorrupt", name, err)
		}
		d.release()
	}
}
