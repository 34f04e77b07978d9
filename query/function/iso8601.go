package function

import (
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/types"
)

// isoPart is a field of an ISO 8601 form with what stands before it. It may be
// missing, with all after it.
type isoPart struct {
	literal string
	field   dateField
	most    int
}

// isoDates are the forms of a date: a day of a month, a day of a year, a day of a week.
var isoDates = [][]isoPart{
	{{"", yearField, 9}, {"-", monthField, 2}, {"-", dayField, 2}},
	{{"", yearField, 9}, {"-", dayOfYearField, 3}},
	{{"", weekYearField, 9}, {"-W", weekField, 2}, {"-", weekdayField, 1}},
}

// readISODate reads the form that takes most of s.
func readISODate(s string) (best parsedFields, rest string, ok bool) {
	rest = s
	for _, form := range isoDates {
		var f parsedFields
		left, complete := s, true
		for i, part := range form {
			after, found := strings.CutPrefix(left, part.literal)
			if found {
				after, found = f.readNumber(after, part.field, part.most)
			}
			if !found {
				complete = i > 0 && part.literal != "-W"
				break
			}
			left = after
		}
		if complete && len(left) < len(rest) {
			best, rest, ok = f, left, true
		}
	}
	return best, rest, ok
}

// readISOTime reads HH[:mm[:ss]] of which the last part may have a fraction.
func (f *parsedFields) readISOTime(s string) (rest string, ok bool) {
	rest, ok = f.readNumber(s, hourField, 2)
	if !ok {
		return s, false
	}
	unit := int64(3600)
	for _, field := range []dateField{minuteField, secondField} {
		after, found := strings.CutPrefix(rest, ":")
		if found {
			after, found = f.readNumber(after, field, 2)
		}
		if !found {
			break
		}
		rest, unit = after, unit/60
	}
	if rest != "" && (rest[0] == '.' || rest[0] == ',') {
		if after, found := f.readFraction(rest[1:], 9, unit); found {
			rest = after
		}
	}
	return rest, true
}

func isoDate(s string) (arrow.Date32, error) {
	f, rest, ok := readISODate(s)
	if !ok || rest != "" {
		return 0, malformed(s, rest)
	}
	days, err := f.days(s)
	return arrow.Date32(days), err
}

// isoTimestamp reads a date, optionally T and a time, optionally an offset, or
// T and a time alone; without an offset the session's zone counts.
func isoTimestamp(ctx *Context, s string) (zoned, error) {
	f, rest, dated := readISODate(s)
	if rest != "" && (rest[0] == 'T' || rest[0] == 't') {
		after, timed := f.readISOTime(rest[1:])
		if !timed && !dated {
			return zoned{}, malformed(s, after)
		}
		rest, dated = after, true
		after, found, err := f.readOffset(rest)
		if err != nil {
			return zoned{}, err
		}
		if found {
			rest = after
		}
	}
	if !dated || rest != "" {
		return zoned{}, malformed(s, rest)
	}
	return f.moment(ctx, s)
}

// moment is when clocks of the zone show what was read, in milliseconds.
func (f *parsedFields) moment(ctx *Context, s string) (zoned, error) {
	wall, err := f.wall(s)
	if err != nil {
		return zoned{}, err
	}
	zone := f.zone
	if zone == nil {
		zone = ctx.zone()
	}
	wall = floorDiv(wall, 1000) * 1000
	z := fromWall(wall, zone)
	if shown, err := z.wall(); err != nil || shown != wall {
		return zoned{}, invalidArgument("Cannot parse \"%s\": Illegal instant due to time zone offset transition (%s)", s, zone)
	}
	return z, nil
}

func stampToISO(c *call) Kernel {
	p := c.args[0].Precision
	return pure1(func(t arrow.Timestamp) string {
		text := types.AppendTimestamp(nil, int64(t), p)
		return isoT(text)
	})(c)
}

// isoT puts the T between date and time.
func isoT(text []byte) string {
	for i, b := range text {
		if b == ' ' {
			text[i] = 'T'
		}
	}
	return string(text)
}

func zonedToISO(c *call) Kernel {
	p := c.args[0].Precision
	return f1(func(z zoned) (string, error) {
		wall, err := z.wall()
		text := isoT(types.AppendTimestamp(nil, wall, p))
		minutes := (wall - z.micros) / 60e6
		if minutes == 0 {
			return text + "Z", err
		}
		sign := "+"
		if minutes < 0 {
			sign, minutes = "-", -minutes
		}
		two := func(n int64) string { return strconv.FormatInt(100+n, 10)[1:] }
		return text + sign + two(minutes/60) + ":" + two(minutes%60), err
	})(c)
}
