package function

import (
	"time"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/types"
)

const (
	microsPerDay = 86400 * int64(1e6)
	nanosPerDay  = 86400 * int64(1e9)
)

// timeCasts are the casts among date, time and timestamps, and from text to them.
func timeCasts() map[castPair]maker {
	return map[castPair]maker{
		{types.Date, types.Timestamp}: pure1(func(d arrow.Date32) arrow.Timestamp { return arrow.Timestamp(int64(d) * microsPerDay) }),
		{types.Date, types.TimestampTZ}: c1(func(ctx *Context, d arrow.Date32) (zoned, error) {
			return fromWall(int64(d)*microsPerDay, ctx.zone()), nil
		}),
		{types.Timestamp, types.Date}: pure1(func(t arrow.Timestamp) arrow.Date32 { return arrow.Date32(floorDiv(int64(t), microsPerDay)) }),
		{types.Timestamp, types.Timestamp}: func(c *call) Kernel {
			p := c.result.Precision
			return pure1(func(t arrow.Timestamp) arrow.Timestamp { return arrow.Timestamp(roundMicros(int64(t), p)) })(c)
		},
		{types.Timestamp, types.TimestampTZ}: func(c *call) Kernel {
			p := c.result.Precision
			return c1(func(ctx *Context, t arrow.Timestamp) (zoned, error) {
				return fromWall(roundMicros(int64(t), p), ctx.zone()), nil
			})(c)
		},
		{types.Timestamp, types.Time}: func(c *call) Kernel {
			p := c.result.Precision
			return pure1(func(t arrow.Timestamp) arrow.Time64 { return timeOfDay(int64(t), p) })(c)
		},
		{types.TimestampTZ, types.Date}: f1(func(z zoned) (arrow.Date32, error) {
			wall, err := z.wall()
			return arrow.Date32(floorDiv(wall, microsPerDay)), err
		}),
		{types.TimestampTZ, types.Timestamp}: func(c *call) Kernel {
			p := c.result.Precision
			return f1(func(z zoned) (arrow.Timestamp, error) {
				wall, err := z.wall()
				return arrow.Timestamp(roundMicros(wall, p)), err
			})(c)
		},
		{types.TimestampTZ, types.TimestampTZ}: func(c *call) Kernel {
			p := c.result.Precision
			return pure1(func(z zoned) zoned { return zoned{roundMicros(z.micros, p), z.zone} })(c)
		},
		{types.TimestampTZ, types.Time}: func(c *call) Kernel {
			p := c.result.Precision
			return f1(func(z zoned) (arrow.Time64, error) {
				wall, err := z.wall()
				return timeOfDay(wall, p), err
			})(c)
		},
		{types.Time, types.Timestamp}: func(c *call) Kernel {
			p := c.result.Precision
			return c1(func(ctx *Context, t arrow.Time64) (arrow.Timestamp, error) {
				return arrow.Timestamp(today(ctx, t, p)), nil
			})(c)
		},
		{types.Time, types.TimestampTZ}: func(c *call) Kernel {
			p := c.result.Precision
			return c1(func(ctx *Context, t arrow.Time64) (zoned, error) { return fromWall(today(ctx, t, p), ctx.zone()), nil })(c)
		},
		{types.Time, types.Time}: func(c *call) Kernel {
			p := c.result.Precision
			return pure1(func(t arrow.Time64) arrow.Time64 { return arrow.Time64(roundUnit(int64(t), p, 9) % nanosPerDay) })(c)
		},
		{types.Varchar, types.Date}: f1(parseDate),
		{types.Varchar, types.Time}: func(c *call) Kernel {
			p := c.result.Precision
			return f1(func(s string) (arrow.Time64, error) { return parseTime(s, p) })(c)
		},
		{types.Varchar, types.Timestamp}: func(c *call) Kernel {
			p := c.result.Precision
			return f1(func(s string) (arrow.Timestamp, error) {
				t, err := castTimestamp(s)
				if err == nil && t.zone != "" { // a zone is left out, but must be one
					_, err = writtenZone(s, t.zone)
				}
				if err != nil {
					return 0, err
				}
				return arrow.Timestamp(roundMicros(t.micros, p)), nil
			})(c)
		},
		{types.Varchar, types.TimestampTZ}: func(c *call) Kernel {
			p := c.result.Precision
			return c1(func(ctx *Context, s string) (zoned, error) {
				t, err := castTimestamp(s)
				zone := ctx.zone()
				if err == nil && t.zone != "" {
					zone, err = writtenZone(s, t.zone)
				}
				if err != nil {
					return zoned{}, err
				}
				return fromWall(roundMicros(t.micros, p), zone), nil
			})(c)
		},
	}
}

