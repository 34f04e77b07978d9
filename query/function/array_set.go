package function

import (
	"math/rand/v2"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/types"
)

// arraySets build arrays out of the elements of others.
var arraySets = []entry{
	{sig: "array_distinct(array(E)) array(E); E:comparable", make: arrayDistinct},
	{sig: "array_remove(array(E), E) array(E); E:comparable", make: arrayRemove},
	{sig: "array_sort(array(E)) array(E); E:orderable", make: arraySort},
	{sig: "slice(array(E), bigint, bigint) array(E)", make: slice},
	{sig: "trim_array(array(E), bigint) array(E)", make: trimArray},
	{sig: "reverse(array(E)) array(E)", make: reverseArray},
	{sig: "shuffle(array(E)) array(E)", make: shuffle, volatile: true},
	{sig: "array_union(array(E), array(E)) array(E); E:comparable", make: arrayUnion},
	{sig: "array_intersect(array(E), array(E)) array(E); E:comparable", make: keepIf(true)},
	{sig: "array_except(array(E), array(E)) array(E); E:comparable", make: keepIf(false)},
	{sig: "arrays_overlap(array(E), array(E)) boolean; E:comparable", make: arraysOverlap},
	{sig: "contains_sequence(array(T), array(T)) boolean; T:comparable", make: containsSequence},
	{sig: "concat(array(E), array(E)...) array(E)", make: concatArrays, result: twoOrMoreArrays},
	{sig: "concat(array(E), E) array(E)", make: appendElement(false)},
	{sig: "concat(E, array(E)) array(E)", make: appendElement(true)},
	{sig: "||(array(E), array(E)) array(E)", make: concatArrays},
	{sig: "||(array(E), E) array(E)", make: appendElement(false)},
	{sig: "||(E, array(E)) array(E)", make: appendElement(true)},
	{sig: "flatten(array(array(E))) array(E)", make: flattenArrays},
}

type picker = func(l listColumn, row, start, end int, pick []int32) ([]int32, error)

// keySet says whether an element was seen before; NULLs are alike.
type keySet struct {
	t    types.Type
	seen map[string]bool
	buf  []byte
}

func newKeySet(t types.Type) *keySet { return &keySet{t: t, seen: map[string]bool{}} }

func (s *keySet) has(arr arrow.Array, i int) bool {
	s.buf = types.AppendKey(s.buf[:0], s.t, arr, i)
	return s.seen[string(s.buf)]
}

// add reports whether the element is new.
func (s *keySet) add(arr arrow.Array, i int) bool {
	if s.has(arr, i) {
		return false
	}
	s.seen[string(s.buf)] = true
	return true
}

var arrayDistinct = picking(func(c *call, _ []Value) picker {
	set := newKeySet(*c.result.Elem)
	return func(l listColumn, _, start, end int, pick []int32) ([]int32, error) {
		clear(set.seen)
		for k := start; k < end; k++ {
			if set.add(l.elements, k) {
				pick = append(pick, int32(k))
			}
		}
		return pick, nil
	}
})

// arrayRemove drops the elements equal to the value; NULL elements stay.
var arrayRemove = picking(func(c *call, args []Value) picker {
	t, v := *c.result.Elem, args[1]
	return func(l listColumn, row, start, end int, pick []int32) ([]int32, error) {
		for k := start; k < end; k++ {
			if !types.IsNull(l.elements, k) {
				eq, err := elementEquals("array_remove", t, l, k, v.Array, v.Row(row))
				if err != nil {
					return nil, err
				}
				if eq {
					continue
				}
			}
			pick = append(pick, int32(k))
		}
		return pick, nil
	}
})

