package function

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// diffTimestampsRow is date_diff of timestamps, for any unit.
var diffTimestampsRow = f3(func(unit string, a, b arrow.Timestamp) (int64, error) {
	unit, err := checkUnit(unit, "TIMESTAMP")
	n, _ := diffWall(unit, int64(a), int64(b))
	return n, err
})

// diffTimestamps is date_diff of timestamps. What a constant unit is, is settled
// once for a batch.
func diffTimestamps(c *call) Kernel {
	row := diffTimestampsRow(c)
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		unit, ok := constantUnit(args[0])
		from, isFrom := args[1].Array.(*array.Timestamp)
		to, isTo := args[2].Array.(*array.Timestamp)
		if !ok || !isFrom || !isTo {
			return row(ctx, args, rows)
		}
		b := array.NewBuilder(ctx.Mem, c.result.Arrow()).(*array.Int64Builder)
		defer b.Release()
		b.Reserve(rows)
		a, z := columnOf[arrow.Timestamp](args[1]), columnOf[arrow.Timestamp](args[2])
		starts, ends := from.TimestampValues(), to.TimestampValues()
		nulls := from.NullN()+to.NullN() > 0
		size, fixed := microsOf[unit.name]
		months := monthsOf[unit.name]
		for i := range rows {
			if nulls && (a.null(i) || z.null(i)) {
				b.UnsafeAppendBoolToBitmap(false)
				continue
			}
			start, end := int64(starts[i&a.mask]), int64(ends[i&z.mask])
			if fixed {
				b.UnsafeAppend((end - start) / size)
			} else {
				b.UnsafeAppend(monthsBetween(start, end) / months)
			}
		}
		return b.NewArray(), nil
	}
}