// today is a time of the day on which the query began.
func today(ctx *Context, t arrow.Time64, precision int) int64 {
	return floorDiv(int64(nowWall(ctx)), microsPerDay)*microsPerDay + roundUnit(int64(t), precision, 9)/1000
}

// castTimestamp reads a text that is cast.
func castTimestamp(s string) (clock, error) {
	t, ok := readTimestamp(s)
	if !ok {
		return t, badCast("Value cannot be cast to timestamp: %s", s)
	}
	return t, nil
}

// writtenZone is the zone that stands in a text.
func writtenZone(s, name string) (*time.Location, error) {
	loc, err := types.LoadZone(name)
	switch {
	case err == nil:
		return loc, nil
	case name[0] == '+' || name[0] == '-':
		return nil, zoneNotSupported(name)
	}
	return nil, badCast("Value cannot be cast to timestamp: %s", s)
}

// zone is the session's time zone.
func (c *Context) zone() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

// wall is the clock reading at z in its zone, in microseconds as if in UTC.
func (z zoned) wall() (int64, error) {
	loc, err := types.LoadZone(z.zone)
	if err != nil {
		return 0, invalidArgument("%v", err)
	}
	_, offset := time.UnixMicro(z.micros).In(loc).Zone()
	return z.micros + int64(offset)*1e6, nil
}

// fromWall is the instant at which the zone's clocks read wall. A reading that
// the clocks skip moves forward by the gap; of two instants the earlier is taken.
func fromWall(wall int64, loc *time.Location) zoned {
	return zoned{instantOf(wall, loc), loc.String()}
}

func instantOf(wall int64, loc *time.Location) int64 {
	if loc == time.UTC {
		return wall
	}
	// Around a transition the offset before it counts, for what is skipped as for what comes twice.
	near := time.UnixMicro(wall).In(loc)
	start, end := near.ZoneBounds()
	offset := offsetOf(near)
	if !start.IsZero() {
		if before := offsetOf(start.Add(-time.Second)); wall < start.UnixMicro()+max(before, offset) {
			return wall - before
		}
	}
	if !end.IsZero() {
		if after := offsetOf(end); wall >= end.UnixMicro()+max(after, offset) {
			return wall - after
		}
	}
	return wall - offset
}

// offsetOf is how far t's zone is ahead of UTC, in microseconds.
func offsetOf(t time.Time) int64 {
	_, seconds := t.Zone()
	return int64(seconds) * 1e6
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

func floorMod(a, b int64) int64 { return a - floorDiv(a, b)*b }

// roundMicros rounds microseconds half up to that many fraction digits.
func roundMicros(micros int64, precision int) int64 { return roundUnit(micros, precision, 6) }

// roundUnit rounds a count of 10^-digits seconds half up to precision digits.
func roundUnit(v int64, precision, digits int) int64 {
	unit := int64(1)
	for i := precision; i < digits; i++ {
		unit *= 10
	}
	if unit == 1 {
		return v
	}
	return floorDiv(v+unit/2, unit) * unit
}

func timeOfDay(wall int64, precision int) arrow.Time64 {
	nanos := floorMod(wall, microsPerDay) * 1000
	return arrow.Time64(roundUnit(nanos, precision, 9) % nanosPerDay)
}
