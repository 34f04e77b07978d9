package function

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/types"
)

// lambdaFunctions apply a lambda to all elements of a batch at once.
var lambdaFunctions = []entry{
	{sig: "any_match(array(T), function(T,boolean)) boolean", make: quantified(true, false)},
	{sig: "all_match(array(T), function(T,boolean)) boolean", make: quantified(false, false)},
	{sig: "none_match(array(T), function(T,boolean)) boolean", make: quantified(true, true)},
	{sig: "filter(array(T), function(T,boolean)) array(T)", make: filter},
	{sig: "transform(array(T), function(T,U)) array(U)", make: transform},
	{sig: "map_filter(map(K,V), function(K,V,boolean)) map(K,V)", make: filter},
	{sig: "transform_values(map(K,V1), function(K,V1,V2)) map(K,V2)", make: transformValues},
	{sig: "transform_keys(map(K1,V), function(K1,V,K2)) map(K2,V)", make: transformKeys},
	{sig: "zip_with(array(T), array(U), function(T,U,R)) array(R)", make: zipWith},
	{sig: "map_zip_with(map(K,V1), map(K,V2), function(K,V1,V2,V3)) map(K,V3)", make: mapZipWith},
	{sig: "reduce(array(T), S, function(S,T,S), function(S,R)) R", make: reduce},
	{sig: "array_sort(array(T), function(T,T,integer)) array(T)", make: arraySortBy},
}

// quantified makes any_match and all_match; stop is the answer of the lambda
// that settles the result, and that a NULL answer leaves open.
func quantified(stop, negate bool) maker {
	return func(c *call) Kernel {
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
			return each(ctx, c, rows, func(i int) (bool, error) {
				if l.isNull(i) {
					return false, errNull
				}
				unknown := false
				for k := int(l.offsets[i]); k < int(l.offsets[i+1]); k++ {
					switch {
					case answers.IsNull(k):
						unknown = true
					case answers.Value(k) == stop:
						return stop != negate, nil
					}
				}
				if unknown {
					return false, errNull
				}
				return stop == negate, nil
			})
		}
	}
}

// filter serves arrays and maps: elements for which the lambda is true stay.
func filter(c *call) Kernel {
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
		var keep []int32
		offsets := make([]int32, rows+1)
		for i := range rows {
			for k := l.offsets[i]; k < l.offsets[i+1]; k++ {
				if !answers.IsNull(int(k)) && answers.Value(int(k)) {
					keep = append(keep, k)
				}
			}
			offsets[i+1] = int32(len(keep))
		}
		kept := make([]arrow.Array, len(l.elements))
		defer releaseAll(kept)
		for i, e := range l.elements {
			kept[i] = takeOrSlice(ctx.Mem, e, keep)
		}
		return buildLists(ctx.Mem, c.result, offsets, l.isNull, kept...), nil
	}
}

func transform(c *call) Kernel {
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		l, err := flatten(ctx, args[0], rows)
		if err != nil {
			return nil, err
		}
		defer l.release()
		out, err := applyLambda(ctx, args[1].Lambda, l.elements, l.rowOf())
		if err != nil {
			return nil, err
		}
		defer out.Release()
		return l.build(ctx.Mem, c.result, out), nil
	}
}

// applyLambda decodes what the lambda returns, so that it can be an element array.
func applyLambda(ctx *Context, f Lambda, params []arrow.Array, rowOf []int32) (arrow.Array, error) {
	out, err := f(params, rowOf)
	if err != nil {
		return nil, err
	}
	defer out.Release()
	return types.Decode(ctx.Mem, out), nil
}

func transformValues(c *call) Kernel {
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		l, err := flatten(ctx, args[0], rows)
		if err != nil {
			return nil, err
		}
		defer l.release()
		out, err := applyLambda(ctx, args[1].Lambda, l.elements, l.rowOf())
		if err != nil {
			return nil, err
		}
		defer out.Release()
		return l.build(ctx.Mem, c.result, l.elements[0], out), nil
	}
}

