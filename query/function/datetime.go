package function

import (
	"math"
	"time"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/types"
)

// currentTime are the functions of the query's start; it does not move.
var currentTime = []entry{
	{sig: "now() timestamp(3) with time zone", make: c0(nowZoned)},
	{sig: "current_timestamp() timestamp(3) with time zone", make: c0(nowZoned)},
	{sig: "$current_timestamp(bigint) timestamp(6) with time zone", make: c1(nowOf)},
	{sig: "localtimestamp() timestamp(3)", make: c0(nowWall)},
	{sig: "current_date() date", make: c0(func(ctx *Context) arrow.Date32 { return arrow.Date32(floorDiv(int64(nowWall(ctx)), microsPerDay)) })},
	{sig: "localtime() time(3)", make: c0(func(ctx *Context) arrow.Time64 { return timeOfDay(int64(nowWall(ctx)), 3) })},
	{sig: "current_timezone() varchar", make: c0(func(ctx *Context) string { return ctx.zone().String() })},
}

func nowZoned(ctx *Context) zoned {
	return zoned{floorDiv(ctx.Now.UnixMicro(), 1000) * 1000, ctx.zone().String()}
}

// nowOf is the query's start with that many digits of a second. It never differs
// from now() in the first three, and is rounded to fewer as a cast would.
func nowOf(ctx *Context, precision int64) (zoned, error) {
	start := nowZoned(ctx)
	if precision > 3 {
		return zoned{ctx.Now.UnixMicro(), start.zone}, nil
	}
	return zoned{roundMicros(start.micros, int(precision)), start.zone}, nil
}

func nowWall(ctx *Context) arrow.Timestamp {
	wall, _ := nowZoned(ctx).wall() // the session's zone is a loaded one
	return arrow.Timestamp(wall)
}

// field reads one part of a wall clock.
type field func(t time.Time) int64

func isoYear(t time.Time) int64 { y, _ := t.ISOWeek(); return int64(y) }
func isoWeek(t time.Time) int64 { _, w := t.ISOWeek(); return int64(w) }
func isoDay(t time.Time) int64  { return int64(t.Weekday()+6)%7 + 1 }

var dateFields = map[string]field{
	"year":         func(t time.Time) int64 { return int64(t.Year()) },
	"quarter":      func(t time.Time) int64 { return int64(t.Month()-1)/3 + 1 },
	"month":        func(t time.Time) int64 { return int64(t.Month()) },
	"week":         isoWeek,
	"week_of_year": isoWeek,
	"day":          func(t time.Time) int64 { return int64(t.Day()) },
	"day_of_month": func(t time.Time) int64 { return int64(t.Day()) },
	"day_of_week":  isoDay,
	"dow":          isoDay,
	"day_of_year":  func(t time.Time) int64 { return int64(t.YearDay()) },
	"doy":          func(t time.Time) int64 { return int64(t.YearDay()) },
	"year_of_week": isoYear,
	"yow":          isoYear,
}

var clockFields = map[string]field{
	"hour":        func(t time.Time) int64 { return int64(t.Hour()) },
	"minute":      func(t time.Time) int64 { return int64(t.Minute()) },
	"second":      func(t time.Time) int64 { return int64(t.Second()) },
	"millisecond": func(t time.Time) int64 { return int64(t.Nanosecond()) / 1e6 },
}

// extractors are the functions that read one field of a date or time.
func extractors() []entry {
	var list []entry
	stamps := func(name string, f field) {
		list = append(list,
			entry{sig: name + "(timestamp(p)) bigint", make: pure1(func(t arrow.Timestamp) int64 { return f(wallTime(int64(t))) })},
			entry{sig: name + "(timestamp(p) with time zone) bigint", make: f1(func(z zoned) (int64, error) {
				wall, err := z.wall()
				return f(wallTime(wall)), err
			})})
	}
	for name, f := range dateFields {
		list = append(list, entry{sig: name + "(date) bigint", make: pure1(func(d arrow.Date32) int64 { return f(wallTime(int64(d) * microsPerDay)) })})
		stamps(name, f)
	}
	for name, f := range clockFields {
		list = append(list, entry{sig: name + "(time(p)) bigint", make: pure1(func(t arrow.Time64) int64 { return f(wallTime(int64(t) / 1000)) })})
		stamps(name, f)
	}
	return append(list, intervalFields...)
}

