package function

import (
	"cmp"
	"slices"

	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/types"
)

// collectors keep values: one, the best ones, or all.
var collectors = []aggEntry{
	{sig: "arbitrary(T) T", make: anyValue, repeats: RepeatsNothing},
	{sig: "any_value(T) T", make: anyValue, repeats: RepeatsNothing},
	{sig: "array_agg(T) array(T)", make: arrayAgg},
	{sig: "map_agg(K, V) map(K,V); K:comparable", make: mapAgg},
	{sig: "map_union(map(K,V)) map(K,V); K:comparable", make: mapUnion},
	{sig: "multimap_agg(K, V) map(K,array(V)); K:comparable", make: multimapAgg},
	{sig: "histogram(T) map(T,bigint); T:comparable", make: histogram},
	{sig: "approx_most_frequent(bigint, T, bigint) map(T,bigint); T:comparable", make: mostFrequent},
	{sig: "max_by(V, K) V; K:orderable", make: extremeBy(largest)},
	{sig: "min_by(V, K) V; K:orderable", make: extremeBy(smallest)},
	{sig: "max_by(V, K, bigint) array(V); K:orderable", make: topBy(largest, 1, 2)},
	{sig: "min_by(V, K, bigint) array(V); K:orderable", make: topBy(smallest, 1, 2)},
	{sig: "max(E, bigint) array(E); E:orderable", make: topBy(largest, 0, 1)},
	{sig: "min(E, bigint) array(E); E:orderable", make: topBy(smallest, 0, 1)},
}

// anyValue keeps the first value that is not NULL.
func anyValue(c *call) func(*Context) Accumulator {
	return func(ctx *Context) Accumulator {
		f := &folder[any]{ctx: ctx, c: c, fixed: 16}
		f.add = func(s *any, args []Value, row int) error {
			if *s == nil {
				*s = box(args[0].Array, args[0].Row(row))
				f.bytes += boxSize(*s)
			}
			return nil
		}
		f.merge = func(s, o *any) error {
			if *s == nil {
				*s = *o
			}
			return nil
		}
		f.emit = func(b array.Builder, s *any) error { unbox(b, *s); return nil }
		return f
	}
}

// arrayAgg keeps NULLs; a group without rows is NULL.
func arrayAgg(c *call) func(*Context) Accumulator {
	return func(ctx *Context) Accumulator {
		f := &folder[[]any]{ctx: ctx, c: c, fixed: 24}
		f.add = func(s *[]any, args []Value, row int) error {
			v := box(args[0].Array, args[0].Row(row))
			f.bytes += boxSize(v) + 16
			*s = append(*s, v)
			return nil
		}
		f.merge = func(s, o *[]any) error {
			for _, v := range *o {
				f.bytes += boxSize(v) + 16
			}
			*s = append(*s, *o...)
			return nil
		}
		f.emit = func(b array.Builder, s *[]any) error {
			if *s == nil {
				b.AppendNull()
			} else {
				unbox(b, *s)
			}
			return nil
		}
		return f
	}
}

// keyed values of one group, in order of first appearance.
type keyedValues struct {
	places map[string]int
	keys   []any
	values []any
}

// place finds or makes the entry of a key; isNew tells which.
func (k *keyedValues) place(id string, key any) (at int, isNew bool) {
	if k.places == nil {
		k.places = map[string]int{}
	}
	at, ok := k.places[id]
	if !ok {
		at = len(k.keys)
		k.places[id] = at
		k.keys = append(k.keys, key)
		k.values = append(k.values, nil)
	}
	return at, !ok
}

func emitMap(b array.Builder, s *keyedValues) error {
	if s.places == nil {
		b.AppendNull()
	} else {
		unbox(b, boxedMap{s.keys, s.values})
	}
	return nil
}

// keyedFolder is a folder over maps; put changes the value of a key.
func keyedFolder(ctx *Context, c *call, key types.Type, put func(old any, isNew bool, v any) any) *folder[keyedValues] {
	f := &folder[keyedValues]{ctx: ctx, c: c, fixed: 64, emit: emitMap}
	var buf []byte
	set := func(s *keyedValues, id string, k, v any) {
		at, isNew := s.place(id, k)
		if isNew {
			f.bytes += int64(len(id)) + 64 + boxSize(k) + boxSize(v)
		}
		s.values[at] = put(s.values[at], isNew, v)
	}
	f.add = func(s *keyedValues, args []Value, row int) error {
		arr, at := args[0].Array, args[0].Row(row)
		if types.IsNull(arr, at) {
			return nil
		}
		buf = types.AppendKey(buf[:0], key, arr, at)
		var v any
		if len(args) > 1 {
			v = box(args[1].Array, args[1].Row(row))
		}
		if known, ok := s.places[string(buf)]; ok {
			s.values[known] = put(s.values[known], false, v)
			return nil
		}
		set(s, string(buf), box(arr, at), v)
		return nil
	}
	return f
}

