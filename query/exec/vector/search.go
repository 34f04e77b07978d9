package vector

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Search tells for each text of a column whether it holds; NULL for NULL. Steps lead
// from the column to the texts as those of a plan.Search: where the column is a list
// or map, it is whether it holds for any of the texts in it; NULL where it does for
// none and one is NULL.
func Search(mem memory.Allocator, column arrow.Array, steps []string, holds func(text []byte) bool) (arrow.Array, error) {
	b := array.NewBooleanBuilder(mem)
	defer b.Release()
	b.Reserve(column.Len())
	lists, isList := column.(array.ListLike)
	if !isList {
		texts, err := textsBelow(column, steps)
		if err != nil {
			return nil, err
		}
		for i := range texts.Len() {
			if texts.IsNull(i) {
				b.AppendNull()
				continue
			}
			b.Append(holds([]byte(texts.Value(i))))
		}
		return b.NewArray(), nil
	}
	elements := lists.ListValues()
	if pairs, isMap := lists.(*array.Map); isMap {
		if elements = pairs.Keys(); steps[0] == "value" {
			elements = pairs.Items()
		}
	}
	texts, err := textsBelow(elements, steps[1:])
	if err != nil {
		return nil, err
	}
	for i := range lists.Len() {
		held, unknown := false, lists.IsNull(i)
		if !unknown {
			from, to := lists.ValueOffsets(i)
			for j := int(from); j < int(to) && !held; j++ {
				if texts.IsNull(j) {
					unknown = true
				} else {
					held = holds([]byte(texts.Value(j)))
				}
			}
		}
		if unknown && !held {
			b.AppendNull()
			continue
		}
		b.Append(held)
	}
	return b.NewArray(), nil
}

// textsBelow goes down to a field.
func textsBelow(column arrow.Array, names []string) (*array.String, error) {
	for _, name := range names {
		group, ok := column.(*array.Struct)
		if !ok {
			return nil, fmt.Errorf("search in field %s of %s", name, column.DataType())
		}
		i, ok := group.DataType().(*arrow.StructType).FieldIdx(name)
		if !ok {
			return nil, fmt.Errorf("search in %s: no field %s", column.DataType(), name)
		}
		column = group.Field(i) // the builder makes the fields of a NULL row NULL
	}
	texts, ok := column.(*array.String)
	if !ok {
		return nil, fmt.Errorf("search in %s", column.DataType())
	}
	return texts, nil
}