// intervalFields read one field of an interval; its sign goes into each.
var intervalFields = []entry{
	{sig: "year(interval year to month) bigint", make: pure1(func(m arrow.MonthInterval) int64 { return int64(m) / 12 })},
	{sig: "month(interval year to month) bigint", make: pure1(func(m arrow.MonthInterval) int64 { return int64(m) % 12 })},
	{sig: "day(interval day to second) bigint", make: pure1(daysOf)},
	{sig: "day_of_month(interval day to second) bigint", make: pure1(daysOf)},
	{sig: "hour(interval day to second) bigint", make: pure1(func(d arrow.Duration) int64 { return int64(d) % 86400000 / 3600000 })},
	{sig: "minute(interval day to second) bigint", make: pure1(func(d arrow.Duration) int64 { return int64(d) % 3600000 / 60000 })},
	{sig: "second(interval day to second) bigint", make: pure1(func(d arrow.Duration) int64 { return int64(d) % 60000 / 1000 })},
	{sig: "millisecond(interval day to second) bigint", make: pure1(func(d arrow.Duration) int64 { return int64(d) % 1000 })},
	{sig: "to_milliseconds(interval day to second) bigint", make: pure1(func(d arrow.Duration) int64 { return int64(d) })},
}

func daysOf(d arrow.Duration) int64 { return int64(d) / 86400000 }

