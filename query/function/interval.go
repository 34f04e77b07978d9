package function

import (
	"math"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/types"
)

// intervalOperators are the operators among dates, times and intervals.
var intervalOperators = []entry{
	{sig: "+(date, interval day to second) date", make: f2(addDays)},
	{sig: "+(interval day to second, date) date", make: f2(flip(addDays))},
	{sig: "-(date, interval day to second) date", make: f2(takeDays)},
	{sig: "+(date, interval year to month) date", make: f2(addDateMonths)},
	{sig: "+(interval year to month, date) date", make: f2(flip(addDateMonths))},
	{sig: "-(date, interval year to month) date", make: f2(func(d arrow.Date32, m arrow.MonthInterval) (arrow.Date32, error) { return addDateMonths(d, -m) })},
	{sig: "-(date, date) interval day to second", make: pure2(func(a, b arrow.Date32) arrow.Duration { return arrow.Duration(int64(a)-int64(b)) * 86400000 })},

	{sig: "+(timestamp(p), interval day to second) timestamp(p)", result: withMillis, make: f2(addMillis)},
	{sig: "+(interval day to second, timestamp(p)) timestamp(p)", result: withMillis, make: f2(flip(addMillis))},
	{sig: "-(timestamp(p), interval day to second) timestamp(p)", result: withMillis, make: f2(func(t arrow.Timestamp, i arrow.Duration) (arrow.Timestamp, error) { return addMillis(t, -i) })},
	{sig: "+(timestamp(p), interval year to month) timestamp(p)", make: f2(addStampMonths)},
	{sig: "+(interval year to month, timestamp(p)) timestamp(p)", make: f2(flip(addStampMonths))},
	{sig: "-(timestamp(p), interval year to month) timestamp(p)", make: f2(func(t arrow.Timestamp, m arrow.MonthInterval) (arrow.Timestamp, error) { return addStampMonths(t, -m) })},
	{sig: "-(timestamp(p), timestamp(p)) interval day to second", make: pure2(func(a, b arrow.Timestamp) arrow.Duration { return millisBetween(int64(a), int64(b)) })},

	{sig: "+(timestamp(p) with time zone, interval day to second) timestamp(p) with time zone", result: withMillis, make: f2(addZonedMillis)},
	{sig: "+(interval day to second, timestamp(p) with time zone) timestamp(p) with time zone", result: withMillis, make: f2(flip(addZonedMillis))},
	{sig: "-(timestamp(p) with time zone, interval day to second) timestamp(p) with time zone", result: withMillis, make: f2(func(z zoned, i arrow.Duration) (zoned, error) { return addZonedMillis(z, -i) })},
	{sig: "+(timestamp(p) with time zone, interval year to month) timestamp(p) with time zone", make: f2(addZonedMonths)},
	{sig: "+(interval year to month, timestamp(p) with time zone) timestamp(p) with time zone", make: f2(flip(addZonedMonths))},
	{sig: "-(timestamp(p) with time zone, interval year to month) timestamp(p) with time zone", make: f2(func(z zoned, m arrow.MonthInterval) (zoned, error) { return addZonedMonths(z, -m) })},
	{sig: "-(timestamp(p) with time zone, timestamp(p) with time zone) interval day to second", make: pure2(func(a, b zoned) arrow.Duration {
		return millisBetween(roundMicros(a.micros, 3), roundMicros(b.micros, 3))
	})},

	{sig: "+(time(p), interval day to second) time(p)", result: withMillis, make: f2(addTimeMillis)},
	{sig: "+(interval day to second, time(p)) time(p)", result: withMillis, make: f2(flip(addTimeMillis))},
	{sig: "-(time(p), interval day to second) time(p)", result: withMillis, make: f2(func(t arrow.Time64, i arrow.Duration) (arrow.Time64, error) { return addTimeMillis(t, -i) })},
	{sig: "-(time(p), time(p)) interval day to second", make: pure2(func(a, b arrow.Time64) arrow.Duration { return arrow.Duration(floorDiv(int64(a)-int64(b)+5e5, 1e6)) })},

	{sig: "+(interval day to second, interval day to second) interval day to second", make: f2(sumOf[arrow.Duration])},
	{sig: "-(interval day to second, interval day to second) interval day to second", make: f2(differenceOf[arrow.Duration])},
	{sig: "negate(interval day to second) interval day to second", make: pure1(func(a arrow.Duration) arrow.Duration { return -a })},
	{sig: "*(interval day to second, bigint) interval day to second", make: f2(timesOf[arrow.Duration])},
	{sig: "*(bigint, interval day to second) interval day to second", make: f2(flip(timesOf[arrow.Duration]))},
	{sig: "*(interval day to second, double) interval day to second", make: f2(scaleOf[arrow.Duration])},
	{sig: "*(double, interval day to second) interval day to second", make: f2(flip(scaleOf[arrow.Duration]))},
	{sig: "/(interval day to second, double) interval day to second", make: f2(shareOf[arrow.Duration])},

	{sig: "+(interval year to month, interval year to month) interval year to month", make: f2(sumOf[arrow.MonthInterval])},
	{sig: "-(interval year to month, interval year to month) interval year to month", make: f2(differenceOf[arrow.MonthInterval])},
	{sig: "negate(interval year to month) interval year to month", make: pure1(func(a arrow.MonthInterval) arrow.MonthInterval { return -a })},
	{sig: "*(interval year to month, bigint) interval year to month", make: f2(timesOf[arrow.MonthInterval])},
	{sig: "*(bigint, interval year to month) interval year to month", make: f2(flip(timesOf[arrow.MonthInterval]))},
	{sig: "*(interval year to month, double) interval year to month", make: f2(scaleOf[arrow.MonthInterval])},
	{sig: "*(double, interval year to month) interval year to month", make: f2(flip(scaleOf[arrow.MonthInterval]))},
	{sig: "/(interval year to month, double) interval year to month", make: f2(shareOf[arrow.MonthInterval])},
}

