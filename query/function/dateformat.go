package function

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/decimal128"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/types"
)

// dateText are the functions between dates and text or numbers.
var dateText = []entry{
	{sig: "date_format(timestamp(p), varchar(x)) varchar", make: printStamp(mysqlPattern)},
	{sig: "date_format(timestamp(p) with time zone, varchar(x)) varchar", make: printZoned(mysqlPattern)},
	{sig: "format_datetime(timestamp(p), varchar(x)) varchar", make: printStamp(jodaPattern)},
	{sig: "format_datetime(timestamp(p) with time zone, varchar(x)) varchar", make: printZoned(jodaPattern)},
	{sig: "date_parse(varchar(x), varchar(y)) timestamp(3)", make: dateParse},
	{sig: "parse_datetime(varchar(x), varchar(y)) timestamp(3) with time zone", make: parseDatetime},
	{sig: "date(varchar(x)) date", make: f1(parseDate)},
	{sig: "date(date) date", make: sameArray},
	{sig: "date(timestamp(p)) date", make: pure1(func(t arrow.Timestamp) arrow.Date32 { return arrow.Date32(floorDiv(int64(t), microsPerDay)) })},
	{sig: "date(timestamp(p) with time zone) date", make: f1(func(z zoned) (arrow.Date32, error) {
		wall, err := z.wall()
		return arrow.Date32(floorDiv(wall, microsPerDay)), err
	})},
	{sig: "$lake_timestamp(varchar) timestamp(3)", make: f1(lenientTimestamp)},
	{sig: "from_iso8601_date(varchar(x)) date", make: f1(isoDate)},
	{sig: "from_iso8601_timestamp(varchar(x)) timestamp(3) with time zone", make: c1(isoTimestamp)},
	{sig: "to_iso8601(date) varchar(16)", make: pure1(func(d arrow.Date32) string { return string(types.AppendDate(nil, int64(d))) })},
	{sig: "to_iso8601(timestamp(p)) varchar", make: stampToISO},
	{sig: "to_iso8601(timestamp(p) with time zone) varchar", make: zonedToISO},
	{sig: "from_unixtime(double) timestamp(3) with time zone", make: c1(func(ctx *Context, v float64) (zoned, error) { return unixTime(v, ctx.zone()) })},
	{sig: "from_unixtime(double, varchar(x)) timestamp(3) with time zone", make: f2(func(v float64, name string) (zoned, error) {
		loc, err := zoneNamed(name)
		if err != nil {
			return zoned{}, err
		}
		return unixTime(v, loc)
	})},
	{sig: "from_unixtime(double, bigint, bigint) timestamp(3) with time zone", make: f3(func(v float64, hours, minutes int64) (zoned, error) {
		if hours < -14 || hours > 14 || minutes < -59 || minutes > 59 {
			return zoned{}, invalidArgument("Invalid offset minutes %d", hours*60+minutes)
		}
		return unixTime(v, types.OffsetZone(int(hours*60+minutes)))
	})},
	{sig: "from_unixtime_nanos(bigint) timestamp(6) with time zone", make: c1(func(ctx *Context, v int64) (zoned, error) {
		return unixNanos(ctx, big.NewInt(v))
	})},
	{sig: "from_unixtime_nanos(decimal(p,s)) timestamp(6) with time zone", make: unixNanosDecimal},
	{sig: "to_unixtime(timestamp(p)) double", make: pure1(func(t arrow.Timestamp) float64 { return float64(t) / 1e6 })},
	{sig: "to_unixtime(timestamp(p) with time zone) double", make: pure1(func(z zoned) float64 { return float64(z.micros) / 1e6 })},
	{sig: "human_readable_seconds(double) varchar", make: f1(humanSeconds)},
	{sig: "parse_duration(varchar(x)) interval day to second", make: f1(parseDuration)},
}

type patternReader = func(string) ([]dateToken, error)

func printStamp(read patternReader) maker {
	return func(c *call) Kernel {
		var cache compiled[[]dateToken]
		return f2(func(t arrow.Timestamp, pattern string) (string, error) {
			tokens, err := cache.get(pattern, read)
			if err != nil {
				return "", err
			}
			return string(printDate(nil, tokens, wallTime(int64(t)))), nil
		})(c)
	}
}

