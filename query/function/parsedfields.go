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

// days goes over the fields twice, as Joda-Time does: first each field leaves what
// is smaller at its start, then what the others made of it stays. So a week counts
// in the year that was read, though January may begin in the last week of the one before.
func (f *parsedFields) days(s string) (int64, error) {
	days, err := f.pass(s, 0, true)
	if err != nil {
		return 0, err
	}
	return f.pass(s, days, false)
}

// dated are the fields of a date after the year, from the largest to the smallest.
var dated = []dateField{monthField, weekField, dayOfYearField, dayField, weekdayField}

func (f *parsedFields) pass(s string, days int64, floor bool) (int64, error) {
	year, err := f.year(s)
	if err != nil {
		return 0, err
	}
	smallest := yearField
	for _, field := range dated {
		if f.has[field] {
			smallest = field
		}
	}
	last := !floor && !f.timed() // the last field of all leaves the rest at its start, too
	t := dayTime(days)
	ok := true
	if f.hasYear() || smallest != yearField && !f.has[weekYearField] {
		days, ok = dayNumber(year, int(t.Month()), min(t.Day(), daysIn(year, int(t.Month()))))
		if floor || last && smallest == yearField {
			days, ok = dayNumber(year, 1, 1)
		}
	}
	if f.has[weekYearField] {
		days = inWeek(f.value[weekYearField], isoWeek(dayTime(days)), days, floor || last && smallest == yearField)
	}
	if !ok {
		return 0, invalidArgument("Cannot parse \"%s\": Value %d for year is out of range", s, year)
	}
	for _, field := range dated {
		if !f.has[field] {
			continue
		}
		if days, err = f.apply(s, field, days, floor || last && field == smallest); err != nil {
			return 0, err
		}
	}
	return days, nil
}

// inWeek is the day of the same name in a week of an ISO year, or its Monday.
func inWeek(year int, week, days int64, monday bool) int64 {
	start := firstWeek(year) + (week-1)*7
	if monday {
		return start
	}
	return start + isoDay(dayTime(days)) - 1
}

// apply sets one field of a date.
func (f *parsedFields) apply(s string, field dateField, days int64, floor bool) (int64, error) {
	t := dayTime(days)
	year, month := t.Year(), int(t.Month())
	start := int(isoYear(t))
	high := map[dateField]int{
		monthField: 12, weekField: int(firstWeek(start+1)-firstWeek(start)) / 7, dayOfYearField: 337 + daysIn(year, 2),
		dayField: daysIn(year, month), weekdayField: 7,
	}[field]
	v, err := f.within(s, field, 1, high)
	if err != nil {
		return 0, err
	}
	switch field {
	case monthField:
		day := 1
		if !floor {
			day = min(t.Day(), daysIn(year, v))
		}
		days, _ = dayNumber(year, v, day)
	case weekField:
		days = inWeek(start, int64(v), days, floor)
	case dayOfYearField:
		days += int64(v - t.YearDay())
	case dayField:
		days += int64(v - t.Day())
	case weekdayField:
		days += int64(v) - isoDay(t)
	}
	return days, nil
}

func (f *parsedFields) hasYear() bool {
	return f.has[yearField] || f.has[eraYearField] || f.has[centuryField] || f.has[eraField]
}

// timed tells whether a field of the time of day was read.
func (f *parsedFields) timed() bool {
	for _, field := range []dateField{halfDayField, hourField, hour24Field, halfHourField, hour12Field, minuteField, secondField} {
		if f.has[field] {
			return true
		}
	}
	return f.nanos > 0
}

// year is 1970 when nothing of a date was read, and 2000, a leap year, when only
// smaller fields were.
func (f *parsedFields) year(s string) (int, error) {
	year := 1970
	for _, field := range dated {
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
