package function

import (
	"strconv"
	"time"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/types"
)

// isoDate reads an ISO 8601 calendar, week or ordinal date, and leaves the rest.
func (r *reader) isoDate() (int64, bool) {
	negative := r.accept('-')
	if !negative {
		r.accept('+')
	}
	year64, ok := r.number(4, 9)
	if !ok {
		return 0, false
	}
	year := int(year64)
	if negative {
		year = -year
	}
	month, day := int64(1), int64(1)
	if r.accept('-') {
		if r.accept('W') {
			return r.isoWeekDate(year)
		}
		digits := 0
		for digits < len(r.s) && r.s[digits] >= '0' && r.s[digits] <= '9' {
			digits++
		}
		if digits == 3 {
			ordinal, _ := r.number(3, 3)
			first, ok := dayNumber(year, 1, 1)
			last := int64(time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC).YearDay())
			return first + ordinal - 1, ok && ordinal >= 1 && ordinal <= last
		}
		if month, ok = r.number(1, 2); !ok {
			return 0, false
		}
		if r.accept('-') {
			if day, ok = r.number(1, 2); !ok {
				return 0, false
			}
		}
	}
	return dayNumber(year, int(month), int(day))
}

func (r *reader) isoWeekDate(year int) (int64, bool) {
	week, ok := r.number(1, 2)
	if !ok || week < 1 || week > 53 {
		return 0, false
	}
	day := int64(1)
	if r.accept('-') {
		if day, ok = r.number(1, 1); !ok || day < 1 || day > 7 {
			return 0, false
		}
	}
	return weekDate(&parsedDate{weekYear: year, week: int(week), weekday: int(day)}), true
}

func isoDate(s string) (arrow.Date32, error) {
	r := &reader{s}
	days, ok := r.isoDate()
	if !ok || r.s != "" {
		return 0, invalidArgument("Invalid format: \"%s\"", s)
	}
	return arrow.Date32(days), nil
}

// isoTimestamp reads a date, optionally T and a time, optionally an offset;
// without one the session's zone counts.
func isoTimestamp(ctx *Context, s string) (zoned, error) {
	bad := func(rest string) (zoned, error) { return zoned{}, malformed(s, rest) }
	r := &reader{s}
	days, ok := r.isoDate()
	if !ok {
		return bad(s)
	}
	wall, zone := days*microsPerDay, ctx.zone()
	if r.accept('T') && r.s != "" {
		nanos, ok := r.isoTime()
		if !ok {
			return bad(r.s)
		}
		wall += floorDiv(nanos, 1e6) * 1000
		if r.s != "" {
			if r.s != "Z" && r.s[0] != '+' && r.s[0] != '-' {
				return bad(r.s)
			}
			loc, err := types.LoadZone(r.s)
			if err != nil {
				return bad(r.s)
			}
			zone, r.s = loc, ""
		}
	}
	if r.s != "" {
		return bad(r.s)
	}
	return fromWall(wall, zone), nil
}

// isoTime reads HH[:mm[:ss[.fraction]]] as nanoseconds.
func (r *reader) isoTime() (int64, bool) {
	hour, ok := r.number(1, 2)
	if !ok || hour > 24 {
		return 0, false
	}
	var minute, second, nanos int64
	if r.accept(':') {
		if minute, ok = r.number(1, 2); !ok || minute > 59 {
			return 0, false
		}
		if r.accept(':') {
			if second, ok = r.number(1, 2); !ok || second > 59 {
				return 0, false
			}
			if r.accept('.') || r.accept(',') {
				if nanos, ok = r.fraction(); !ok {
					return 0, false
				}
			}
		}
	}
	if hour == 24 && minute+second+nanos > 0 {
		return 0, false
	}
	return (hour*3600+minute*60+second)*1e9 + nanos, true
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
