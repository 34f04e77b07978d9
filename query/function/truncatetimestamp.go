package function

import (
	"math"
	"math/bits"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// truncateTimestampRow is date_trunc of a timestamp, for any unit.
var truncateTimestampRow = f2(func(unit string, t arrow.Timestamp) (arrow.Timestamp, error) {
	unit, err := checkUnit(unit, "TIMESTAMP")
	wall, _ := truncateWall(unit, int64(t))
	return arrow.Timestamp(wall), err
})

// truncateTimestamp is date_trunc of a timestamp. A histogram asks it of every row
// with one unit: what the unit is, is then settled once for a batch.
func truncateTimestamp(c *call) Kernel {
	row := truncateTimestampRow(c)
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		times, plain := args[1].Array.(*array.Timestamp)
		unit, ok := constantUnit(args[0])
		if !ok || !plain || args[1].Const {
			return row(ctx, args, rows)
		}
		values := times.TimestampValues()[:rows]
		if unit.even && times.NullN() == 0 {
			buf := memory.NewResizableBuffer(ctx.Mem)
			defer buf.Release()
			buf.Resize(arrow.TimestampTraits.BytesRequired(rows))
			unit.beginAll(arrow.TimestampTraits.CastFromBytes(buf.Bytes()), values)
			data := array.NewData(c.result.Arrow(), rows, []*memory.Buffer{nil, buf}, nil, 0, 0)
			defer data.Release()
			return array.MakeFromData(data), nil
		}
		b := array.NewBuilder(ctx.Mem, c.result.Arrow()).(*array.TimestampBuilder)
		defer b.Release()
		b.Reserve(rows)
		nulls := times.NullN() > 0
		from, to := int64(0), int64(0) // the unit of the value before: none
		for i, t := range values {
			if nulls && times.IsNull(i) {
				b.UnsafeAppendBoolToBitmap(false)
				continue
			}
			if v := int64(t); v < from || v >= to {
				from, _ = truncateWall(unit.name, v)
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
	even  bool // it is always so long
}

// beginAll sets out to where the unit that each value lies in begins, for a unit that
// is always as long. It multiplies by the length's reciprocal, rounded up, in place of
// dividing: the quotient is then right, or one too high.
func (u *unitOf) beginAll(out, values []arrow.Timestamp) {
	if len(values) == 0 {
		return
	}
	low := values[0]
	for _, v := range values {
		low = min(low, v)
	}
	first, _ := truncateWall(u.name, int64(low))
	size := uint64(u.least)
	reciprocal := math.MaxUint64/size + 1
	out = out[:len(values)]
	for i, v := range values {
		since := uint64(int64(v) - first)
		quotient, _ := bits.Mul64(since, reciprocal)
		rest := since - quotient*size
		if rest >= size { // below zero
			rest += size
		}
		out[i] = v - arrow.Timestamp(rest)
	}
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
		u.even = true
		return u, true
	}
	months, ok := monthsOf[u.name]
	u.least = months * 28 * microsPerDay
	return u, ok
}