// withMillis is the result of a time and an interval, which counts milliseconds.
func withMillis(args []types.Type) (types.Type, error) {
	t := args[0]
	if t.Kind == types.IntervalDaySecond {
		t = args[1]
	}
	t.Precision = max(t.Precision, 3)
	return t, nil
}

func flip[A, B, R any](f func(A, B) (R, error)) func(B, A) (R, error) {
	return func(b B, a A) (R, error) { return f(a, b) }
}

func addDays(d arrow.Date32, i arrow.Duration) (arrow.Date32, error) {
	if i%86400000 != 0 {
		return 0, invalidArgument("Cannot add hour, minutes or seconds to a date")
	}
	return d + arrow.Date32(i/86400000), nil
}

func takeDays(d arrow.Date32, i arrow.Duration) (arrow.Date32, error) {
	if i%86400000 != 0 {
		return 0, invalidArgument("Cannot subtract hour, minutes or seconds from a date")
	}
	return d - arrow.Date32(i/86400000), nil
}

func addDateMonths(d arrow.Date32, m arrow.MonthInterval) (arrow.Date32, error) {
	return addToDate("month", int64(m), d)
}

func addMillis(t arrow.Timestamp, i arrow.Duration) (arrow.Timestamp, error) {
	micros, err := addWall("millisecond", int64(i), int64(t))
	if err != nil {
		return 0, outOfRange("timestamp addition overflow")
	}
	return arrow.Timestamp(micros), nil
}

func addStampMonths(t arrow.Timestamp, m arrow.MonthInterval) (arrow.Timestamp, error) {
	wall, err := addWall("month", int64(m), int64(t))
	return arrow.Timestamp(wall), err
}

func addZonedMillis(z zoned, i arrow.Duration) (zoned, error) {
	t, err := addMillis(arrow.Timestamp(z.micros), i)
	if err == nil {
		_, err = momentMillis(floorDiv(int64(t), 1000))
	}
	return zoned{int64(t), z.zone}, err
}

func addZonedMonths(z zoned, m arrow.MonthInterval) (zoned, error) {
	z, err := addZoned("month", int64(m), z)
	if err == nil {
		_, err = momentMillis(floorDiv(z.micros, 1000))
	}
	return z, err
}

// addTimeMillis goes around midnight.
func addTimeMillis(t arrow.Time64, i arrow.Duration) (arrow.Time64, error) {
	return arrow.Time64(floorMod(int64(t)+int64(i)%86400000*1e6, nanosPerDay)), nil
}

// millisBetween rounds to milliseconds, which intervals count.
func millisBetween(a, b int64) arrow.Duration { return arrow.Duration(floorDiv(a-b+500, 1000)) }

// intervalName is the type of an interval's count.
func intervalName[T ~int32 | ~int64](T) string {
	if size := T(math.MaxInt32); size+1 > size {
		return types.IntervalDaySecondType.String()
	}
	return types.IntervalYearMonthType.String()
}

func sumOf[T ~int32 | ~int64](a, b T) (T, error) {
	if c := a + b; (c > a) == (b > 0) || b == 0 {
		return c, nil
	}
	return 0, outOfRange("%s addition overflow: %d + %d", intervalName(a), a, b)
}

func differenceOf[T ~int32 | ~int64](a, b T) (T, error) {
	if c := a - b; (c < a) == (b > 0) || b == 0 {
		return c, nil
	}
	return 0, outOfRange("%s subtraction overflow: %d - %d", intervalName(a), a, b)
}

func timesOf[T ~int32 | ~int64](a T, n int64) (T, error) {
	c := int64(a) * n
	if a != 0 && (c/int64(a) != n || int64(T(c)) != c) {
		return 0, outOfRange("%s multiplication overflow: %d * %d", intervalName(a), a, n)
	}
	return T(c), nil
}

func scaleOf[T ~int32 | ~int64](a T, f float64) (T, error) {
	if math.IsNaN(f) {
		return 0, invalidArgument("Cannot multiply by double NaN")
	}
	return wholeOf[T](float64(a) * f)
}

func shareOf[T ~int32 | ~int64](a T, f float64) (T, error) {
	if math.IsNaN(f) || f == 0 {
		return 0, invalidArgument("Cannot divide by double %s", types.AppendFloat(nil, f, 64))
	}
	return wholeOf[T](float64(a) / f)
}

// wholeOf drops the fraction, as Java's casts do: what is too large is the largest.
func wholeOf[T ~int32 | ~int64](v float64) (T, error) {
	whole := int64(0)
	switch {
	case v >= math.MaxInt64:
		whole = math.MaxInt64
	case v <= math.MinInt64:
		whole = math.MinInt64
	case !math.IsNaN(v):
		whole = int64(v)
	}
	if int64(T(whole)) != whole {
		return 0, outOfRange("Value %d exceeds MAX_INT for type %s", whole, types.IntervalYearMonthType)
	}
	return T(whole), nil
}