// mergeKeyed merges two states entry by entry.
func mergeKeyed(f *folder[keyedValues], join func(a, b any) any) func(s, o *keyedValues) error {
	return func(s, o *keyedValues) error {
		ids := make([]string, len(o.keys))
		for id, at := range o.places {
			ids[at] = id
		}
		for i, id := range ids {
			at, isNew := s.place(id, o.keys[i])
			if isNew {
				s.values[at] = o.values[i]
				if list, ok := s.values[at].([]any); ok {
					s.values[at] = slices.Clip(list) // what is appended must not show in o's
				}
				f.bytes += int64(len(id)) + 64 + boxSize(o.keys[i]) + boxSize(o.values[i])
			} else {
				s.values[at] = join(s.values[at], o.values[i])
			}
		}
		return nil
	}
}

func keepFirst(a, _ any) any { return a }

// mapAgg keeps the first value of a key.
func mapAgg(c *call) func(*Context) Accumulator {
	return func(ctx *Context) Accumulator {
		f := keyedFolder(ctx, c, c.args[0], func(old any, isNew bool, v any) any {
			if isNew {
				return v
			}
			return old
		})
		f.merge = mergeKeyed(f, keepFirst)
		return f
	}
}

func multimapAgg(c *call) func(*Context) Accumulator {
	return func(ctx *Context) Accumulator {
		var f *folder[keyedValues]
		f = keyedFolder(ctx, c, c.args[0], func(old any, isNew bool, v any) any {
			f.bytes += boxSize(v) + 16
			list, _ := old.([]any)
			return append(list, v)
		})
		f.merge = mergeKeyed(f, func(a, b any) any { return append(a.([]any), b.([]any)...) })
		return f
	}
}

func histogram(c *call) func(*Context) Accumulator {
	return func(ctx *Context) Accumulator { return countKeys(ctx, c, c.args[0]) }
}

func countKeys(ctx *Context, c *call, key types.Type) *folder[keyedValues] {
	f := keyedFolder(ctx, c, key, func(old any, _ bool, _ any) any {
		n, _ := old.(int64)
		return n + 1
	})
	f.merge = mergeKeyed(f, func(a, b any) any { return a.(int64) + b.(int64) })
	return f
}

// mapUnion keeps the first value of a key over all maps.
func mapUnion(c *call) func(*Context) Accumulator {
	key := *c.args[0].Key
	return func(ctx *Context) Accumulator {
		f := &folder[keyedValues]{ctx: ctx, c: c, fixed: 64, emit: emitMap}
		f.add = func(s *keyedValues, args []Value, row int) error {
			l := listColumnOf(args[0])
			start, end, ok := l.at(row)
			if !ok {
				return nil
			}
			if s.places == nil {
				s.places = map[string]int{}
			}
			for k := start; k < end; k++ {
				id := string(types.AppendKey(nil, key, l.keys, k))
				if at, isNew := s.place(id, box(l.keys, k)); isNew {
					s.values[at] = box(l.items, k)
					f.bytes += int64(len(id)) + 64 + boxSize(s.keys[at]) + boxSize(s.values[at])
				}
			}
			return nil
		}
		merge := mergeKeyed(f, keepFirst)
		f.merge = func(s, o *keyedValues) error {
			if s.places == nil && o.places != nil {
				s.places = map[string]int{}
			}
			return merge(s, o)
		}
		return f
	}
}

// mostFrequent counts all values, so the counts are exact.
func mostFrequent(c *call) func(*Context) Accumulator {
	return func(ctx *Context) Accumulator {
		inner := countKeys(ctx, c, c.args[1])
		buckets := int64(0)
		add := inner.add
		inner.add = func(s *keyedValues, args []Value, row int) error {
			n := args[0]
			if types.IsNull(n.Array, n.Row(row)) {
				return invalidArgument("approx_most_frequent bucket count must be greater than one")
			}
			if buckets = n.Array.(*array.Int64).Value(n.Row(row)); buckets < 2 {
				return invalidArgument("approx_most_frequent bucket count must be greater than one, input bucket count: %d", buckets)
			}
			return add(s, args[1:2], row)
		}
		merge := inner.merge
		inner.merge = func(s, o *keyedValues) error { return merge(s, o) }
		inner.emit = func(b array.Builder, s *keyedValues) error {
			order := make([]int, len(s.keys))
			for i := range order {
				order[i] = i
			}
			slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(s.values[b].(int64), s.values[a].(int64)) })
			if s.places == nil {
				b.AppendNull()
				return nil
			}
			if buckets > 0 && int64(len(order)) > buckets {
				order = order[:buckets]
			}
			top := boxedMap{}
			for _, i := range order {
				top.keys, top.values = append(top.keys, s.keys[i]), append(top.values, s.values[i])
			}
			unbox(b, top)
			return nil
		}
		return inner
	}
}

