package function

import (
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/types"
)

// mapAccess reads maps.
var mapAccess = []entry{
	{sig: "element_at(map(K,V), K) V", make: lookup(false)},
	{sig: "[](map(K,V), K) V; K:comparable", make: lookup(true)},
	{sig: "map_keys(map(K,V)) array(K)", make: mapPart(0)},
	{sig: "map_values(map(K,V)) array(V)", make: mapPart(1)},
	{sig: "map_entries(map(K,V)) array(row(K,V))", make: mapEntries},
	{sig: "map() map(unknown,unknown)", make: emptyMap},
	{sig: "map(array(K), array(V)) map(K,V); K:comparable", make: mapFromArrays},
	{sig: "map_from_entries(array(row(K,V))) map(K,V); K:comparable", make: mapFromEntries},
	{sig: "multimap_from_entries(array(row(K,V))) map(K,array(V)); K:comparable", make: multimapFromEntries},
	{sig: "map_concat(map(K,V), map(K,V)...) map(K,V)", result: severalMaps, make: mapConcat},
}

func severalMaps(args []types.Type) (types.Type, error) {
	if len(args) < 2 {
		return types.Type{}, invalidArgument("There must be two or more concatenation arguments to map_concat")
	}
	return args[0], nil
}

// lookup makes element_at (NULL when the key is absent) and the subscript (an error then).
func lookup(strict bool) maker {
	return func(c *call) Kernel {
		slow := lookupAny(strict)(c)
		if c.args[0].Key.Kind != types.Varchar || c.args[0].Elem.Kind != types.Varchar {
			return slow
		}
		return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
			m, ok := args[0].Array.(*array.Map)
			if !ok {
				return slow(ctx, args, rows)
			}
			keys, items := valuesOf[string](m.Keys()), valuesOf[string](m.Items())
			want := columnOf[string](args[1])
			return each(ctx, c, rows, func(i int) (string, error) {
				r := args[0].Row(i)
				if m.IsNull(r) || want.null(i) {
					return "", errNull
				}
				key := want.at(i)
				start, end := m.ValueOffsets(r)
				for k := int(start); k < int(end); k++ {
					if keys.Value(k) == key {
						if items.IsNull(k) {
							return "", errNull
						}
						return items.Value(k), nil
					}
				}
				if strict {
					return "", invalidArgument("Key not present in map: %s", key)
				}
				return "", errNull
			})
		}
	}
}

func lookupAny(strict bool) maker {
	return generic(func(c *call, args []Value) func(array.Builder, int) error {
		l, want, t := listColumnOf(args[0]), args[1], c.args[1]
		m, isMap := args[0].Array.(*array.Map)
		return func(b array.Builder, row int) error {
			_, _, ok := l.at(row)
			if !ok || !isMap || types.IsNull(want.Array, want.Row(row)) {
				b.AppendNull()
				return nil
			}
			at := types.FindKey(t, m, args[0].Row(row), want.Array, want.Row(row))
			if isNaN(t, want.Array, want.Row(row)) {
				at = -1 // equals no key
			}
			switch {
			case at >= 0:
				types.AppendFrom(b, l.items, at)
			case strict && len(t.Fields) > 0:
				return invalidArgument("Key not present in map")
			case strict:
				return invalidArgument("Key not present in map: %s", types.AppendText(nil, t, want.Array, want.Row(row)))
			default:
				b.AppendNull()
			}
			return nil
		}
	})
}

func isNaN(t types.Type, arr arrow.Array, row int) bool {
	switch t.Kind {
	case types.Real, types.Double:
		eq, _ := types.Equal(t, arr, row, arr, row)
		return !eq
	}
	return false
}

// mapPart makes map_keys (0) and map_values (1): the same lists over one of the two element arrays.
func mapPart(part int) maker {
	return func(c *call) Kernel {
		return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
			l, err := flatten(ctx, args[0], rows)
			if err != nil {
				return nil, err
			}
			defer l.release()
			return l.build(ctx.Mem, c.result, l.elements[part]), nil
		}
	}
}

var mapEntries = generic(func(_ *call, args []Value) func(array.Builder, int) error {
	l := listColumnOf(args[0])
	return func(b array.Builder, row int) error {
		start, end, ok := l.at(row)
		if !ok {
			b.AppendNull()
			return nil
		}
		list := b.(*array.ListBuilder)
		list.Append(true)
		entry := list.ValueBuilder().(*array.StructBuilder)
		for k := start; k < end; k++ {
			entry.Append(true)
			types.AppendFrom(entry.FieldBuilder(0), l.keys, k)
			types.AppendFrom(entry.FieldBuilder(1), l.items, k)
		}
		return nil
	}
})

var emptyMap = generic(func(*call, []Value) func(array.Builder, int) error {
	return func(b array.Builder, _ int) error { b.(*array.MapBuilder).Append(true); return nil }
})

