package function

import (
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/types"
)

// oncePerValue computes the kernel on the values of dictionary argument at and
// spreads the results over the rows. It returns nil when that is no gain, or
// when the kernel fails: a value that no row uses must not fail the query.
func oncePerValue(k Kernel, ctx *Context, args []Value, at, rows int) arrow.Array {
	d := args[at].Array.(*array.Dictionary)
	values := d.Dictionary()
	if values.Len() >= rows || values.Len() == 0 {
		return nil
	}
	codes := types.Codes(d)
	// A NULL row may have a result of its own (IS DISTINCT FROM), so NULL
	// becomes one more value.
	hasNull := slices.Contains(codes, -1)
	if hasNull {
		all := make([]int32, values.Len()+1)
		for i := range all {
			all[i] = int32(i)
		}
		all[values.Len()] = -1
		values = types.Take(ctx.Mem, values, all)
		defer values.Release()
		for i, c := range codes {
			if c < 0 {
				codes[i] = int32(values.Len() - 1)
			}
		}
	}
	distinct := slices.Clone(args)
	distinct[at] = Value{Array: values}
	out, err := k(ctx, distinct, values.Len())
	if err != nil {
		return nil
	}
	defer out.Release()
	return types.Take(ctx.Mem, out, codes)
}
