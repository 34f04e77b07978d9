package function

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"regexp"
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
	{sig: "format_datetime(timestamp(p), varchar(x)) varchar", make: printStamp(jodaPrinted)},
	{sig: "format_datetime(timestamp(p) with time zone, varchar(x)) varchar", make: printZoned(jodaPrinted)},
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
	{sig: "to_iso8601(timestamp(p)) varchar", result: isoLength(22), make: stampToISO},
	{sig: "to_iso8601(timestamp(p) with time zone) varchar", result: isoLength(28), make: zonedToISO},
	{sig: "from_unixtime(double) timestamp(3) with time zone", make: c1(func(ctx *Context, v float64) (zoned, error) { return unixTime(v, ctx.zone()) })},
	{sig: "from_unixtime(double, varchar(x)) timestamp(3) with time zone", make: f2(func(v float64, name string) (zoned, error) {
		loc, err := types.LoadZone(name)
		if err != nil {
			return zoned{}, zoneNotSupported(name)
		}
		return unixTime(v, loc)
	})},
	{sig: "from_unixtime(double, bigint, bigint) timestamp(3) with time zone", make: f3(func(v float64, hours, minutes int64) (zoned, error) {
		loc, err := offsetZone(hours*60 + minutes)
		if err != nil {
			return zoned{}, err
		}
		return unixTime(v, loc)
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

// printStamp prints milliseconds, to which it rounds.
func printStamp(read patternReader) maker {
	return func(c *call) Kernel {
		var cache compiled[[]dateToken]
		return f2(func(t arrow.Timestamp, pattern string) (string, error) {
			tokens, err := cache.get(pattern, read)
			if err != nil {
				return "", err
			}
			return string(printDate(nil, tokens, wallTime(roundMicros(int64(t), 3)))), nil
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
			return string(printDate(nil, tokens, time.UnixMicro(roundMicros(z.micros, 3)).In(loc))), nil
		})(c)
	}
}

// dateParse takes two-digit years as 1970 to 2069.
func dateParse(c *call) Kernel {
	var cache compiled[[]dateToken]
	return f2(func(s, pattern string) (arrow.Timestamp, error) {
		if pattern == "%Y-%m-%d" {
			if wall, ok, err := parsePlainDate(s); ok || err != nil {
				return arrow.Timestamp(wall), err
			}
		}
		tokens, err := cache.get(pattern, mysqlPattern)
		if err != nil {
			return 0, err
		}
		f, err := readDate(s, tokens, 1970)
		if err != nil {
			return 0, err
		}
		wall, err := f.wall(s)
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
		f, err := readDate(s, tokens, ctx.Now.Year()-80)
		if err != nil {
			return zoned{}, err
		}
		return f.moment(ctx, s)
	})(c)
}

// maxMomentMillis bounds a timestamp with time zone, of which Trino keeps the
// milliseconds in 52 bits.
const maxMomentMillis = 1<<51 - 1

func momentMillis(millis int64) (int64, error) {
	if millis > maxMomentMillis || millis < -maxMomentMillis-1 {
		return 0, invalidArgument("Millis overflow: %d", millis)
	}
	return millis, nil
}

// roundHalfUp rounds as Java's Math.round: NaN is 0, and what is too large the largest.
func roundHalfUp(v float64) int64 {
	switch v = math.Floor(v + 0.5); {
	case math.IsNaN(v):
		return 0
	case v >= math.MaxInt64:
		return math.MaxInt64
	case v <= math.MinInt64:
		return math.MinInt64
	}
	return int64(v)
}

func unixTime(v float64, loc *time.Location) (zoned, error) {
	millis, err := momentMillis(roundHalfUp(v * 1000))
	return zoned{millis * 1000, loc.String()}, err
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

// parseDuration reads a number and a unit, as airlift's Duration does.
func parseDuration(s string) (arrow.Duration, error) {
	if s == "" {
		return 0, invalidArgument("duration is empty")
	}
	parts := durationText.FindStringSubmatch(s)
	if parts == nil {
		return 0, invalidArgument("duration is not a valid data duration string: %s", s)
	}
	unit, ok := durationUnits[parts[2]]
	if !ok {
		return 0, invalidArgument("Unknown time unit: %s", parts[2])
	}
	v, err := strconv.ParseFloat(parts[1], 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, invalidArgument("duration is not a valid data duration string: %s", s)
	}
	millis := math.Floor(v*unit.millis + 0.5)
	if millis > math.MaxInt64 {
		return 0, invalidArgument("value %s %s is too large to be represented in requested unit MILLISECONDS as a long", types.AppendFloat(nil, v, 64), unit.name)
	}
	return arrow.Duration(roundHalfUp(millis)), nil
}

var durationText = regexp.MustCompile(`^\s*(\+?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([a-zA-Z]+)\s*$`)

// durationUnits are the units of parse_duration, with what Java calls them.
var durationUnits = map[string]struct {
	millis float64
	name   string
}{
	"ns": {1e-6, "NANOSECONDS"}, "us": {1e-3, "MICROSECONDS"}, "ms": {1, "MILLISECONDS"}, "s": {1e3, "SECONDS"},
	"m": {60e3, "MINUTES"}, "h": {3600e3, "HOURS"}, "d": {86400e3, "DAYS"},
}

// isoLength is the type of the ISO text of a time: seconds take this many code
// points, with a year of six digits and its sign; a fraction has a point before it.
func isoLength(seconds int) func([]types.Type) (types.Type, error) {
	return func(args []types.Type) (types.Type, error) {
		n := seconds
		if p := args[0].Precision; p > 0 {
			n += 1 + p
		}
		return types.VarcharOf(n), nil
	}
}
