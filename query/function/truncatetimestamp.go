package function

import (
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// truncateTimestampRow is date_trunc of a timestamp, for any unit.
var truncateTimestampRow = f2(func(unit string, t arrow.Timestamp) (arrow.Timestamp, error) {
	unit, err := checkUnit(unit, "TIMESTAMP")
	wall, _ := truncateWall(unit, int64(t))
	return arrow.Timestamp(wall), err
})

// truncateTimestamp is date_trunc of a timestamp. A histogram asks it of every row
// with one unit: what the unit is, is then settled once for a batch, and a value in
// the same hour, or whatever it is, as the one before needs no division.
func truncateTimestamp(c *call) Kernel {
	row := truncateTimestampRow(c)
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		times, plain := args[1].Array.(*array.Timestamp)
		unit, ok := constantUnit(args[0])
		if !ok || !plain || args[1].Const {
			return row(ctx, args, rows)
		}
		b := array.NewBuilder(ctx.Mem, c.result.Arrow()).(*array.TimestampBuilder)
		defer b.Release()
		b.Reserve(rows)
		nulls := times.NullN() > 0
		from, to := int64(0), int64(0) // the unit of the value before: none
		for i, t := range times.TimestampValues()[:rows] {
			if nulls && times.IsNull(i) {
				b.UnsafeAppendBoolToBitmap(false)
				continue
			}
			if v := int64(t); v < from || v >= to {
				from = unit.begin(v)
				to = from + unit.least
			}
			b.UnsafeAppend(arrow.Timestamp(from))
		}
		return b.NewArray(), nil
	}
}

// unitOf is a unit and how long it is at least, in microseconds.
type unitOf struct {
	name  string
	least int64
	fixed bool // it is always so long, and one begins with 1970
}

// begin is where the unit that v lies in begins.
func (u *unitOf) begin(v int64) int64 {
	if u.fixed {
		return floorDiv(v, u.least) * u.least
	}
	wall, _ := truncateWall(u.name, v)
	return wall
}

// constantUnit is the unit that an argument names for all rows, if it does and there
// is one of that name.
func constantUnit(v Value) (unitOf, bool) {
	name, ok := v.Array.(*array.String)
	if !ok || !v.Const || name.IsNull(0) {
		return unitOf{}, false
	}
	u := unitOf{name: strings.ToLower(name.Value(0))}
	if u.least, ok = microsOf[u.name]; ok {
		u.fixed = u.name != "week"
		return u, true
	}
	months, ok := monthsOf[u.name]
	u.least = months * 28 * microsPerDay
	return u, ok
}