// pair is a value and what it is ordered by.
type pair struct{ value, by any }

// extremeBy makes max_by and min_by: the value may be NULL, rows without a key do not count.
func extremeBy(want wanted) aggMaker {
	return func(c *call) func(*Context) Accumulator {
		return func(ctx *Context) Accumulator {
			f := &folder[pair]{ctx: ctx, c: c, fixed: 32}
			wins := func(s *pair, by any) bool { return s.by == nil || want.betterBoxed(by, s.by) }
			f.add = func(s *pair, args []Value, row int) error {
				by := box(args[1].Array, args[1].Row(row))
				if by == nil {
					return nil
				}
				if wins(s, by) {
					f.bytes -= boxSize(s.value) + boxSize(s.by)
					*s = pair{box(args[0].Array, args[0].Row(row)), by}
					f.bytes += boxSize(s.value) + boxSize(s.by)
				}
				return nil
			}
			f.merge = func(s, o *pair) error {
				if o.by == nil {
					return nil
				}
				if wins(s, o.by) {
					f.bytes += boxSize(o.value) + boxSize(o.by) - boxSize(s.value) - boxSize(s.by)
					*s = *o
				}
				return nil
			}
			f.emit = func(b array.Builder, s *pair) error { unbox(b, s.value); return nil }
			return f
		}
	}
}

// top is the best n of a group; pairs are sorted when there are more than 2n.
type top struct {
	n     int64
	pairs []pair
}

// checkTop refuses a count of values that is not between 1 and maxArray.
func checkTop(want wanted, by bool, n int64) error {
	name, place := "max", "second"
	if want == smallest {
		name = "min"
	}
	rule := "must be positive"
	if by {
		name, place, rule = name+"_by", "third", "must be a positive integer"
	} else {
		name += "_n"
	}
	switch {
	case n <= 0:
		return invalidArgument("%s argument of %s %s", place, name, rule)
	case n > maxArray:
		return invalidArgument("%s argument of %s must be less than or equal to %d; found %d", place, name, maxArray, n)
	}
	return nil
}

// topBy makes the forms with a count.
func topBy(want wanted, byArg, countArg int) aggMaker {
	return func(c *call) func(*Context) Accumulator {
		return func(ctx *Context) Accumulator {
			f := &folder[top]{ctx: ctx, c: c, fixed: 40}
			f.add = func(s *top, args []Value, row int) error {
				by := box(args[byArg].Array, args[byArg].Row(row))
				count := args[countArg]
				if by == nil || types.IsNull(count.Array, count.Row(row)) {
					return nil
				}
				s.n = count.Array.(*array.Int64).Value(count.Row(row))
				if err := checkTop(want, byArg > 0, s.n); err != nil {
					return err
				}
				p := pair{by: by}
				if byArg > 0 {
					p.value = box(args[0].Array, args[0].Row(row))
				} else {
					p.value = by
				}
				f.bytes += boxSize(p.value) + boxSize(p.by)
				s.pairs = append(s.pairs, p)
				if int64(len(s.pairs)) > 2*s.n+16 {
					shrink(f, s, want)
				}
				return nil
			}
			f.merge = func(s, o *top) error {
				s.n = max(s.n, o.n)
				s.pairs = append(s.pairs, o.pairs...)
				return nil
			}
			f.emit = func(b array.Builder, s *top) error {
				if s.pairs == nil {
					b.AppendNull()
					return nil
				}
				shrink(f, s, want)
				values := make([]any, len(s.pairs))
				for i, p := range s.pairs {
					values[i] = p.value
				}
				unbox(b, values)
				return nil
			}
			return f
		}
	}
}

// shrink sorts the pairs and keeps the best n.
func shrink(f *folder[top], s *top, want wanted) {
	slices.SortStableFunc(s.pairs, func(a, b pair) int { return -compareBoxed(a.by, b.by, want == largest) * int(want) })
	if int64(len(s.pairs)) > s.n {
		for _, p := range s.pairs[s.n:] {
			f.bytes -= boxSize(p.value) + boxSize(p.by)
		}
		clear(s.pairs[s.n:])
		s.pairs = s.pairs[:s.n]
	}
}
