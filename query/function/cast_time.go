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
				t, ok := readTimestamp(s)
				if !ok || t.zone != "" {
					return 0, badCast("Value cannot be cast to timestamp: %s", s)
				}
				return arrow.Timestamp(roundMicros(t.micros, p)), nil
			})(c)
		},
		{types.Varchar, types.TimestampTZ}: func(c *call) Kernel {
			p := c.result.Precision
			return c1(func(ctx *Context, s string) (zoned, error) {
				t, ok := readTimestamp(s)
				zone := ctx.zone()
				if ok && t.zone != "" {
					loc, err := types.LoadZone(t.zone)
					zone, ok = loc, err == nil
				}
				if !ok {
					return zoned{}, badCast("Value cannot be cast to timestamp with time zone: %s", s)
				}
				return fromWall(roundMicros(t.micros, p), zone), nil
			})(c)
		},
	}
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
	t := time.UnixMicro(wall).UTC()
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), loc).UnixMicro()
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