// dateArithmetic is date_trunc, date_add, date_diff and what is near them.
var dateArithmetic = []entry{
	{sig: "date_trunc(varchar(x), date) date", make: f2(func(unit string, d arrow.Date32) (arrow.Date32, error) {
		unit, err := checkUnit(unit, "DATE")
		wall, _ := truncateWall(unit, int64(d)*microsPerDay)
		return arrow.Date32(floorDiv(wall, microsPerDay)), err
	})},
	{sig: "date_trunc(varchar(x), timestamp(p)) timestamp(p)", make: truncateTimestamp},
	{sig: "date_trunc(varchar(x), timestamp(p) with time zone) timestamp(p) with time zone", make: f2(func(unit string, z zoned) (zoned, error) {
		unit, err := checkUnit(unit, "TIMESTAMP")
		if err != nil {
			return zoned{}, err
		}
		return z.onWall(unit, func(wall int64) int64 { w, _ := truncateWall(unit, wall); return w })
	})},
	{sig: "date_trunc(varchar(x), time(p)) time(p)", make: f2(func(unit string, t arrow.Time64) (arrow.Time64, error) {
		unit, err := checkUnit(unit, "TIME")
		wall, _ := truncateWall(unit, int64(t)/1000)
		return arrow.Time64(wall * 1000), err
	})},
	{sig: "date_add(varchar(x), bigint, date) date", make: f3(addToDate)},
	{sig: "date_add(varchar(x), bigint, timestamp(p)) timestamp(p)", make: func(c *call) Kernel {
		p := c.result.Precision
		return f3(func(unit string, n int64, t arrow.Timestamp) (arrow.Timestamp, error) {
			wall, err := addUnit(unit, n, int64(t))
			return arrow.Timestamp(roundMicros(wall, p)), err
		})(c)
	}},
	{sig: "date_add(varchar(x), bigint, timestamp(p) with time zone) timestamp(p) with time zone", make: func(c *call) Kernel {
		p := c.result.Precision
		return f3(func(unit string, n int64, z zoned) (zoned, error) {
			z, err := addZoned(unit, n, z)
			if err == nil {
				_, err = momentMillis(floorDiv(z.micros, 1000))
			}
			return zoned{roundMicros(z.micros, p), z.zone}, err
		})(c)
	}},
	{sig: "date_add(varchar(x), bigint, time(p)) time(p)", make: func(c *call) Kernel {
		p := c.result.Precision
		return f3(func(unit string, n int64, t arrow.Time64) (arrow.Time64, error) {
			unit, err := checkUnit(unit, "TIME")
			if err != nil {
				return 0, err
			}
			step := n % (microsPerDay / microsOf[unit]) * microsOf[unit] * 1000
			return arrow.Time64(roundUnit(floorMod(int64(t)+step, nanosPerDay), p, 9) % nanosPerDay), nil
		})(c)
	}},
	{sig: "date_diff(varchar(x), date, date) bigint", make: f3(func(unit string, a, b arrow.Date32) (int64, error) {
		unit, err := checkUnit(unit, "DATE")
		n, _ := diffWall(unit, int64(a)*microsPerDay, int64(b)*microsPerDay)
		return n, err
	})},
	{sig: "date_diff(varchar(x), timestamp(p), timestamp(p)) bigint", make: diffTimestamps},
	{sig: "date_diff(varchar(x), timestamp(p) with time zone, timestamp(p) with time zone) bigint", make: f3(diffZoned)},
	{sig: "date_diff(varchar(x), time(p), time(p)) bigint", make: f3(func(unit string, a, b arrow.Time64) (int64, error) {
		unit, err := checkUnit(unit, "TIME")
		n, _ := diffWall(unit, int64(a)/1000, int64(b)/1000)
		return n, err
	})},
	{sig: "last_day_of_month(date) date", make: pure1(func(d arrow.Date32) arrow.Date32 { return lastDay(int64(d) * microsPerDay) })},
	{sig: "last_day_of_month(timestamp(p)) date", make: pure1(func(t arrow.Timestamp) arrow.Date32 { return lastDay(int64(t)) })},
	{sig: "last_day_of_month(timestamp(p) with time zone) date", make: f1(func(z zoned) (arrow.Date32, error) {
		wall, err := z.wall()
		return lastDay(wall), err
	})},
}

// addUnit adds to a wall clock in microseconds.
func addUnit(unit string, n, wall int64) (int64, error) {
	unit, err := checkUnit(unit, "TIMESTAMP")
	if err != nil {
		return 0, err
	}
	return addWall(unit, n, wall)
}

// addToDate can go further than a timestamp reaches.
func addToDate(unit string, n int64, d arrow.Date32) (arrow.Date32, error) {
	unit, err := checkUnit(unit, "DATE")
	if err != nil {
		return 0, err
	}
	var days int64
	if months, ok := monthsOf[unit]; ok {
		if n, err = countOfMonths(unit, n, months); err != nil {
			return 0, err
		}
		year, month, day := monthsLater(dayTime(int64(d)), n)
		days = floorDiv(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix(), 86400)
	} else {
		step := microsOf[unit] / microsPerDay
		if n > math.MaxInt64/(step*86400000) || n < math.MinInt64/(step*86400000) {
			return 0, invalidArgument("Multiplication overflows a long: %d * %d", n, step*86400000)
		}
		days = int64(d) + n*step
	}
	if days != int64(int32(days)) {
		return 0, invalidArgument("Value %d exceeds MAX_INT for type date", days)
	}
	return arrow.Date32(days), nil
}

// addZoned adds clock units to the instant and calendar units to the wall clock.
func addZoned(unit string, n int64, z zoned) (zoned, error) {
	unit, err := checkUnit(unit, "TIMESTAMP")
	if err != nil {
		return zoned{}, err
	}
	if isTimeOfDay(unit) {
		micros, err := addUnit(unit, n, z.micros)
		return zoned{micros, z.zone}, err
	}
	var failed error
	out, err := z.onWall(unit, func(wall int64) int64 {
		var sum int64
		sum, failed = addWall(unit, n, wall)
		return sum
	})
	if failed != nil {
		return zoned{}, failed
	}
	return out, err
}

