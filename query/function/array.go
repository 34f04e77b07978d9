package function

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/types"
)

// arrayAccess reads single elements of arrays.
var arrayAccess = []entry{
	{sig: "cardinality(array(E)) bigint", make: cardinality},
	{sig: "cardinality(map(K,V)) bigint", make: cardinality},
	{sig: "element_at(array(E), bigint) E", make: elementAt},
	{sig: "[](array(E), bigint) E", make: subscript},
	{sig: "array_first(array(E)) E", make: arrayEnd(func(start, _ int) int { return start })},
	{sig: "array_first(array(E), function(E,boolean)) E", make: firstMatch},
	{sig: "array_last(array(E)) E", make: arrayEnd(func(_, end int) int { return end - 1 })},
	{sig: "contains(array(T), T) boolean; T:comparable", make: arrayContains},
	{sig: "array_position(array(T), T) bigint; T:comparable", make: arrayPosition},
	{sig: "array_max(array(T)) T; T:orderable", make: arrayExtreme(largest)},
	{sig: "array_min(array(T)) T; T:orderable", make: arrayExtreme(smallest)},
	{sig: "array_join(array(E), varchar) varchar", result: joinable, make: arrayJoin},
	{sig: "array_join(array(E), varchar, varchar) varchar", result: joinable, make: arrayJoin},
}

func cardinality(c *call) Kernel {
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		l := listColumnOf(args[0])
		return each(ctx, c, rows, func(i int) (int64, error) {
			start, end, ok := l.at(i)
			if !ok {
				return 0, errNull
			}
			return int64(end - start), nil
		})
	}
}

// elementAt is NULL beyond the ends; a negative index counts from the last.
var elementAt = generic(func(_ *call, args []Value) func(array.Builder, int) error {
	l, index := listColumnOf(args[0]), columnOf[int64](args[1])
	return func(b array.Builder, row int) error {
		start, end, ok := l.at(row)
		if !ok || index.null(row) {
			b.AppendNull()
			return nil
		}
		n, i := int64(end-start), index.at(row)
		switch {
		case i == 0:
			return invalidArgument("SQL array indices start at 1")
		case i > n || i < -n:
			b.AppendNull()
		case i > 0:
			types.AppendFrom(b, l.elements, start+int(i)-1)
		default:
			types.AppendFrom(b, l.elements, end+int(i))
		}
		return nil
	}
})

var subscript = generic(func(_ *call, args []Value) func(array.Builder, int) error {
	l, index := listColumnOf(args[0]), columnOf[int64](args[1])
	return func(b array.Builder, row int) error {
		start, end, ok := l.at(row)
		if !ok || index.null(row) {
			b.AppendNull()
			return nil
		}
		switch i := index.at(row); {
		case i == 0:
			return invalidArgument("SQL array indices start at 1")
		case i < 0:
			return invalidArgument("Array subscript is negative: %d", i)
		case i > int64(end-start):
			return invalidArgument("Array subscript must be less than or equal to array length: %d > %d", i, end-start)
		default:
			types.AppendFrom(b, l.elements, start+int(i)-1)
		}
		return nil
	}
})

// arrayEnd makes array_first and array_last: NULL for an empty array.
func arrayEnd(which func(start, end int) int) maker {
	return generic(func(_ *call, args []Value) func(array.Builder, int) error {
		l := listColumnOf(args[0])
		return func(b array.Builder, row int) error {
			start, end, ok := l.at(row)
			if !ok || start == end {
				b.AppendNull()
			} else {
				types.AppendFrom(b, l.elements, which(start, end))
			}
			return nil
		}
	})
}

// findElement looks for a value in l's elements; found is known to be false
// only when no element is NULL. Whether an element equals must be known.
func findElement(name string, t types.Type, l listColumn, start, end int, arr arrow.Array, at int) (place int, known bool, err error) {
	known = true
	for k := start; k < end; k++ {
		if types.IsNull(l.elements, k) {
			known = false
			continue
		}
		eq, err := elementEquals(name, t, l, k, arr, at)
		if eq || err != nil {
			return k, true, err
		}
	}
	return -1, known, nil
}

// elementEquals refuses what compares as NULL, because of a NULL inside.
func elementEquals(name string, t types.Type, l listColumn, k int, arr arrow.Array, at int) (bool, error) {
	eq, sure := types.Equal(t, l.elements, k, arr, at)
	if !eq && !sure {
		return false, fault(ast.NotSupported, "%s does not support arrays with elements that are null or contain null", name)
	}
	return eq, nil
}