// keyText is a key as Trino's messages show it: a row is a list of its fields.
func keyText(t types.Type, arr arrow.Array, row int) string {
	if types.IsNull(arr, row) {
		return "null"
	}
	var parts []string
	switch a := arr.(type) {
	case *array.Struct:
		if t.Kind != types.Row {
			return string(types.AppendText(nil, t, arr, row))
		}
		for i, f := range t.Fields {
			parts = append(parts, keyText(f.Type, a.Field(i), row))
		}
	case *array.List:
		start, end := a.ValueOffsets(row)
		for i := start; i < end; i++ {
			parts = append(parts, keyText(*t.Elem, a.ListValues(), int(i)))
		}
	default:
		return string(types.AppendText(nil, t, arr, row))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// mapWriter appends maps and refuses NULL and repeated keys.
type mapWriter struct {
	b    *array.MapBuilder
	keys *keySet
}

func newMapWriter(b array.Builder, key types.Type) *mapWriter {
	return &mapWriter{b.(*array.MapBuilder), newKeySet(key)}
}

func (w *mapWriter) start() {
	w.b.Append(true)
	clear(w.keys.seen)
}

func (w *mapWriter) add(keys arrow.Array, k int, items arrow.Array, v int) error {
	if types.IsNull(keys, k) {
		return invalidArgument("map key cannot be null")
	}
	if !w.keys.add(keys, k) {
		return invalidArgument("Duplicate map keys (%s) are not allowed", keyText(w.keys.t, keys, k))
	}
	types.AppendFrom(w.b.KeyBuilder(), keys, k)
	types.AppendFrom(w.b.ItemBuilder(), items, v)
	return nil
}

var mapFromArrays = generic(func(c *call, args []Value) func(array.Builder, int) error {
	keys, items := listColumnOf(args[0]), listColumnOf(args[1])
	return func(b array.Builder, row int) error {
		ks, ke, okK := keys.at(row)
		vs, ve, okV := items.at(row)
		if !okK || !okV {
			b.AppendNull()
			return nil
		}
		if ke-ks != ve-vs {
			return invalidArgument("Key and value arrays must be the same length")
		}
		w := newMapWriter(b, *c.result.Key)
		w.start()
		nested := c.result.Key.Elem != nil || len(c.result.Key.Fields) > 0
		for k := range ke - ks {
			if _, known := types.Equal(*c.result.Key, keys.elements, ks+k, keys.elements, ks+k); nested && !known && !types.IsNull(keys.elements, ks+k) {
				return invalidArgument("map key cannot be indeterminate: %s", keyText(*c.result.Key, keys.elements, ks+k))
			}
			if err := w.add(keys.elements, ks+k, items.elements, vs+k); err != nil {
				return err
			}
		}
		return nil
	}
})

// entryFields takes array(row(K,V)) apart.
func entryFields(l listColumn, k int) (keys, items arrow.Array, err error) {
	s, ok := l.elements.(*array.Struct)
	if !ok || s.IsNull(k) {
		return nil, nil, invalidArgument("map entry cannot be null")
	}
	return s.Field(0), s.Field(1), nil
}

var mapFromEntries = generic(func(c *call, args []Value) func(array.Builder, int) error {
	l := listColumnOf(args[0])
	return func(b array.Builder, row int) error {
		start, end, ok := l.at(row)
		if !ok {
			b.AppendNull()
			return nil
		}
		w := newMapWriter(b, *c.result.Key)
		w.start()
		for k := start; k < end; k++ {
			keys, items, err := entryFields(l, k)
			if err != nil {
				return err
			}
			if err := w.add(keys, k, items, k); err != nil {
				return err
			}
		}
		return nil
	}
})

var multimapFromEntries = generic(func(c *call, args []Value) func(array.Builder, int) error {
	l, key := listColumnOf(args[0]), *c.result.Key
	return func(b array.Builder, row int) error {
		start, end, ok := l.at(row)
		if !ok {
			b.AppendNull()
			return nil
		}
		groups := map[string]int{}
		var members [][]int
		for k := start; k < end; k++ {
			keys, _, err := entryFields(l, k)
			if err != nil {
				return err
			}
			if types.IsNull(keys, k) {
				return invalidArgument("map key cannot be null")
			}
			id := string(types.AppendKey(nil, key, keys, k))
			g, ok := groups[id]
			if !ok {
				g = len(members)
				groups[id] = g
				members = append(members, nil)
			}
			members[g] = append(members[g], k)
		}
		m := b.(*array.MapBuilder)
		m.Append(true)
		for _, g := range members {
			keys, items, _ := entryFields(l, g[0])
			types.AppendFrom(m.KeyBuilder(), keys, g[0])
			list := m.ItemBuilder().(*array.ListBuilder)
			list.Append(true)
			for _, k := range g {
				types.AppendFrom(list.ValueBuilder(), items, k)
			}
		}
		return nil
	}
})

// mapConcat takes the last map's value of a key that several have.
var mapConcat = generic(func(c *call, args []Value) func(array.Builder, int) error {
	cols := make([]listColumn, len(args))
	for i, a := range args {
		cols[i] = listColumnOf(a)
	}
	key := *c.result.Key
	type place struct{ col, at int }
	return func(b array.Builder, row int) error {
		where := map[string]int{}
		var entries []place
		for i, l := range cols {
			start, end, ok := l.at(row)
			if !ok {
				b.AppendNull()
				return nil
			}
			for k := start; k < end; k++ {
				id := string(types.AppendKey(nil, key, l.keys, k))
				if at, seen := where[id]; seen {
					entries[at] = place{i, k}
					continue
				}
				where[id] = len(entries)
				entries = append(entries, place{i, k})
			}
		}
		m := b.(*array.MapBuilder)
		m.Append(true)
		for _, e := range entries {
			types.AppendFrom(m.KeyBuilder(), cols[e.col].keys, e.at)
			types.AppendFrom(m.ItemBuilder(), cols[e.col].items, e.at)
		}
		return nil
	}
})