// diffZoned counts calendar units on the wall clocks of the first argument's zone.
func diffZoned(unit string, a, b zoned) (int64, error) {
	unit, err := checkUnit(unit, "TIMESTAMP")
	if err != nil {
		return 0, err
	}
	from, to := a.micros, b.micros
	if !isTimeOfDay(unit) {
		if from, err = a.wall(); err == nil {
			to, err = zoned{b.micros, a.zone}.wall()
		}
	}
	n, _ := diffWall(unit, from, to)
	return n, err
}

func lastDay(wall int64) arrow.Date32 {
	t := wallTime(wall)
	n, _ := dayNumber(t.Year(), int(t.Month()), daysIn(t.Year(), int(t.Month())))
	return arrow.Date32(n)
}

// zoneFunctions change and read time zones.
var zoneFunctions = []entry{
	{sig: "at_timezone(timestamp(p) with time zone, varchar(x)) timestamp(p) with time zone", make: f2(func(z zoned, name string) (zoned, error) {
		loc, err := zoneNamed(name)
		if err != nil {
			return zoned{}, err
		}
		return zoned{z.micros, loc.String()}, nil
	})},
	{sig: "at_timezone(timestamp(p) with time zone, interval day to second) timestamp(p) with time zone", make: f2(func(z zoned, d arrow.Duration) (zoned, error) {
		if int64(d)%60000 != 0 {
			return zoned{}, invalidArgument("Invalid time zone offset interval: interval contains seconds")
		}
		loc, err := offsetZone(int64(d) / 60000)
		if err != nil {
			return zoned{}, err
		}
		return zoned{z.micros, loc.String()}, nil
	})},
	{sig: "with_timezone(timestamp(p), varchar(x)) timestamp(p) with time zone", make: f2(func(t arrow.Timestamp, name string) (zoned, error) {
		loc, err := zoneNamed(name)
		if err != nil {
			return zoned{}, err
		}
		return zoned{jodaInstant(int64(t), loc), loc.String()}, nil
	})},
	{sig: "timezone(timestamp(p) with time zone) varchar", make: pure1(func(z zoned) string { return z.zone })},
	{sig: "timezone_hour(timestamp(p) with time zone) bigint", make: f1(func(z zoned) (int64, error) {
		wall, err := z.wall()
		return (wall - z.micros) / 3600e6, err
	})},
	{sig: "timezone_minute(timestamp(p) with time zone) bigint", make: f1(func(z zoned) (int64, error) {
		wall, err := z.wall()
		return (wall - z.micros) % 3600e6 / 60e6, err
	})},
}

// offsetZone is the zone of that many minutes, at most 14 hours.
func offsetZone(minutes int64) (*time.Location, error) {
	if minutes < -14*60 || minutes > 14*60 {
		return nil, invalidArgument("Invalid offset minutes %d", minutes)
	}
	return types.OffsetZone(int(minutes)), nil
}

// jodaInstant is the instant that with_timezone finds for a wall clock: as
// instantOf for what clocks skip, but of two instants the later in zones ahead of UTC.
func jodaInstant(wall int64, loc *time.Location) int64 {
	at := func(micros int64) time.Time { return time.UnixMicro(micros).In(loc) }
	local := offsetOf(at(wall))
	offset := offsetOf(at(wall - local))
	if local != offset && local < 0 {
		_, next := at(wall - local).ZoneBounds()
		_, adjusted := at(wall - offset).ZoneBounds()
		if !next.Equal(adjusted) {
			offset = local
		}
	}
	return wall - offset
}

func zoneNamed(name string) (*time.Location, error) {
	loc, err := types.LoadZone(name)
	if err != nil {
		return nil, invalidArgument("%v", err)
	}
	return loc, nil
}
