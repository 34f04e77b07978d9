package function

import (
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/types"
)

// clock is a timestamp as read from text: its wall clock in microseconds, and
// the zone when one was written.
type clock struct {
	micros int64
	zone   string
}

// reader walks over text.
type reader struct{ s string }

// number reads between least and most digits.
func (r *reader) number(least, most int) (int64, bool) {
	n := 0
	for n < len(r.s) && n < most && r.s[n] >= '0' && r.s[n] <= '9' {
		n++
	}
	if n < least || n == 0 {
		return 0, false
	}
	v, err := strconv.ParseInt(r.s[:n], 10, 64)
	r.s = r.s[n:]
	return v, err == nil
}

func (r *reader) accept(c byte) bool {
	if r.s == "" || r.s[0] != c {
		return false
	}
	r.s = r.s[1:]
	return true
}

// days reads [+-]Y-M-D, with at least that many digits of a year, as days since 1970-01-01.
func (r *reader) days(yearDigits int) (int64, bool) {
	negative := r.accept('-')
	if !negative {
		r.accept('+')
	}
	year, ok := r.number(yearDigits, 9)
	if !ok || !r.accept('-') {
		return 0, false
	}
	month, ok := r.number(1, 2)
	if !ok || !r.accept('-') {
		return 0, false
	}
	day, ok := r.number(1, 2)
	if !ok {
		return 0, false
	}
	if negative {
		year = -year
	}
	return dayNumber(int(year), int(month), int(day))
}

// The years that microseconds in an int64 can hold.
const minYear, maxYear = -290307, 294246

// dayNumber is false when there is no such day, or a timestamp could not hold it.
func dayNumber(year, month, day int) (int64, bool) {
	if month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || year > maxYear || year < minYear {
		return 0, false
	}
	return floorDiv(time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Unix(), 86400), true
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// timeOfDay reads H:M[:S[.fraction]] as nanoseconds.
func (r *reader) timeOfDay() (int64, bool) {
	hour, ok := r.number(1, 2)
	if !ok || !r.accept(':') {
		return 0, false
	}
	minute, ok := r.number(1, 2)
	if !ok || hour > 23 || minute > 59 {
		return 0, false
	}
	var second, nanos int64
	if r.accept(':') {
		if second, ok = r.number(1, 2); !ok || second > 59 {
			return 0, false
		}
		if r.accept('.') {
			if nanos, ok = r.fraction(); !ok {
				return 0, false
			}
		}
	}
	return (hour*3600+minute*60+second)*1e9 + nanos, true
}

// fraction reads digits after a point as nanoseconds, rounding what is finer.
func (r *reader) fraction() (int64, bool) {
	n := 0
	for n < len(r.s) && r.s[n] >= '0' && r.s[n] <= '9' {
		n++
	}
	if n == 0 || n > 12 {
		return 0, false
	}
	digits := (r.s[:n] + "000000000")[:9]
	roundUp := n > 9 && r.s[9] >= '5'
	r.s = r.s[n:]
	v, err := strconv.ParseInt(digits, 10, 64)
	if roundUp {
		v++
	}
	return v, err == nil
}

// readTimestamp reads Trino's "2020-01-02[ 03:04[:05[.678]]][ zone]".
func readTimestamp(s string) (clock, bool) {
	r := &reader{s}
	days, ok := r.days(4)
	if !ok {
		return clock{}, false
	}
	c := clock{micros: days * microsPerDay}
	if r.s == "" {
		return c, true
	}
	if !r.accept(' ') {
		return clock{}, false
	}
	if len(r.s) > 0 && r.s[0] >= '0' && r.s[0] <= '9' {
		nanos, ok := r.timeOfDay()
		if !ok {
			return clock{}, false
		}
		c.micros += roundUnit(nanos, 6, 9) / 1000
	}
	c.zone = strings.TrimLeft(r.s, " ")
	return c, c.zone != "" || r.s == ""
}

// TimestampText reads the text of a TIMESTAMP literal: its wall clock in
// microseconds, and its zone, nil when none is written. Errors have no place.
func TimestampText(s string) (wall int64, zone *time.Location, err error) {
	t, err := castTimestamp(s)
	if err != nil || t.zone == "" {
		return t.micros, nil, err
	}
	if zone, err = writtenZone(s, t.zone); err != nil {
		return 0, nil, err
	}
	if shown, err := fromWall(t.micros, zone).wall(); err != nil || shown != t.micros {
		return 0, nil, badCast("Value cannot be cast to timestamp: %s", s)
	}
	return t.micros, zone, nil
}

func parseDate(s string) (arrow.Date32, error) {
	r := &reader{strings.TrimSpace(s)}
	days, ok := r.days(1)
	if !ok || r.s != "" {
		return 0, badCast("Value cannot be cast to date: %s", s)
	}
	return arrow.Date32(days), nil
}

func parseTime(s string, precision int) (arrow.Time64, error) {
	r := &reader{s}
	nanos, ok := r.timeOfDay()
	if !ok || r.s != "" {
		return 0, badCast("Value cannot be cast to time: %s", s)
	}
	return arrow.Time64(roundUnit(nanos, precision, 9) % nanosPerDay), nil
}

// lenientTimestamp reads the texts that may stand for a timestamp in a
// comparison: Trino's forms, and ISO 8601 with T and a zone, taken to UTC.
func lenientTimestamp(s string) (arrow.Timestamp, error) {
	text := s
	if len(s) > 10 && (s[10] == 'T' || s[10] == 't') {
		text = s[:10] + " " + s[11:]
	}
	t, ok := readTimestamp(text)
	if !ok {
		return 0, badCast("Value cannot be cast to timestamp: %s", s)
	}
	if t.zone != "" {
		loc, err := types.LoadZone(t.zone)
		if err != nil {
			return 0, badCast("Value cannot be cast to timestamp: %s", s)
		}
		t.micros = instantOf(t.micros, loc)
	}
	return arrow.Timestamp(roundMicros(t.micros, 3)), nil
}
