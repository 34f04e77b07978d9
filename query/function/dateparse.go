package function

import (
	"strconv"
	"strings"
	"time"

	"github.com/traillake/traillake/query/types"
)

// parsedDate collects the fields that a pattern read; -1 is not read.
type parsedDate struct {
	year, month, day, dayOfYear, weekYear, week, weekday int
	hasYear, hasDate                                     bool
	hour, halfHour, half, minute, second, nanos          int
	bc                                                   bool
	zone                                                 *time.Location
}

// readDate reads s by a pattern. shortBase is the first year that a two-digit
// year can mean.
func readDate(s string, tokens []dateToken, shortBase int) (parsedDate, error) {
	p := parsedDate{year: 1970, month: 1, day: 1, dayOfYear: -1, weekYear: -1, week: -1, weekday: -1, half: -1, halfHour: -1}
	rest := s
	for _, tok := range tokens {
		next, ok := p.read(rest, tok, shortBase)
		if !ok {
			return p, malformed(s, rest)
		}
		rest = next
	}
	if rest != "" {
		return p, malformed(s, rest)
	}
	return p, nil
}

// malformed is worded as Joda-Time words it.
func malformed(s, rest string) error {
	switch {
	case s == "" || rest == "" && s != "":
		return invalidArgument("Invalid format: \"%s\" is too short", s)
	case rest == s:
		return invalidArgument("Invalid format: \"%s\"", s)
	}
	return invalidArgument("Invalid format: \"%s\" is malformed at \"%s\"", s, rest)
}

func (p *parsedDate) read(s string, tok dateToken, shortBase int) (rest string, ok bool) {
	switch tok.field {
	case literalText:
		if len(s) < len(tok.literal) || !strings.EqualFold(s[:len(tok.literal)], tok.literal) {
			return s, false
		}
		return s[len(tok.literal):], true
	case monthText:
		return readWord(s, 12, func(i int) string { return time.Month(i + 1).String() }, func(i int) { p.month, p.hasDate = i+1, true })
	case weekdayText:
		return readWord(s, 7, func(i int) string { return time.Weekday((i + 1) % 7).String() }, func(i int) { p.weekday = i + 1 })
	case halfDayField:
		return p.readPair(s, "AM", "PM", func(second bool) { p.half = boolInt(second) })
	case eraField:
		return p.readPair(s, "AD", "BC", func(second bool) { p.bc = second })
	case offsetField, zoneField:
		return p.readZone(s)
	case fractionField:
		return p.readFraction(s, tok.most)
	}
	return p.readNumber(s, tok, shortBase)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (p *parsedDate) readPair(s, first, second string, set func(second bool)) (string, bool) {
	for i, w := range []string{first, second} {
		if len(s) >= len(w) && strings.EqualFold(s[:len(w)], w) {
			set(i == 1)
			return s[len(w):], true
		}
	}
	return s, false
}

// readWord takes the long form of a word, else its first three letters.
func readWord(s string, n int, word func(int) string, set func(int)) (string, bool) {
	for _, long := range []bool{true, false} {
		for i := range n {
			w := word(i)
			if !long {
				w = w[:3]
			}
			if len(s) >= len(w) && strings.EqualFold(s[:len(w)], w) {
				set(i)
				return s[len(w):], true
			}
		}
	}
	return s, false
}

func (p *parsedDate) readFraction(s string, most int) (string, bool) {
	r := &reader{s}
	n := 0
	for n < len(s) && n < most && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	if n == 0 {
		return s, false
	}
	nanos, ok := (&reader{s[:min(n, 12)]}).fraction()
	p.nanos = int(nanos)
	return r.s[n:], ok
}

func (p *parsedDate) readNumber(s string, tok dateToken, shortBase int) (string, bool) {
	r := &reader{s}
	negative := (tok.field == yearField || tok.field == weekYearField) && r.accept('-')
	v64, ok := r.number(1, max(tok.most, 1))
	if !ok || v64 > 1e9 {
		return s, false
	}
	v := int(v64)
	if negative {
		v = -v
	}
	between := func(low, high int) bool { return v >= low && v <= high }
	switch tok.field {
	case yearField, eraYearField:
		p.year, p.hasYear = v, true
	case shortYearField:
		p.year, p.hasYear = shortBase/100*100+v, true
		if p.year < shortBase {
			p.year += 100
		}
		ok = len(s)-len(r.s) == 2
	case centuryField:
		p.year, p.hasYear = v*100+p.year%100, true
	case weekYearField:
		p.weekYear = v
	case monthField:
		p.month, p.hasDate, ok = v, true, between(1, 12)
	case dayField:
		p.day, p.hasDate, ok = v, true, between(1, 31)
	case dayOfYearField:
		p.dayOfYear, ok = v, between(1, 366)
	case weekField:
		p.week, ok = v, between(1, 53)
	case weekdayField:
		p.weekday, ok = v, between(1, 7)
	case hourField:
		p.hour, ok = v, between(0, 23)
	case hour24Field:
		p.hour, ok = v%24, between(1, 24)
	case halfHourField:
		p.halfHour, ok = v, between(0, 11)
	case hour12Field:
		p.halfHour, ok = v%12, between(1, 12)
	case minuteField:
		p.minute, ok = v, between(0, 59)
	case secondField:
		p.second, ok = v, between(0, 59)
	}
	if !ok {
		return s, false
	}
	return r.s, true
}

// readZone takes Z, an offset, or the longest zone name that fits.
func (p *parsedDate) readZone(s string) (string, bool) {
	n := 0
	for n < len(s) && strings.IndexByte("+-_/:", s[n]) >= 0 || n < len(s) && isWordByte(s[n]) {
		n++
	}
	for ; n > 0; n-- {
		if loc, err := types.LoadZone(s[:n]); err == nil {
			p.zone = loc
			return s[n:], true
		}
	}
	return s, false
}

func isWordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// wall puts the fields together; s is the text for the error.
func (p *parsedDate) wall(s string) (int64, error) {
	year := p.year
	if !p.hasYear && p.hasDate {
		year = 2000 // a leap year, as Joda-Time takes, so that 29 February is a day
	}
	if p.bc {
		year = 1 - year
	}
	var days int64
	var ok bool
	switch {
	case p.week > 0 || p.weekYear >= 0:
		days, ok = weekDate(p), true
	case p.dayOfYear > 0:
		days, ok = dayNumber(year, 1, 1)
		days += int64(p.dayOfYear) - 1
	default:
		days, ok = dayNumber(year, p.month, p.day)
	}
	if !ok {
		return 0, invalidArgument("Cannot parse \"%s\": Value %s for dayOfMonth must be in the range [1,%d]",
			s, strconv.Itoa(p.day), daysIn(year, p.month))
	}
	hour := p.hour
	if p.halfHour >= 0 {
		hour = p.halfHour + 12*max(p.half, 0)
	}
	seconds := int64(hour)*3600 + int64(p.minute)*60 + int64(p.second)
	return days*microsPerDay + seconds*1e6 + int64(p.nanos)/1000, nil
}

// weekDate is the day of an ISO week date; Monday unless a weekday was read.
func weekDate(p *parsedDate) int64 {
	year := p.weekYear
	if year < 0 {
		year = p.year
	}
	jan4, _ := dayNumber(year, 1, 4) // always in week 1
	monday := jan4 - floorMod(jan4+3, 7)
	return monday + int64(max(p.week, 1)-1)*7 + int64(max(p.weekday, 1)-1)
}
