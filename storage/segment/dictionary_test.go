package segment

import (
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// TestGroupByKey: the values of a key lie together, in the order of their first use,
// the keys with the fewest bytes first; every code still means its value.
func TestGroupByKey(t *testing.T) {
	values := []string{"a long value", "x", "b", "another", "x", "a long value", "last one", "y", "b"}
	keys := []string{"long", "short", "long", "long", "long", "long", "long", "other", "short"}
	dict, codes, ok := textDictionary(values)
	if !ok {
		t.Fatal("no dictionary")
	}
	dict, codes = groupByKey(dict, codes, keys)
	for i, code := range codes {
		if dict[code] != values[i] {
			t.Errorf("value %d is %q, want %q", i, dict[code], values[i])
		}
	}
	// "x" and "b" are of two keys each, "short" has fewer bytes than "long".
	if want := []string{"x", "b", "y", "a long value", "another", "last one"}; !slices.Equal(dict, want) {
		t.Errorf("dictionary %q, want %q", dict, want)
	}
}

// TestKeysFirst: in a segment's dictionary too the values of the key with few of
// them come first, so that little is decompressed for it.
func TestKeysFirst(t *testing.T) {
	r := bigDictionary(t)
	c := r.chunk(0, r.tree.leafByPath("tags.value"), new(int64))
	defer c.release()
	if err := c.readDictionary(); err != nil {
		t.Fatal(err)
	}
	if c.dict[0] != "" {
		t.Errorf("the first value is %q, want the only one of the key with the fewest bytes", c.dict[0])
	}
	for i, v := range c.dict[1:12] {
		if few := len(v) == 5 && v[:4] == "few "; few != (i < 10) {
			t.Errorf("value %d of the dictionary is %q", i+1, v)
		}
	}
}

// TestKeysOf compares the keys of values with a walk over the maps: NULLs, empty maps
// and values that are NULL have none.
func TestKeysOf(t *testing.T) {
	schema := arrow.NewSchema([]arrow.Field{field("m", arrow.MapOf(arrow.BinaryTypes.String, arrow.BinaryTypes.String))}, nil)
	f := newFiller(*seedFlag)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for range 500 {
		f.fill(b.Field(0), true, false)
	}
	rec := b.NewRecord()
	defer rec.Release()
	var order []rowRef
	var want []string
	m := rec.Column(0).(*array.Map)
	for i := m.Len() - 1; i >= 0; i-- {
		order = append(order, rowRef{row: int32(i)})
		if m.IsNull(i) {
			continue
		}
		from, to := m.ValueOffsets(i)
		for j := int(from); j < int(to); j++ {
			if m.Items().IsValid(j) {
				want = append(want, m.Keys().(*array.String).Value(j))
			}
		}
	}
	tree, err := newTree(schema, nil)
	if err != nil {
		t.Fatal(err)
	}
	w := &Writer{tree: tree, records: []arrow.Record{rec}}
	leaf := tree.leafByPath("m.value")
	var vals shredded
	newShredder(tree, leaf, &vals).rows(w.records, order)
	if got := w.keysOf(leaf, tree.keyOf(leaf), &vals, order); !slices.Equal(got, want) || len(got) != len(vals.strs) {
		t.Errorf("%d keys of %d values, want %d: %q, %q", len(got), len(vals.strs), len(want), got, want)
	}
}
