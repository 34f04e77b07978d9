package function

import (
	"strings"
	"time"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/types"
)

// readDate reads s by a pattern. shortBase is the first year that a two-digit
// year can mean.
func readDate(s string, tokens []dateToken, shortBase int) (parsedFields, error) {
	var f parsedFields
	rest := s
	for _, tok := range tokens {
		next, err := f.read(rest, tok, shortBase)
		switch {
		case err != nil:
			return f, err
		case next == nil:
			if tok.field == offsetField && rest != "" && (rest[0] == '+' || rest[0] == '-') {
				rest = rest[1:] // the sign was fine
			}
			return f, malformed(s, rest)
		}
		rest = *next
	}
	if rest != "" {
		return f, malformed(s, rest)
	}
	return f, nil
}

// read takes one token from s; rest is nil when it is not there.
func (f *parsedFields) read(s string, tok dateToken, shortBase int) (rest *string, err error) {
	ok := false
	switch tok.field {
	case literalText:
		if len(s) >= len(tok.literal) && strings.EqualFold(s[:len(tok.literal)], tok.literal) {
			s, ok = s[len(tok.literal):], true
		}
	case monthText:
		s, ok = readWord(s, 12, func(i int) string { return time.Month(i + 1).String() }, func(i int) { f.set(monthField, i+1) })
	case weekdayText:
		s, ok = readWord(s, 7, func(i int) string { return time.Weekday((i + 1) % 7).String() }, func(i int) { f.set(weekdayField, i+1) })
	case halfDayField:
		s, ok = f.readPair(s, tok.field, "AM", "PM")
	case eraField:
		s, ok = f.readPair(s, tok.field, "AD", "BC")
	case offsetField:
		if s, ok, err = f.readOffset(s); err != nil {
			return nil, err
		}
	case zoneField:
		s, ok = f.readZone(s)
	case zoneNameField:
		s, ok = f.readZoneName(s)
	case fractionField:
		s, ok = f.readFraction(s, tok.most, 1)
	case shortYearField, shortWeekYearField:
		s, ok = f.readShortYear(s, tok, shortBase)
	default:
		s, ok = f.readNumber(s, tok.field, tok.most)
	}
	if !ok {
		return nil, nil
	}
	return &s, nil
}

