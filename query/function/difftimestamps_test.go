package function

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/types"
)

// TestDiffTimestamps holds date_diff over batches, with NULLs, constants and slices,
// against Go's calendar.
func TestDiffTimestamps(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	ctx, r := &Context{Mem: mem}, rand.New(rand.NewPCG(3, 7))
	const rows = 200
	// column is rows times around 1970, after one that is cut off; some are NULL.
	column := func() arrow.Array {
		b := array.NewTimestampBuilder(mem, arrow.FixedWidthTypes.Timestamp_us.(*arrow.TimestampType))
		defer b.Release()
		for range rows + 1 {
			if r.IntN(5) == 0 {
				b.AppendNull()
			} else {
				b.Append(arrow.Timestamp((r.Int64N(16e12) - 8e12) * 250))
			}
		}
		all := b.NewArray()
		defer all.Release()
		return array.NewSlice(all, 1, rows+1)
	}
	typ, err := types.Parse("timestamp(6)")
	if err != nil {
		t.Fatal(err)
	}
	for _, unit := range []string{"millisecond", "Second", "minute", "hour", "day", "week", "month", "quarter", "year"} {
		name, ts := Arg{Type: types.Type{Kind: types.Varchar}}, Arg{Type: typ}
		fn, err := Resolve("date_diff", []Arg{name, ts, ts}, nil)
		if err != nil {
			t.Fatal(err)
		}
		units := array.NewStringBuilder(mem)
		units.Append(unit)
		args := []Value{{Array: units.NewArray(), Const: true}, {Array: column()}, {Array: column()}}
		units.Release()
		for _, constant := range []int{0, 1, 2} { // the argument that is one
			in := append([]Value(nil), args...)
			if constant > 0 {
				for k := 0; ; k++ {
					if args[constant].Array.IsValid(k) {
						in[constant] = Value{Array: array.NewSlice(args[constant].Array, int64(k), int64(k+1)), Const: true}
						break
					}
				}
			}
			got, err := fn.Kernel(ctx, in, rows)
			if err != nil {
				t.Fatal(err)
			}
			for i := range rows {
				from, to := in[1].Array.(*array.Timestamp), in[2].Array.(*array.Timestamp)
				f, e := in[1].Row(i), in[2].Row(i)
				if from.IsNull(f) || to.IsNull(e) {
					if got.IsValid(i) {
						t.Fatalf("%s: row %d is not NULL", unit, i)
					}
					continue
				}
				a, z := from.Value(f).ToTime(arrow.Microsecond), to.Value(e).ToTime(arrow.Microsecond)
				if n := got.(*array.Int64).Value(i); got.IsNull(i) || n != unitsBetween(strings.ToLower(unit), a, z) {
					t.Fatalf("%s from %s to %s is %d, want %d", unit, a, z, n, unitsBetween(strings.ToLower(unit), a, z))
				}
			}
			got.Release()
			if constant > 0 {
				in[constant].Array.Release()
			}
		}
		for _, a := range args {
			a.Array.Release()
		}
	}
}

// unitsBetween counts whole units by steps of Go's calendar.
func unitsBetween(unit string, a, z time.Time) int64 {
	if z.Before(a) {
		return -unitsBetween(unit, z, a)
	}
	months := map[string]int{"month": 1, "quarter": 3, "year": 12}[unit]
	if months == 0 {
		return int64(z.Sub(a) / map[string]time.Duration{
			"millisecond": time.Millisecond, "second": time.Second, "minute": time.Minute,
			"hour": time.Hour, "day": 24 * time.Hour, "week": 7 * 24 * time.Hour,
		}[unit])
	}
	n := 0
	for {
		// The month that ends n+1 units later, and its day: the last one if there is no such day.
		first := time.Date(a.Year(), a.Month()+time.Month((n+1)*months), 1, a.Hour(), a.Minute(), a.Second(), a.Nanosecond(), time.UTC)
		end := first.AddDate(0, 0, min(a.Day(), first.AddDate(0, 1, -1).Day())-1)
		if end.After(z) {
			return int64(n)
		}
		n++
	}
}
