package function

import (
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/types"
)

// reduce runs the lambda once per element position, over the states of all
// rows that still have an element there.
func reduce(c *call) Kernel {
	state := c.args[1]
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		l := listColumnOf(args[0])
		states := plainValue(ctx, args[1], rows)
		defer func() { states.Release() }()
		for pos := 0; ; pos++ {
			var rowOf, elems []int32
			for i := range rows {
				if start, end, ok := l.at(i); ok && start+pos < end {
					rowOf, elems = append(rowOf, int32(i)), append(elems, int32(start+pos))
				}
			}
			if len(rowOf) == 0 {
				break
			}
			params := []arrow.Array{types.Take(ctx.Mem, states, rowOf), types.Take(ctx.Mem, l.elements, elems)}
			out, err := args[2].Lambda(params, rowOf)
			releaseAll(params)
			if err != nil {
				return nil, err
			}
			next := replaceRows(ctx, state, states, out, rowOf)
			out.Release()
			states.Release()
			states = next
		}
		return reduceResult(ctx, c, l, states, args[3].Lambda, rows)
	}
}

// replaceRows puts new[k] in the place of old[rowOf[k]].
func replaceRows(ctx *Context, t types.Type, old, news arrow.Array, rowOf []int32) arrow.Array {
	b := array.NewBuilder(ctx.Mem, t.Arrow())
	defer b.Release()
	b.Reserve(old.Len())
	k := 0
	for i := range old.Len() {
		if k < len(rowOf) && int(rowOf[k]) == i {
			types.AppendFrom(b, news, k)
			k++
		} else {
			types.AppendFrom(b, old, i)
		}
	}
	return b.NewArray()
}

// reduceResult applies the last lambda to the rows whose array is not NULL.
func reduceResult(ctx *Context, c *call, l listColumn, states arrow.Array, finish Lambda, rows int) (arrow.Array, error) {
	var rowOf []int32
	places := make([]int32, rows)
	for i := range rows {
		places[i] = -1
		if _, _, ok := l.at(i); ok {
			places[i] = int32(len(rowOf))
			rowOf = append(rowOf, int32(i))
		}
	}
	params := []arrow.Array{types.Take(ctx.Mem, states, rowOf)}
	defer releaseAll(params)
	out, err := finish(params, rowOf)
	if err != nil {
		return nil, err
	}
	defer out.Release()
	return types.Take(ctx.Mem, out, places), nil
}

// arraySortBy sorts by a comparator that answers -1, 0 or 1.
func arraySortBy(c *call) Kernel {
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		l := listColumnOf(args[0])
		offsets := make([]int32, 1, rows+1)
		null := make([]bool, rows)
		var idx []int32
		for i := range rows {
			start, end, ok := l.at(i)
			null[i] = !ok
			from := len(idx)
			for k := start; ok && k < end; k++ {
				idx = append(idx, int32(k))
			}
			if err := sortBy(ctx, l.elements, idx[from:], int32(i), args[1].Lambda); err != nil {
				return nil, err
			}
			offsets = append(offsets, int32(len(idx)))
		}
		elements := types.Take(ctx.Mem, l.elements, idx)
		defer elements.Release()
		return buildLists(ctx.Mem, c.result, offsets, func(i int) bool { return null[i] }, elements), nil
	}
}

// allPairs is up to how many elements sortBy compares every pair in one call.
const allPairs = 64

// sortBy sorts places in elements by the lambda's answers.
func sortBy(ctx *Context, elements arrow.Array, idx []int32, row int32, less Lambda) error {
	switch n := len(idx); {
	case n < 2:
		return nil
	case n > allPairs:
		return sortOneByOne(ctx, elements, idx, row, less)
	default:
		left, right := make([]int32, 0, n*n), make([]int32, 0, n*n)
		for _, a := range idx {
			for _, b := range idx {
				left, right = append(left, a), append(right, b)
			}
		}
		answers, err := comparePairs(ctx, elements, left, right, row, less)
		if err != nil {
			return err
		}
		order := make([]int, n)
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int { return answers[a*n+b] })
		sorted := make([]int32, n)
		for i, o := range order {
			sorted[i] = idx[o]
		}
		copy(idx, sorted)
		return nil
	}
}

func sortOneByOne(ctx *Context, elements arrow.Array, idx []int32, row int32, less Lambda) error {
	var failed error
	slices.SortStableFunc(idx, func(a, b int32) int {
		if failed != nil {
			return 0
		}
		answers, err := comparePairs(ctx, elements, []int32{a}, []int32{b}, row, less)
		if err != nil {
			failed = err
			return 0
		}
		return answers[0]
	})
	return failed
}

// comparePairs asks the lambda to compare left[k] with right[k].
func comparePairs(ctx *Context, elements arrow.Array, left, right []int32, row int32, less Lambda) ([]int, error) {
	rowOf := make([]int32, len(left))
	for i := range rowOf {
		rowOf[i] = row
	}
	params := []arrow.Array{types.Take(ctx.Mem, elements, left), types.Take(ctx.Mem, elements, right)}
	defer releaseAll(params)
	out, err := less(params, rowOf)
	if err != nil {
		return nil, err
	}
	defer out.Release()
	answers := valuesOf[int32](out)
	signs := make([]int, len(left))
	for k := range signs {
		if answers.IsNull(k) || answers.Value(k) < -1 || answers.Value(k) > 1 {
			return nil, invalidArgument("Lambda comparator must return either -1, 0, or 1")
		}
		signs[k] = int(answers.Value(k))
	}
	return signs, nil
}