// arraySort puts NULLs last.
var arraySort = picking(func(c *call, _ []Value) picker {
	t := *c.result.Elem
	return func(l listColumn, _, start, end int, pick []int32) ([]int32, error) {
		from := len(pick)
		for k := start; k < end; k++ {
			pick = append(pick, int32(k))
		}
		slices.SortStableFunc(pick[from:], func(a, b int32) int {
			an, bn := types.IsNull(l.elements, int(a)), types.IsNull(l.elements, int(b))
			switch {
			case an && bn:
				return 0
			case an:
				return 1
			case bn:
				return -1
			}
			return types.CompareAll(t, l.elements, int(a), l.elements, int(b), false)
		})
		return pick, nil
	}
})

// slice takes length elements from start, which counts from the end when negative.
var slice = picking(func(_ *call, args []Value) picker {
	from, length := columnOf[int64](args[1]), columnOf[int64](args[2])
	return func(_ listColumn, row, start, end int, pick []int32) ([]int32, error) {
		n, i, size := int64(end-start), from.at(row), length.at(row)
		switch {
		case size < 0:
			return nil, invalidArgument("length must be greater than or equal to 0")
		case i == 0:
			return nil, invalidArgument("SQL array indices start at 1")
		case i < 0:
			i += n + 1
		}
		if i < 1 || i > n {
			return pick, nil
		}
		for k := i; k <= n && k-i < size; k++ {
			pick = append(pick, int32(start)+int32(k)-1)
		}
		return pick, nil
	}
})

var trimArray = picking(func(_ *call, args []Value) picker {
	count := columnOf[int64](args[1])
	return func(_ listColumn, row, start, end int, pick []int32) ([]int32, error) {
		n := count.at(row)
		switch {
		case n < 0:
			return nil, invalidArgument("size must not be negative: %d", n)
		case n > int64(end-start):
			return nil, invalidArgument("size must not exceed array cardinality %d: %d", end-start, n)
		}
		for k := start; k < end-int(n); k++ {
			pick = append(pick, int32(k))
		}
		return pick, nil
	}
})

var reverseArray = picking(func(_ *call, _ []Value) picker {
	return func(_ listColumn, _, start, end int, pick []int32) ([]int32, error) {
		for k := end - 1; k >= start; k-- {
			pick = append(pick, int32(k))
		}
		return pick, nil
	}
})

var shuffle = picking(func(_ *call, _ []Value) picker {
	return func(_ listColumn, _, start, end int, pick []int32) ([]int32, error) {
		for _, k := range rand.Perm(end - start) {
			pick = append(pick, int32(start+k))
		}
		return pick, nil
	}
})

var arrayUnion = generic(func(c *call, args []Value) func(array.Builder, int) error {
	a, b := listColumnOf(args[0]), listColumnOf(args[1])
	set := newKeySet(*c.result.Elem)
	return func(out array.Builder, row int) error {
		_, _, okA := a.at(row)
		_, _, okB := b.at(row)
		if !okA || !okB {
			out.AppendNull()
			return nil
		}
		list := out.(*array.ListBuilder)
		list.Append(true)
		clear(set.seen)
		for _, l := range []listColumn{a, b} {
			start, end, _ := l.at(row)
			for k := start; k < end; k++ {
				if set.add(l.elements, k) {
					types.AppendFrom(list.ValueBuilder(), l.elements, k)
				}
			}
		}
		return nil
	}
})

// keepIf makes array_intersect and array_except: distinct elements of the first
// array that are, or are not, in the second.
func keepIf(present bool) maker {
	return picking(func(c *call, args []Value) picker {
		other, second, first := listColumnOf(args[1]), newKeySet(*c.result.Elem), newKeySet(*c.result.Elem)
		return func(l listColumn, row, start, end int, pick []int32) ([]int32, error) {
			clear(first.seen)
			clear(second.seen)
			from, to, _ := other.at(row)
			for k := from; k < to; k++ {
				second.add(other.elements, k)
			}
			for k := start; k < end; k++ {
				if second.has(l.elements, k) == present && first.add(l.elements, k) {
					pick = append(pick, int32(k))
				}
			}
			return pick, nil
		}
	})
}

