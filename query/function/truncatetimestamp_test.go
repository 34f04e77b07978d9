package function

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/types"
)

// TestTruncateTimestamps holds date_trunc over batches, with NULLs and slices, against
// Go's calendar: for times near each other and far apart, also where units begin.
func TestTruncateTimestamps(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	typ, err := types.Parse("timestamp(6)")
	if err != nil {
		t.Fatal(err)
	}
	fn, err := Resolve("date_trunc", []Arg{{Type: types.Type{Kind: types.Varchar}}, {Type: typ}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, r := &Context{Mem: mem}, rand.New(rand.NewPCG(9, 2))
	const rows = 300
	for _, unit := range []string{"millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year"} {
		for _, span := range []int64{5_000, 3_000_000, 200 * 3600e6, 4e15} { // microseconds
			for _, nulls := range []bool{false, true} {
				b := array.NewTimestampBuilder(mem, typ.Arrow().(*arrow.TimestampType))
				around := r.Int64N(4e15) - 2e15
				for i := range rows + 1 {
					v := around + r.Int64N(span) - span/2
					if i%3 == 0 { // where a unit begins, or just before
						v = beginsAt(unit, v) - int64(i%2)
					}
					if nulls && r.IntN(5) == 0 {
						b.AppendNull()
					} else {
						b.Append(arrow.Timestamp(v))
					}
				}
				all := b.NewArray()
				b.Release()
				checkTruncated(t, ctx, fn, unit, array.NewSlice(all, 1, rows+1).(*array.Timestamp), fmt.Sprintf("%s, span %d, nulls %v", unit, span, nulls))
				all.Release()
			}
		}
	}
}

func checkTruncated(t *testing.T, ctx *Context, fn *Scalar, unit string, times *array.Timestamp, what string) {
	t.Helper()
	defer times.Release()
	units := array.NewStringBuilder(ctx.Mem)
	defer units.Release()
	units.Append(unit)
	name := units.NewArray()
	defer name.Release()
	arr, err := fn.Kernel(ctx, []Value{{Array: name, Const: true}, {Array: times}}, times.Len())
	if err != nil {
		t.Fatal(err)
	}
	defer arr.Release()
	for i := range times.Len() {
		if times.IsNull(i) != arr.IsNull(i) {
			t.Fatalf("%s: row %d is NULL: %v", what, i, arr.IsNull(i))
		}
		if times.IsNull(i) {
			continue
		}
		got, want := int64(arr.(*array.Timestamp).Value(i)), beginsAt(unit, int64(times.Value(i)))
		if got != want {
			t.Fatalf("%s: of %s it is %s, want %s", what, time.UnixMicro(int64(times.Value(i))).UTC(), time.UnixMicro(got).UTC(), time.UnixMicro(want).UTC())
		}
	}
}

// beginsAt is where the unit of a time begins, by Go's calendar.
func beginsAt(unit string, micros int64) int64 {
	v := time.UnixMicro(micros).UTC()
	day := time.Date(v.Year(), v.Month(), v.Day(), 0, 0, 0, 0, time.UTC)
	switch unit {
	case "day":
		return day.UnixMicro()
	case "week":
		return day.AddDate(0, 0, -(int(v.Weekday())+6)%7).UnixMicro()
	case "month":
		return time.Date(v.Year(), v.Month(), 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	case "quarter":
		return time.Date(v.Year(), (v.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	case "year":
		return time.Date(v.Year(), 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	}
	size := map[string]time.Duration{"millisecond": time.Millisecond, "second": time.Second, "minute": time.Minute, "hour": time.Hour}[unit]
	return day.Add(v.Sub(day) / size * size).UnixMicro()
}
