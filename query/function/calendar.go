package function

import (
	"math"
	"strings"
	"time"

	"github.com/traillake/traillake/query/types"
)

// Calendar arithmetic is done on wall clocks: microseconds since 1970-01-01
// 00:00 as if all clocks showed UTC.

func wallTime(wall int64) time.Time { return time.UnixMicro(wall).UTC() }

// microsOf is the length of units that have one.
var microsOf = map[string]int64{
	"millisecond": 1e3, "second": 1e6, "minute": 60e6, "hour": 3600e6, "day": microsPerDay, "week": 7 * microsPerDay,
}

// monthsOf is the length of units that are counted in months.
var monthsOf = map[string]int64{"month": 1, "quarter": 3, "year": 12}

// truncateWall is date_trunc; ok is false for an unknown unit.
func truncateWall(unit string, wall int64) (int64, bool) {
	switch unit {
	case "week":
		const monday = 3 * microsPerDay // 1970-01-01 was a Thursday
		return floorDiv(wall+monday, microsOf[unit])*microsOf[unit] - monday, true
	case "month", "quarter", "year":
		t := wallTime(wall)
		months := int(monthsOf[unit])
		month := (int(t.Month())-1)/months*months + 1
		return time.Date(t.Year(), time.Month(month), 1, 0, 0, 0, 0, time.UTC).UnixMicro(), true
	}
	size, ok := microsOf[unit]
	if !ok {
		return 0, false
	}
	return floorDiv(wall, size) * size, true
}

// addWall is date_add of a known unit. Its messages count milliseconds, as Trino does.
func addWall(unit string, n, wall int64) (int64, error) {
	if months, ok := monthsOf[unit]; ok {
		n, err := countOfMonths(unit, n, months)
		if err != nil {
			return 0, err
		}
		sum := addMonths(wall, n)
		if year, _, _ := monthsLater(wallTime(wall), n); year > maxYear || year < minYear {
			return 0, invalidArgument("long overflow")
		}
		return sum, nil
	}
	size := microsOf[unit] / 1000
	step := n * size
	if step/size != n {
		return 0, invalidArgument("Multiplication overflows a long: %d * %d", n, size)
	}
	micros := step * 1000
	sum := wall + micros
	if micros/1000 != step || step != 0 && (sum > wall) != (step > 0) {
		return 0, invalidArgument("The calculation caused an overflow: %d + %d", floorDiv(wall, 1000), step)
	}
	return sum, nil
}

// countOfMonths is how many months n units are; Trino counts years in an int.
func countOfMonths(unit string, n, months int64) (int64, error) {
	switch {
	case unit == "year" && n != int64(int32(n)):
		return 0, invalidArgument("Value cannot fit in an int: %d", n)
	case n > math.MaxInt64/months || n < math.MinInt64/months:
		return 0, invalidArgument("Multiplication overflows a long: %d * %d", n, months)
	case n*months > maxMonths || n*months < -maxMonths:
		return 0, invalidArgument("Magnitude of add amount is too large: %d", n*months)
	}
	return n * months, nil
}

// maxMonths keeps the years of a sum in Go's range.
const maxMonths = 12 << 32

// monthsLater keeps the day of the month, or takes the month's last when it has fewer.
func monthsLater(t time.Time, n int64) (year int, month time.Month, day int) {
	count := int64(t.Year())*12 + int64(t.Month()) - 1 + n
	year, m := int(floorDiv(count, 12)), int(floorMod(count, 12))+1
	return year, time.Month(m), min(t.Day(), daysIn(year, m))
}

// addMonths is monthsLater with the same time of day.
func addMonths(wall, n int64) int64 {
	year, month, day := monthsLater(wallTime(wall), n)
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC).UnixMicro() + floorMod(wall, microsPerDay)
}

// diffWall is date_diff: how many whole units lie between from and to.
func diffWall(unit string, from, to int64) (int64, bool) {
	if size, ok := microsOf[unit]; ok {
		return (to - from) / size, true
	}
	months, ok := monthsOf[unit]
	if !ok {
		return 0, false
	}
	return monthsBetween(from, to) / months, true
}

// monthsBetween counts whole months. The last day of a month ends a month that
// began on a later day.
func monthsBetween(from, to int64) int64 {
	if to < from {
		return -monthsBetween(to, from)
	}
	f, t := wallTime(from), wallTime(to)
	n := int64(t.Year()-f.Year())*12 + int64(t.Month()) - int64(f.Month())
	day := f.Day()
	if last := daysIn(t.Year(), int(t.Month())); t.Day() == last && day > last {
		day = last
	}
	restF := int64(day)*microsPerDay + floorMod(from, microsPerDay)
	restT := int64(t.Day())*microsPerDay + floorMod(to, microsPerDay)
	if restT < restF {
		n--
	}
	return n
}

// isTimeOfDay tells the units shorter than a day.
func isTimeOfDay(unit string) bool {
	switch unit {
	case "millisecond", "second", "minute", "hour":
		return true
	}
	return false
}

func checkUnit(unit, kind string) (string, error) {
	u := strings.ToLower(unit)
	_, fixed := microsOf[u]
	_, months := monthsOf[u]
	if !fixed && !months || kind == "DATE" && isTimeOfDay(u) || kind == "TIME" && !isTimeOfDay(u) {
		return "", invalidArgument("'%s' is not a valid %s field", unit, kind)
	}
	return u, nil
}

// location is the zone of z.
func (z zoned) location() (*time.Location, error) {
	loc, err := types.LoadZone(z.zone)
	if err != nil {
		return nil, invalidArgument("%v", err)
	}
	return loc, nil
}

// onWall applies f to z's wall clock. Units shorter than a day keep z's offset,
// others take the offset that the zone has at the result.
func (z zoned) onWall(unit string, f func(wall int64) int64) (zoned, error) {
	loc, err := z.location()
	if err != nil {
		return zoned{}, err
	}
	wall, err := z.wall()
	if err != nil {
		return zoned{}, err
	}
	moved := f(wall)
	if isTimeOfDay(unit) {
		return zoned{moved - (wall - z.micros), z.zone}, nil
	}
	return zoned{instantOf(moved, loc), z.zone}, nil
}