// arraysOverlap is NULL when there is no common element but a NULL one.
func arraysOverlap(c *call) Kernel {
	t := *c.args[0].Elem
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		a, b := listColumnOf(args[0]), listColumnOf(args[1])
		return each(ctx, c, rows, func(i int) (bool, error) {
			as, ae, okA := a.at(i)
			bs, be, okB := b.at(i)
			if !okA || !okB {
				return false, errNull
			}
			if as == ae || bs == be {
				return false, nil
			}
			set, hasNull := newKeySet(t), false
			for k := as; k < ae; k++ {
				hasNull = hasNull || types.IsNull(a.elements, k)
				set.add(a.elements, k)
			}
			for k := bs; k < be; k++ {
				if types.IsNull(b.elements, k) {
					hasNull = true
				} else if set.has(b.elements, k) {
					return true, nil
				}
			}
			if hasNull {
				return false, errNull
			}
			return false, nil
		})
	}
}

func containsSequence(c *call) Kernel {
	t := *c.args[0].Elem
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		a, b := listColumnOf(args[0]), listColumnOf(args[1])
		return each(ctx, c, rows, func(i int) (bool, error) {
			as, ae, okA := a.at(i)
			bs, be, okB := b.at(i)
			if !okA || !okB {
				return false, errNull
			}
			for from := as; from+be-bs <= ae; from++ {
				same := true
				for k := 0; same && k < be-bs; k++ {
					same = !types.Distinct(t, a.elements, from+k, b.elements, bs+k)
				}
				if same {
					return true, nil
				}
			}
			return false, nil
		})
	}
}

var concatArrays = generic(func(_ *call, args []Value) func(array.Builder, int) error {
	cols := make([]listColumn, len(args))
	for i, a := range args {
		cols[i] = listColumnOf(a)
	}
	return func(b array.Builder, row int) error {
		for _, l := range cols {
			if _, _, ok := l.at(row); !ok {
				b.AppendNull()
				return nil
			}
		}
		list := b.(*array.ListBuilder)
		list.Append(true)
		for _, l := range cols {
			start, end, _ := l.at(row)
			appendElements(list, l, start, end)
		}
		return nil
	}
})

func appendElements(b *array.ListBuilder, l listColumn, start, end int) {
	for k := start; k < end; k++ {
		types.AppendFrom(b.ValueBuilder(), l.elements, k)
	}
}

// appendElement makes array || element and element || array: NULL when either is.
func appendElement(before bool) maker {
	return generic(func(_ *call, args []Value) func(array.Builder, int) error {
		arr, elem := args[0], args[1]
		if before {
			arr, elem = elem, arr
		}
		l := listColumnOf(arr)
		return func(b array.Builder, row int) error {
			start, end, ok := l.at(row)
			if !ok || types.IsNull(elem.Array, elem.Row(row)) {
				b.AppendNull()
				return nil
			}
			list := b.(*array.ListBuilder)
			list.Append(true)
			if before {
				types.AppendFrom(list.ValueBuilder(), elem.Array, elem.Row(row))
			}
			appendElements(list, l, start, end)
			if !before {
				types.AppendFrom(list.ValueBuilder(), elem.Array, elem.Row(row))
			}
			return nil
		}
	})
}

// flattenArrays skips NULL arrays inside.
var flattenArrays = generic(func(_ *call, args []Value) func(array.Builder, int) error {
	outer := listColumnOf(args[0])
	inner := listColumnOf(Value{Array: outer.elements})
	return func(b array.Builder, row int) error {
		start, end, ok := outer.at(row)
		if !ok {
			b.AppendNull()
			return nil
		}
		list := b.(*array.ListBuilder)
		list.Append(true)
		for k := start; k < end; k++ {
			if from, to, ok := inner.at(k); ok {
				appendElements(list, inner, from, to)
			}
		}
		return nil
	}
})

func twoOrMoreArrays(args []types.Type) (types.Type, error) {
	if len(args) < 2 {
		return types.Type{}, invalidArgument("There must be two or more arguments to concat")
	}
	return args[0], nil
}