func transformKeys(c *call) Kernel {
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		l, err := flatten(ctx, args[0], rows)
		if err != nil {
			return nil, err
		}
		defer l.release()
		out, err := applyLambda(ctx, args[1].Lambda, l.elements, l.rowOf())
		if err != nil {
			return nil, err
		}
		defer out.Release()
		if out.NullN() > 0 || out.DataType().ID() == arrow.NULL && out.Len() > 0 {
			return nil, invalidArgument("map key cannot be null")
		}
		if err := l.uniqueKeys(*c.result.Key, out); err != nil {
			return nil, err
		}
		return l.build(ctx.Mem, c.result, out, l.elements[1]), nil
	}
}

// zipWith pads the shorter array with NULLs.
func zipWith(c *call) Kernel {
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		a, b := listColumnOf(args[0]), listColumnOf(args[1])
		offsets := make([]int32, rows+1)
		null := make([]bool, rows)
		var left, right, rowOf []int32
		for i := range rows {
			as, ae, okA := a.at(i)
			bs, be, okB := b.at(i)
			null[i] = !okA || !okB
			for k := 0; !null[i] && (as+k < ae || bs+k < be); k++ {
				left = append(left, placeOrNull(as+k, ae))
				right = append(right, placeOrNull(bs+k, be))
				rowOf = append(rowOf, int32(i))
			}
			offsets[i+1] = int32(len(rowOf))
		}
		params := []arrow.Array{types.Take(ctx.Mem, a.elements, left), types.Take(ctx.Mem, b.elements, right)}
		defer releaseAll(params)
		out, err := applyLambda(ctx, args[2].Lambda, params, rowOf)
		if err != nil {
			return nil, err
		}
		defer out.Release()
		return buildLists(ctx.Mem, c.result, offsets, func(i int) bool { return null[i] }, out), nil
	}
}

func placeOrNull(at, end int) int32 {
	if at >= end {
		return -1
	}
	return int32(at)
}

// mapZipWith visits the keys of both maps; a value that a map lacks is NULL.
func mapZipWith(c *call) Kernel {
	key := *c.result.Key
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		a, b := listColumnOf(args[0]), listColumnOf(args[1])
		offsets := make([]int32, rows+1)
		null := make([]bool, rows)
		keys := array.NewBuilder(ctx.Mem, key.Arrow())
		defer keys.Release()
		var left, right, rowOf []int32
		for i := range rows {
			as, ae, okA := a.at(i)
			bs, be, okB := b.at(i)
			if null[i] = !okA || !okB; null[i] {
				offsets[i+1] = int32(len(rowOf))
				continue
			}
			inA := newKeySet(key)
			for k := as; k < ae; k++ {
				inA.add(a.keys, k)
				types.AppendFrom(keys, a.keys, k)
				left = append(left, int32(k))
				right = append(right, findIn(key, b, bs, be, a.keys, k))
				rowOf = append(rowOf, int32(i))
			}
			for k := bs; k < be; k++ {
				if !inA.has(b.keys, k) {
					types.AppendFrom(keys, b.keys, k)
					left, right = append(left, -1), append(right, int32(k))
					rowOf = append(rowOf, int32(i))
				}
			}
			offsets[i+1] = int32(len(rowOf))
		}
		params := []arrow.Array{keys.NewArray(), types.Take(ctx.Mem, a.items, left), types.Take(ctx.Mem, b.items, right)}
		defer releaseAll(params)
		out, err := applyLambda(ctx, args[2].Lambda, params, rowOf)
		if err != nil {
			return nil, err
		}
		defer out.Release()
		return buildLists(ctx.Mem, c.result, offsets, func(i int) bool { return null[i] }, params[0], out), nil
	}
}

func findIn(key types.Type, l listColumn, start, end int, keys arrow.Array, k int) int32 {
	for i := start; i < end; i++ {
		if !types.Distinct(key, l.keys, i, keys, k) {
			return int32(i)
		}
	}
	return -1
}
