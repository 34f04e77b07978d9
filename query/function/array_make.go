package function

import (
	"math"

	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/types"
)

// What a short call can ask for: entries of a sequence, and of repeat.
const (
	maxArray  = 10000
	maxRepeat = 100000
)

// arrayMakers make arrays out of counts, ranges and several arrays.
var arrayMakers = []entry{
	{sig: "repeat(T, bigint) array(T)", make: repeat},
	{sig: "sequence(bigint, bigint) array(bigint)", make: sequenceInts},
	{sig: "sequence(bigint, bigint, bigint) array(bigint)", make: sequenceInts},
	{sig: "sequence(date, date) array(date)", make: sequenceDates},
	{sig: "sequence(date, date, interval day to second) array(date)", make: sequenceDates},
	{sig: "sequence(date, date, interval year to month) array(date)", make: sequenceDates},
	{sig: "sequence(timestamp(p), timestamp(p), interval day to second) array(timestamp(p))", make: sequenceStamps},
	{sig: "sequence(timestamp(p), timestamp(p), interval year to month) array(timestamp(p))", make: sequenceStamps},
	{sig: "zip(array(T1), array(T2)) array(row(T1,T2))", make: zip},
	{sig: "zip(array(T1), array(T2), array(T3)) array(row(T1,T2,T3))", make: zip},
	{sig: "zip(array(T1), array(T2), array(T3), array(T4)) array(row(T1,T2,T3,T4))", make: zip},
	{sig: "zip(array(T1), array(T2), array(T3), array(T4), array(T5)) array(row(T1,T2,T3,T4,T5))", make: zip},
	{sig: "ngrams(array(T), integer) array(array(T))", make: ngrams},
	{sig: "combinations(array(T), integer) array(array(T))", make: combinations},
	{sig: "array_histogram(array(T)) map(T,bigint); T:comparable", make: arrayHistogram},
}

var repeat = generic(func(_ *call, args []Value) func(array.Builder, int) error {
	count := columnOf[int64](args[1])
	return func(b array.Builder, row int) error {
		if count.null(row) {
			b.AppendNull()
			return nil
		}
		n := count.at(row)
		if n > maxRepeat {
			return invalidArgument("count argument of repeat function must be less than or equal to %d", maxRepeat)
		}
		if n < 0 {
			return invalidArgument("count argument of repeat function must be greater than or equal to 0")
		}
		list := b.(*array.ListBuilder)
		list.Append(true)
		for range n {
			types.AppendFrom(list.ValueBuilder(), args[0].Array, args[0].Row(row))
		}
		return nil
	}
})

// sequenceOf appends from, from+step, … up to and with to.
func sequenceOf(b array.Builder, from, to, step int64, next func(i int64) int64) error {
	switch {
	case step == 0:
		return invalidArgument("step must not be zero")
	case step > 0 && to < from || step < 0 && to > from:
		return invalidArgument("sequence stop value should be greater than or equal to start value if step is greater than zero otherwise stop should be less than or equal to start")
	}
	list := b.(*array.ListBuilder)
	list.Append(true)
	for i := int64(0); ; i++ {
		v := next(i)
		if step > 0 && v > to || step < 0 && v < to {
			return nil
		}
		if i >= maxArray {
			return invalidArgument("result of sequence function must not have more than %d entries", maxArray)
		}
		appendInt64(list.ValueBuilder(), v)
		if v == to {
			return nil
		}
	}
}

var sequenceInts = generic(func(_ *call, args []Value) func(array.Builder, int) error {
	from, to := columnOf[int64](args[0]), columnOf[int64](args[1])
	return func(b array.Builder, row int) error {
		if anyNull(args, row) {
			b.AppendNull()
			return nil
		}
		start, stop, step := from.at(row), to.at(row), int64(1)
		if len(args) == 3 {
			step = columnOf[int64](args[2]).at(row)
		} else if stop < start {
			step = -1
		}
		return sequenceOf(b, start, stop, step, func(i int64) int64 {
			v := start + i*step
			if (v > start) != (i*step > 0) && i > 0 { // past the end of bigint
				return map[bool]int64{true: math.MaxInt64, false: math.MinInt64}[step > 0]
			}
			return v
		})
	}
})

var sequenceDates = generic(func(_ *call, args []Value) func(array.Builder, int) error {
	return func(b array.Builder, row int) error {
		if anyNull(args, row) {
			b.AppendNull()
			return nil
		}
		start, stop := types.Int64At(args[0].Array, args[0].Row(row)), types.Int64At(args[1].Array, args[1].Row(row))
		step, months := int64(1), false
		if len(args) == 2 && stop < start {
			step = -1
		}
		if len(args) == 3 {
			step = types.Int64At(args[2].Array, args[2].Row(row))
			if _, months = args[2].Array.(*array.MonthInterval); !months {
				if step%86400000 != 0 {
					return invalidArgument("sequence step must be a day interval if start and end values are dates")
				}
				step /= 86400000
			}
		}
		return sequenceOf(b, start, stop, step, func(i int64) int64 {
			if months {
				return floorDiv(addMonths(start*microsPerDay, i*step), microsPerDay)
			}
			return start + i*step
		})
	}
})

