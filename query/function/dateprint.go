package function

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// printDate prints a wall clock with its zone by a pattern.
func printDate(dst []byte, tokens []dateToken, t time.Time) []byte {
	for _, tok := range tokens {
		dst = printField(dst, tok, t)
	}
	return dst
}

func printField(dst []byte, tok dateToken, t time.Time) []byte {
	num := func(v int) []byte { return appendNumber(dst, v, tok.width) }
	switch tok.field {
	case literalText:
		return append(dst, tok.literal...)
	case yearField:
		return num(t.Year())
	case eraYearField:
		if t.Year() <= 0 {
			return num(1 - t.Year())
		}
		return num(t.Year())
	case shortYearField:
		return num(shortYear(t.Year()))
	case shortWeekYearField:
		return num(shortYear(int(isoYear(t))))
	case weekYearField:
		return num(int(isoYear(t)))
	case centuryField:
		return num(t.Year() / 100)
	case eraField:
		if t.Year() <= 0 {
			return append(dst, "BC"...)
		}
		return append(dst, "AD"...)
	case monthField:
		return num(int(t.Month()))
	case monthText:
		return append(dst, shorten(t.Month().String(), tok)...)
	case dayField:
		return num(t.Day())
	case dayOfYearField:
		return num(t.YearDay())
	case weekField:
		return num(int(isoWeek(t)))
	case weekdayField:
		return num(int(isoDay(t)))
	case weekdayText:
		return append(dst, shorten(t.Weekday().String(), tok)...)
	}
	return printClock(dst, tok, t)
}

// shortYear is the last two digits of a year as it is written.
func shortYear(year int) int {
	if year < 0 {
		year = -year
	}
	return year % 100
}

func printClock(dst []byte, tok dateToken, t time.Time) []byte {
	num := func(v int) []byte { return appendNumber(dst, v, tok.width) }
	switch tok.field {
	case hourField:
		return num(t.Hour())
	case hour24Field:
		return num((t.Hour()+23)%24 + 1)
	case halfHourField:
		return num(t.Hour() % 12)
	case hour12Field:
		return num((t.Hour()+11)%12 + 1)
	case minuteField:
		return num(t.Minute())
	case secondField:
		return num(t.Second())
	case fractionField:
		digits := fmt.Sprintf("%09d", t.Nanosecond()) + strings.Repeat("0", max(0, tok.width-9))
		return append(dst, digits[:tok.width]...)
	case halfDayField:
		if t.Hour() < 12 {
			return append(dst, "AM"...)
		}
		return append(dst, "PM"...)
	case offsetField:
		return append(dst, offsetText(t, tok.width == 2)...)
	case zoneNameField:
		return append(dst, shortZone(t)...)
	default:
		return append(dst, t.Location().String()...)
	}
}

// shortZone is a zone's short name: its letters, or GMT and the offset where it has none.
func shortZone(t time.Time) string {
	id := t.Location().String()
	name, _ := t.Zone()
	switch {
	case id[0] == '+' || id[0] == '-':
		return id
	case name[0] == '+' || name[0] == '-':
		return "GMT" + offsetText(t, true)
	}
	return name
}

func appendNumber(dst []byte, v, width int) []byte {
	if v < 0 {
		dst = append(dst, '-')
		v = -v
	}
	text := strconv.Itoa(v)
	for i := len(text); i < width; i++ {
		dst = append(dst, '0')
	}
	return append(dst, text...)
}

func shorten(word string, tok dateToken) string {
	if tok.width == 1 {
		return word[:3]
	}
	return word
}

func offsetText(t time.Time, colon bool) string {
	_, seconds := t.Zone()
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	if colon {
		return fmt.Sprintf("%c%02d:%02d", sign, seconds/3600, seconds/60%60)
	}
	return fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds/60%60)
}