// arrayContains is NULL when the value is not there and an element is NULL.
func arrayContains(c *call) Kernel {
	t := c.args[1]
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		l, v := listColumnOf(args[0]), args[1]
		return each(ctx, c, rows, func(i int) (bool, error) {
			start, end, ok := l.at(i)
			if !ok || types.IsNull(v.Array, v.Row(i)) {
				return false, errNull
			}
			at, known, err := findElement("contains", t, l, start, end, v.Array, v.Row(i))
			if at < 0 && !known {
				return false, errNull
			}
			return at >= 0, err
		})
	}
}

func arrayPosition(c *call) Kernel {
	t := c.args[1]
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		l, v := listColumnOf(args[0]), args[1]
		return each(ctx, c, rows, func(i int) (int64, error) {
			start, end, ok := l.at(i)
			if !ok || types.IsNull(v.Array, v.Row(i)) {
				return 0, errNull
			}
			at, _, err := findElement("array_position", t, l, start, end, v.Array, v.Row(i))
			if at < 0 {
				return 0, nil
			}
			return int64(at-start) + 1, err
		})
	}
}

// arrayExtreme makes array_max and array_min: NULL when any element is.
func arrayExtreme(want wanted) maker {
	return generic(func(c *call, args []Value) func(array.Builder, int) error {
		l := listColumnOf(args[0])
		return func(b array.Builder, row int) error {
			start, end, ok := l.at(row)
			best := -1
			for k := start; ok && k < end; k++ {
				if types.IsNull(l.elements, k) {
					best = -1
					break
				}
				if best < 0 || want.better(c.result, l.elements, k, l.elements, best) {
					best = k
				}
			}
			if best < 0 {
				b.AppendNull()
			} else {
				types.AppendFrom(b, l.elements, best)
			}
			return nil
		}
	})
}

// firstMatch is the first element for which the lambda is true.
func firstMatch(c *call) Kernel {
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		l, err := flatten(ctx, args[0], rows)
		if err != nil {
			return nil, err
		}
		defer l.release()
		out, err := args[1].Lambda(l.elements, l.rowOf())
		if err != nil {
			return nil, err
		}
		defer out.Release()
		answers := valuesOf[bool](out)
		first := make([]int32, rows)
		for i := range rows {
			first[i] = -1
			for k := l.offsets[i]; k < l.offsets[i+1] && first[i] < 0; k++ {
				if !answers.IsNull(int(k)) && answers.Value(int(k)) {
					first[i] = k
				}
			}
		}
		return types.Take(ctx.Mem, l.elements[0], first), nil
	}
}

func joinable(args []types.Type) (types.Type, error) {
	elem := *args[0].Elem
	if _, ok := castMaker(elem, types.VarcharType); !ok {
		return types.Type{}, fault(ast.TypeMismatch, "Cannot cast %s to varchar", elem)
	}
	return types.VarcharType, nil
}

// arrayJoin leaves NULL elements out, or puts the third argument in their place.
func arrayJoin(c *call) Kernel {
	elem := *c.args[0].Elem
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		l, sep := listColumnOf(args[0]), columnOf[string](args[1])
		repl := column[string]{values: nulls[string]{}}
		if len(args) == 3 {
			repl = columnOf[string](args[2])
		}
		texts, err := elementTexts(ctx, elem, l.elements)
		if err != nil {
			return nil, err
		}
		defer texts.Release()
		words := valuesOf[string](texts)
		var buf []byte
		return each(ctx, c, rows, func(i int) (string, error) {
			start, end, ok := l.at(i)
			if !ok || sep.null(i) || len(args) == 3 && repl.null(i) {
				return "", errNull
			}
			buf = buf[:0]
			first := true
			for k := start; k < end; k++ {
				word := ""
				switch {
				case !words.IsNull(k):
					word = words.Value(k)
				case len(args) < 3:
					continue
				default:
					word = repl.at(i)
				}
				if !first {
					buf = append(buf, sep.at(i)...)
				}
				first = false
				buf = append(buf, word...)
			}
			return string(buf), nil
		})
	}
}

// elementTexts casts elements to varchar.
func elementTexts(ctx *Context, elem types.Type, arr arrow.Array) (arrow.Array, error) {
	k, _ := elementKernel(elem, types.VarcharType)
	return k(ctx, []Value{{Array: arr}}, arr.Len())
}