var sequenceStamps = generic(func(_ *call, args []Value) func(array.Builder, int) error {
	return func(b array.Builder, row int) error {
		if anyNull(args, row) {
			b.AppendNull()
			return nil
		}
		start, stop := types.Int64At(args[0].Array, args[0].Row(row)), types.Int64At(args[1].Array, args[1].Row(row))
		step := types.Int64At(args[2].Array, args[2].Row(row))
		_, months := args[2].Array.(*array.MonthInterval)
		return sequenceOf(b, start, stop, step, func(i int64) int64 {
			if months {
				return addMonths(start, i*step)
			}
			return start + i*step*1000
		})
	}
})

// zip pads shorter arrays with NULLs.
var zip = generic(func(_ *call, args []Value) func(array.Builder, int) error {
	cols := make([]listColumn, len(args))
	for i, a := range args {
		cols[i] = listColumnOf(a)
	}
	return func(b array.Builder, row int) error {
		longest := 0
		for _, l := range cols {
			start, end, ok := l.at(row)
			if !ok {
				b.AppendNull()
				return nil
			}
			longest = max(longest, end-start)
		}
		list := b.(*array.ListBuilder)
		list.Append(true)
		rows := list.ValueBuilder().(*array.StructBuilder)
		for k := range longest {
			rows.Append(true)
			for i, l := range cols {
				start, end, _ := l.at(row)
				if start+k < end {
					types.AppendFrom(rows.FieldBuilder(i), l.elements, start+k)
				} else {
					rows.FieldBuilder(i).AppendNull()
				}
			}
		}
		return nil
	}
})

var ngrams = generic(func(_ *call, args []Value) func(array.Builder, int) error {
	l, size := listColumnOf(args[0]), columnOf[int32](args[1])
	return func(b array.Builder, row int) error {
		start, end, ok := l.at(row)
		if !ok || size.null(row) {
			b.AppendNull()
			return nil
		}
		if size.at(row) <= 0 {
			return invalidArgument("N must be positive")
		}
		n := min(int(size.at(row)), max(end-start, 1))
		outer := b.(*array.ListBuilder)
		outer.Append(true)
		inner := outer.ValueBuilder().(*array.ListBuilder)
		for k := start; k == start || k+n <= end; k++ {
			inner.Append(true)
			appendElements(inner, l, k, min(k+n, end))
		}
		return nil
	}
})

const maxCombinations = 100000

var combinations = generic(func(_ *call, args []Value) func(array.Builder, int) error {
	l, size := listColumnOf(args[0]), columnOf[int32](args[1])
	return func(b array.Builder, row int) error {
		start, end, ok := l.at(row)
		if !ok || size.null(row) {
			b.AppendNull()
			return nil
		}
		n := size.at(row)
		if n < 0 {
			return invalidArgument("combination size must not be negative: %d", n)
		}
		if n > 5 {
			return invalidArgument("combination size must not exceed 5: %d", n)
		}
		outer := b.(*array.ListBuilder)
		outer.Append(true)
		inner := outer.ValueBuilder().(*array.ListBuilder)
		count := 0
		return chooseElements(end-start, int(n), func(places []int) error {
			if count++; count > maxCombinations {
				return invalidArgument("combinations exceed max size")
			}
			inner.Append(true)
			for _, p := range places {
				types.AppendFrom(inner.ValueBuilder(), l.elements, start+p)
			}
			return nil
		})
	}
})

// chooseElements visits the n-element subsets of count places, in the order in
// which their last places, read backwards, ascend.
func chooseElements(count, n int, visit func(places []int) error) error {
	if n > count {
		return nil
	}
	places := make([]int, n)
	for i := range places {
		places[i] = i
	}
	for {
		if err := visit(places); err != nil {
			return err
		}
		i := 0
		for i < n && (i+1 < n && places[i]+1 == places[i+1] || i+1 == n && places[i]+1 == count) {
			places[i] = i
			i++
		}
		if i == n {
			return nil
		}
		places[i]++
	}
}

var arrayHistogram = generic(func(c *call, args []Value) func(array.Builder, int) error {
	l, t := listColumnOf(args[0]), *c.args[0].Elem
	return func(b array.Builder, row int) error {
		start, end, ok := l.at(row)
		if !ok {
			b.AppendNull()
			return nil
		}
		counts, first := map[string]int64{}, []int(nil)
		var key []byte
		for k := start; k < end; k++ {
			if types.IsNull(l.elements, k) {
				continue
			}
			key = types.AppendKey(key[:0], t, l.elements, k)
			if counts[string(key)]++; counts[string(key)] == 1 {
				first = append(first, k)
			}
		}
		m := b.(*array.MapBuilder)
		m.Append(true)
		for _, k := range first {
			types.AppendFrom(m.KeyBuilder(), l.elements, k)
			key = types.AppendKey(key[:0], t, l.elements, k)
			m.ItemBuilder().(*array.Int64Builder).Append(counts[string(key)])
		}
		return nil
	}
})