func (f *parsedFields) readPair(s string, field dateField, words ...string) (string, bool) {
	for i, w := range words {
		if len(s) >= len(w) && strings.EqualFold(s[:len(w)], w) {
			f.set(field, i)
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

// readFraction adds a fraction of a unit of that many seconds.
func (f *parsedFields) readFraction(s string, most int, unit int64) (string, bool) {
	n := 0
	for n < len(s) && n < min(most, 9) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	if n == 0 {
		return s, false
	}
	nanos, ok := (&reader{s[:n]}).fraction()
	f.nanos += nanos * unit
	return s[n:], ok
}

// readNumber takes at most that many digits; years may have a sign.
func (f *parsedFields) readNumber(s string, field dateField, most int) (string, bool) {
	r := &reader{s}
	negative := false
	if field == yearField || field == weekYearField {
		if negative = r.accept('-'); !negative {
			r.accept('+')
		}
	}
	v, ok := r.number(1, min(max(most, 1), 9))
	if !ok {
		return s, false
	}
	if negative {
		v = -v
	}
	f.set(field, int(v))
	return r.s, true
}

// readShortYear takes two digits as a year from shortBase on. Where the pattern
// leaves room, other numbers are years as they stand.
func (f *parsedFields) readShortYear(s string, tok dateToken, shortBase int) (string, bool) {
	field := yearField
	if tok.field == shortWeekYearField {
		field = weekYearField
	}
	rest, ok := f.readNumber(s, field, tok.most)
	read := s[:len(s)-len(rest)]
	switch {
	case !ok || tok.most == 2 && (len(read) != 2 || read[0] < '0'):
		return s, false
	case len(read) != 2 || read[0] < '0':
		return rest, true
	}
	year := shortBase/100*100 + f.value[field]
	if year < shortBase {
		year += 100
	}
	f.set(field, year)
	return rest, true
}

// readOffset takes Z or ±hh[[:]mm].
func (f *parsedFields) readOffset(s string) (string, bool, error) {
	r := &reader{s}
	if r.accept('Z') || r.accept('z') {
		f.zone = time.UTC
		return r.s, true, nil
	}
	if !r.accept('+') && !r.accept('-') {
		return s, false, nil
	}
	hours, ok := r.number(2, 2)
	if !ok || hours > 23 {
		return s, false, nil
	}
	for range 2 { // minutes; seconds only to be refused
		before := r.s
		r.accept(':')
		if n, ok := r.number(2, 2); !ok || n > 59 {
			r.s = before
			break
		}
	}
	offset := s[:len(s)-len(r.s)]
	loc, err := types.LoadZone(offset)
	if err != nil {
		return s, false, zoneNotSupported(offset)
	}
	f.zone = loc
	return r.s, true, nil
}

func zoneNotSupported(name string) error {
	return fault(ast.NotSupported, "Time zone not supported: %s", name)
}

// readZone takes the longest zone id that fits.
func (f *parsedFields) readZone(s string) (string, bool) {
	n := 0
	for n < len(s) && (isWordByte(s[n]) || n > 0 && strings.IndexByte("+-_/", s[n]) >= 0) {
		n++
	}
	for ; n > 0 && s[0] >= 'A' && s[0] <= 'Z'; n-- {
		if loc, err := types.LoadZone(s[:n]); err == nil {
			f.zone = loc
			return s[n:], true
		}
	}
	return s, false
}

// zoneNames are the short names that Joda-Time reads without a locale's help.
var zoneNames = map[string]string{
	"UT": "UTC", "UTC": "UTC", "GMT": "UTC",
	"EST": "America/New_York", "EDT": "America/New_York", "CST": "America/Chicago", "CDT": "America/Chicago",
	"MST": "America/Denver", "MDT": "America/Denver", "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles",
}

func (f *parsedFields) readZoneName(s string) (string, bool) {
	for n := 3; n >= 2; n-- {
		if len(s) < n {
			continue
		}
		if id, ok := zoneNames[s[:n]]; ok {
			loc, err := types.LoadZone(id)
			f.zone = loc
			return s[n:], err == nil
		}
	}
	return s, false
}

func isWordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// parsePlainDate reads [+-]Y-M-D for the pattern that is an ISO date, which has
// messages of its own; ok is false for other texts.
func parsePlainDate(s string) (wall int64, ok bool, err error) {
	r := &reader{s}
	negative := r.accept('-')
	if !negative {
		r.accept('+')
	}
	year, ok1 := r.number(1, 9)
	dash1 := r.accept('-')
	month, ok2 := r.number(1, 2)
	dash2 := r.accept('-')
	day, ok3 := r.number(1, 2)
	if !ok1 || !dash1 || !ok2 || !dash2 || !ok3 || r.s != "" {
		return 0, false, nil
	}
	if negative {
		year = -year
	}
	switch {
	case month < 1 || month > 12:
		return 0, true, invalidArgument("Invalid value for MonthOfYear (valid values 1 - 12): %d", month)
	case day < 1 || day > 31:
		return 0, true, invalidArgument("Invalid value for DayOfMonth (valid values 1 - 28/31): %d", day)
	case day == 29 && day > int64(daysIn(int(year), int(month))):
		return 0, true, invalidArgument("Invalid date 'February 29' as '%d' is not a leap year", year)
	case day > int64(daysIn(int(year), int(month))):
		return 0, true, invalidArgument("Invalid date '%s %d'", strings.ToUpper(time.Month(month).String()), day)
	}
	days, ok := dayNumber(int(year), int(month), int(day))
	return days * microsPerDay, ok, nil
}