func printZoned(read patternReader) maker {
	return func(c *call) Kernel {
		var cache compiled[[]dateToken]
		return f2(func(z zoned, pattern string) (string, error) {
			tokens, err := cache.get(pattern, read)
			if err != nil {
				return "", err
			}
			loc, err := z.location()
			if err != nil {
				return "", err
			}
			return string(printDate(nil, tokens, time.UnixMicro(z.micros).In(loc))), nil
		})(c)
	}
}

// dateParse takes two-digit years as 1970 to 2069.
func dateParse(c *call) Kernel {
	var cache compiled[[]dateToken]
	return f2(func(s, pattern string) (arrow.Timestamp, error) {
		tokens, err := cache.get(pattern, mysqlPattern)
		if err != nil {
			return 0, err
		}
		p, err := readDate(s, tokens, 1970)
		if err != nil {
			return 0, err
		}
		wall, err := p.wall(s)
		return arrow.Timestamp(floorDiv(wall, 1000) * 1000), err
	})(c)
}

// parseDatetime takes two-digit years as the century around the query's start.
func parseDatetime(c *call) Kernel {
	var cache compiled[[]dateToken]
	return c2(func(ctx *Context, s, pattern string) (zoned, error) {
		tokens, err := cache.get(pattern, jodaPattern)
		if err != nil {
			return zoned{}, err
		}
		p, err := readDate(s, tokens, ctx.Now.Year()-80)
		if err != nil {
			return zoned{}, err
		}
		wall, err := p.wall(s)
		if err != nil {
			return zoned{}, err
		}
		if p.zone == nil {
			p.zone = ctx.zone()
		}
		return fromWall(floorDiv(wall, 1000)*1000, p.zone), nil
	})(c)
}

func unixTime(v float64, loc *time.Location) (zoned, error) {
	millis := math.Round(v * 1000)
	if math.IsNaN(millis) || math.Abs(millis) > math.MaxInt64/1000 {
		return zoned{}, outOfRange("Unix time out of range: %s", types.AppendFloat(nil, v, 64))
	}
	return zoned{int64(millis) * 1000, loc.String()}, nil
}

func unixNanosDecimal(c *call) Kernel {
	scale := c.args[0].Scale
	return c1(func(ctx *Context, v decimal128.Num) (zoned, error) {
		return unixNanos(ctx, rescale(v.BigInt(), scale, 0))
	})(c)
}

// unixNanos refuses what a timestamp of ours, of microseconds, cannot hold.
func unixNanos(ctx *Context, nanos *big.Int) (zoned, error) {
	micros, rest := new(big.Int).DivMod(nanos, big.NewInt(1000), new(big.Int))
	switch {
	case rest.Sign() != 0:
		return zoned{}, fault(ast.NotSupported, "from_unixtime_nanos(%s) is not supported: a second has at most 6 digits", nanos)
	case !micros.IsInt64():
		return zoned{}, outOfRange("Unix time out of range: %s", nanos)
	}
	return zoned{micros.Int64(), ctx.zone().String()}, nil
}

// humanSeconds prints weeks to seconds, leaving out what is zero.
func humanSeconds(v float64) (string, error) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "", invalidArgument("Invalid argument found: %s", types.AppendFloat(nil, v, 64))
	}
	rest := int64(math.Round(math.Abs(v)))
	var parts []string
	for _, unit := range []struct {
		name string
		size int64
	}{{"week", 604800}, {"day", 86400}, {"hour", 3600}, {"minute", 60}, {"second", 1}} {
		n := rest / unit.size
		rest %= unit.size
		if n == 0 && (unit.size > 1 || len(parts) > 0) {
			continue
		}
		word := unit.name
		if n != 1 {
			word += "s"
		}
		parts = append(parts, fmt.Sprintf("%d %s", n, word))
	}
	return strings.Join(parts, ", "), nil
}

var durationUnits = map[string]float64{"ns": 1e-6, "us": 1e-3, "ms": 1, "s": 1e3, "m": 60e3, "h": 3600e3, "d": 86400e3}

func parseDuration(s string) (arrow.Duration, error) {
	t := strings.TrimSpace(s)
	n := 0
	for n < len(t) && (t[n] >= '0' && t[n] <= '9' || t[n] == '.') {
		n++
	}
	size, ok := durationUnits[strings.TrimSpace(t[n:])]
	v, err := strconv.ParseFloat(t[:n], 64)
	if !ok || err != nil || v*size > math.MaxInt64/2 {
		return 0, invalidArgument("duration is not a valid data duration string: %s", s)
	}
	return arrow.Duration(math.Round(v * size)), nil
}
