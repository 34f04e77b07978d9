package function

import (
	"time"
)

// parsedFields are the values that a text gave to the fields of a date and time.
type parsedFields struct {
	value [fieldCount]int
	has   [fieldCount]bool
	nanos int64          // fractions, together
	zone  *time.Location // nil when none was written
}

func (f *parsedFields) set(field dateField, v int) { f.value[field], f.has[field] = v, true }

// fieldNames are Joda-Time's, for its messages.
var fieldNames = map[dateField]string{
	monthField: "monthOfYear", dayField: "dayOfMonth", dayOfYearField: "dayOfYear", weekField: "weekOfWeekyear",
	weekdayField: "dayOfWeek", hourField: "hourOfDay", hour24Field: "clockhourOfDay", halfHourField: "hourOfHalfday",
	hour12Field: "clockhourOfHalfday", minuteField: "minuteOfHour", secondField: "secondOfMinute", eraYearField: "yearOfEra",
}

// within returns a field's value, which must lie in a range; s is the text for the error.
func (f *parsedFields) within(s string, field dateField, low, high int) (int, error) {
	v := f.value[field]
	if v < low || v > high {
		return 0, invalidArgument("Cannot parse \"%s\": Value %d for %s must be in the range [%d,%d]", s, v, fieldNames[field], low, high)
	}
	return v, nil
}

// wall puts the fields together as Joda-Time does, from the largest to the
// smallest: each within what the larger ones allow, the smaller ones at their start.
func (f *parsedFields) wall(s string) (int64, error) {
	days, err := f.days(s)
	if err != nil {
		return 0, err
	}
	seconds, err := f.seconds(s)
	return days*microsPerDay + seconds*1e6 + f.nanos/1000, err
}

func (f *parsedFields) days(s string) (int64, error) {
	year, err := f.year(s)
	if err != nil {
		return 0, err
	}
	days, ok := dayNumber(year, 1, 1)
	if f.has[weekYearField] {
		days, ok = firstWeek(f.value[weekYearField]), true
	}
	if !ok {
		return 0, invalidArgument("Cannot parse \"%s\": Value %d for year is out of range", s, year)
	}
	year = dayTime(days).Year()
	month := int(dayTime(days).Month())
	if f.has[monthField] {
		if month, err = f.within(s, monthField, 1, 12); err != nil {
			return 0, err
		}
		days, _ = dayNumber(year, month, 1)
	}
	if f.has[weekField] {
		start := int(isoYear(dayTime(days)))
		weeks := (firstWeek(start+1) - firstWeek(start)) / 7
		week, err := f.within(s, weekField, 1, int(weeks))
		if err != nil {
			return 0, err
		}
		days = firstWeek(start) + int64(week-1)*7
		year, month = dayTime(days).Year(), int(dayTime(days).Month())
	}
	return f.dayIn(s, days, year, month)
}

// dayIn takes the fields that count days.
func (f *parsedFields) dayIn(s string, days int64, year, month int) (int64, error) {
	if f.has[dayOfYearField] {
		n, err := f.within(s, dayOfYearField, 1, 337+daysIn(year, 2))
		if err != nil {
			return 0, err
		}
		first, _ := dayNumber(year, 1, 1)
		days = first + int64(n-1)
		month = int(dayTime(days).Month())
	}
	if f.has[dayField] {
		day, err := f.within(s, dayField, 1, daysIn(year, month))
		if err != nil {
			return 0, err
		}
		days, _ = dayNumber(year, month, day)
	}
	if f.has[weekdayField] {
		weekday, err := f.within(s, weekdayField, 1, 7)
		if err != nil {
			return 0, err
		}
		days += int64(weekday) - isoDay(dayTime(days))
	}
	return days, nil
}

// year is 1970 when nothing of a date was read, and 2000, a leap year, when only
// smaller fields were.
func (f *parsedFields) year(s string) (int, error) {
	year := 1970
	for _, field := range []dateField{monthField, weekField, dayOfYearField, dayField, weekdayField} {
		if f.has[field] {
			year = 2000
		}
	}
	bc := f.has[eraField] && f.value[eraField] == 1
	if bc {
		year = 1 - year
	}
	if f.has[centuryField] {
		year = f.value[centuryField] * 100
	}
	if f.has[yearField] {
		year = f.value[yearField]
	}
	if f.has[eraYearField] {
		v, err := f.within(s, eraYearField, 1, 292278993)
		if err != nil {
			return 0, err
		}
		if year = v; bc {
			year = 1 - v
		}
	}
	return year, nil
}

// seconds is the time of day without its fraction.
func (f *parsedFields) seconds(s string) (int64, error) {
	hour := 12 * f.value[halfDayField]
	for _, h := range []struct {
		field     dateField
		low, high int
		half      bool
	}{{hourField, 0, 23, false}, {hour24Field, 1, 24, false}, {halfHourField, 0, 11, true}, {hour12Field, 1, 12, true}} {
		if !f.has[h.field] {
			continue
		}
		v, err := f.within(s, h.field, h.low, h.high)
		if err != nil {
			return 0, err
		}
		if h.half {
			hour = hour/12*12 + v%12
		} else {
			hour = v % 24
		}
	}
	minute, err := f.within(s, minuteField, 0, 59)
	if err != nil {
		return 0, err
	}
	second, err := f.within(s, secondField, 0, 59)
	return int64(hour)*3600 + int64(minute)*60 + int64(second), err
}

// dayTime is the start of a day, given as days since 1970-01-01.
func dayTime(days int64) time.Time { return time.Unix(days*86400, 0).UTC() }

// firstWeek is the Monday of an ISO year's first week, in days since 1970-01-01.
func firstWeek(year int) int64 {
	jan4, _ := dayNumber(year, 1, 4) // always in week 1
	return jan4 - floorMod(jan4+3, 7)
}

// malformed is worded as Joda-Time words it; rest is what could not be read.
func malformed(s, rest string) error {
	at := len([]rune(s)) - len([]rune(rest))
	sample := []rune(s)
	if len(sample) > at+32+3 {
		sample = append(sample[:at+32:at+32], []rune("...")...)
	}
	switch {
	case at <= 0:
		return invalidArgument("Invalid format: \"%s\"", string(sample))
	case rest == "":
		return invalidArgument("Invalid format: \"%s\" is too short", string(sample))
	}
	return invalidArgument("Invalid format: \"%s\" is malformed at \"%s\"", string(sample), string(sample[at:]))
}
