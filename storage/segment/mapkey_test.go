package segment

import (
	"errors"
	"fmt"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// TestKeysWithoutValues: keys and values that are not of the same rows are damage,
// whether the values are coded or not.
func TestKeysWithoutValues(t *testing.T) {
	text := arrow.BinaryTypes.String
	schema := arrow.NewSchema([]arrow.Field{field("id", text), field("a", arrow.MapOf(text, text)), field("b", arrow.MapOf(text, text))}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	const rows = 3000
	for i := range rows {
		b.Field(0).(*array.StringBuilder).Append(fmt.Sprint(i))
		for column, entries := range []int{2, 1 + (i+1)%2} {
			m := b.Field(1 + column).(*array.MapBuilder)
			m.Append(true)
			for k := range entries {
				m.KeyBuilder().(*array.StringBuilder).Append(fmt.Sprint("k", k))
				m.ItemBuilder().(*array.StringBuilder).Append(fmt.Sprint("v", i%7))
			}
		}
	}
	rec := b.NewRecord()
	defer rec.Release()
	src, _ := write(t, Layout{Schema: schema, IDColumn: "id"}, rec)
	r := open(t, src)
	a, other := r.tree.find([]string{"a"}), r.tree.find([]string{"b"})
	for _, codes := range []bool{true, false} {
		mixed := &node{children: []*node{a.children[0], other.children[1]}}
		mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
		k, _, err := r.keyReader(0, mixed, "k1", codes, mem, new(int64))
		if err != nil {
			t.Fatal(err)
		}
		if err := k.next(rows); !errors.Is(err, ErrCorrupt) {
			t.Errorf("codes %v: %v, want ErrCorrupt", codes, err)
		}
		k.release()
		mem.AssertSize(t, 0)
	}
}
