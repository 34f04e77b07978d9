package function

import (
	"strings"
	"unicode"

	"github.com/traillake/traillake/query/ast"
)

// dateToken is one part of a date pattern: literal text, or a field.
type dateToken struct {
	literal string
	field   dateField
	width   int // digits that printing pads to; for text 1 is short, 2 long
	most    int // digits that parsing takes at most
}

type dateField uint8

const (
	literalText dateField = iota
	yearField             // proleptic, with sign
	shortYearField
	eraYearField
	weekYearField
	centuryField
	eraField
	monthField
	monthText
	dayField
	dayOfYearField
	weekField
	weekdayField // 1 is Monday
	weekdayText
	hourField     // 0-23
	hour24Field   // 1-24
	halfHourField // 0-11
	hour12Field   // 1-12
	minuteField
	secondField
	fractionField
	halfDayField // AM, PM
	offsetField  // +0530; +05:30 when width is 2
	zoneField    // the zone's id
	zoneNameField
	shortWeekYearField

	fieldCount = iota
)

func text(s string) dateToken { return dateToken{literal: s} }

// mysqlPattern reads the pattern of date_format and date_parse.
func mysqlPattern(pattern string) ([]dateToken, error) {
	var tokens []dateToken
	number := func(f dateField, width, most int) {
		tokens = append(tokens, dateToken{field: f, width: width, most: most})
	}
	escaped := false
	if strings.TrimSuffix(pattern, "%") == "" && pattern != "%%" {
		return nil, invalidArgument("Both printing and parsing not supported")
	}
	for _, c := range pattern {
		if !escaped {
			if escaped = c == '%'; !escaped {
				tokens = append(tokens, text(string(c)))
			}
			continue
		}
		escaped = false
		switch c {
		case 'a':
			number(weekdayText, 1, 0)
		case 'b':
			number(monthText, 1, 0)
		case 'c':
			number(monthField, 1, 2)
		case 'd':
			number(dayField, 2, 2)
		case 'e':
			number(dayField, 1, 2)
		case 'f':
			number(fractionField, 6, 9)
		case 'H':
			number(hourField, 2, 2)
		case 'h', 'I':
			number(hour12Field, 2, 2)
		case 'i':
			number(minuteField, 2, 2)
		case 'j':
			number(dayOfYearField, 3, 3)
		case 'k':
			number(hourField, 1, 2)
		case 'l':
			number(hour12Field, 1, 2)
		case 'M':
			number(monthText, 2, 0)
		case 'm':
			number(monthField, 2, 2)
		case 'p':
			number(halfDayField, 0, 0)
		case 'r':
			number(hour12Field, 2, 2)
			tokens = append(tokens, text(":"))
			number(minuteField, 2, 2)
			tokens = append(tokens, text(":"))
			number(secondField, 2, 2)
			tokens = append(tokens, text(" "))
			number(halfDayField, 0, 0)
		case 'S', 's':
			number(secondField, 2, 2)
		case 'T':
			number(hourField, 2, 2)
			tokens = append(tokens, text(":"))
			number(minuteField, 2, 2)
			tokens = append(tokens, text(":"))
			number(secondField, 2, 2)
		case 'v':
			number(weekField, 2, 2)
		case 'x':
			number(weekYearField, 4, 4)
		case 'W':
			number(weekdayText, 2, 0)
		case 'Y':
			number(yearField, 4, 4)
		case 'y':
			number(shortYearField, 2, 2)
		case 'w', 'U', 'u', 'V', 'X', 'D':
			return nil, invalidArgument("%%%c not supported in date format string", c)
		default: // also %%
			tokens = append(tokens, text(string(c)))
		}
	}
	return tokens, nil
}

// jodaPattern reads the pattern of format_datetime and parse_datetime.
func jodaPattern(pattern string) ([]dateToken, error) {
	if pattern == "" {
		return nil, invalidArgument("Invalid pattern specification: Pattern is null or empty")
	}
	var tokens []dateToken
	runes := []rune(pattern)
	for i := 0; i < len(runes); {
		c := runes[i]
		if c == '\'' {
			word, next, err := quotedText(runes, i)
			if err != nil {
				return nil, err
			}
			tokens = append(tokens, text(word))
			i = next
			continue
		}
		if c > unicode.MaxASCII || !unicode.IsLetter(c) {
			tokens = append(tokens, text(string(c)))
			i++
			continue
		}
		n := 1
		for i+n < len(runes) && runes[i+n] == c {
			n++
		}
		i += n
		t, ok := jodaToken(c, n)
		if !ok {
			return nil, invalidArgument("Illegal pattern component: %s", strings.Repeat(string(c), n))
		}
		tokens = append(tokens, t)
	}
	limitYears(tokens)
	return tokens, nil
}

// jodaPrinted reads the pattern of format_datetime. Long names of zones are a
// matter of language, which we have no tables of.
func jodaPrinted(pattern string) ([]dateToken, error) {
	tokens, err := jodaPattern(pattern)
	for _, t := range tokens {
		if t.field == zoneNameField && t.width > 3 {
			return nil, fault(ast.NotSupported, "%s in the pattern of format_datetime is not supported: zones have no long names", strings.Repeat("z", t.width))
		}
	}
	return tokens, err
}

// quotedText reads 'text' at i; ” is one quote, inside and outside.
func quotedText(runes []rune, i int) (word string, next int, err error) {
	if i+1 < len(runes) && runes[i+1] == '\'' {
		return "'", i + 2, nil
	}
	var b strings.Builder
	for i++; i < len(runes); i++ {
		if runes[i] == '\'' {
			if i+1 >= len(runes) || runes[i+1] != '\'' {
				return b.String(), i + 1, nil
			}
			i++
		}
		b.WriteRune(runes[i])
	}
	return b.String(), i, nil
}

func jodaToken(c rune, n int) (dateToken, bool) {
	number := func(f dateField, most int) (dateToken, bool) {
		return dateToken{field: f, width: n, most: max(n, most)}, true
	}
	words := func(f dateField) (dateToken, bool) {
		if n >= 4 {
			return dateToken{field: f, width: 2}, true
		}
		return dateToken{field: f, width: 1}, true
	}
	switch c {
	case 'G':
		return dateToken{field: eraField}, true
	case 'C':
		return number(centuryField, 9)
	case 'Y', 'y', 'x':
		f := map[rune]dateField{'Y': eraYearField, 'y': yearField, 'x': weekYearField}[c]
		if n == 2 {
			f = map[bool]dateField{true: shortWeekYearField, false: shortYearField}[c == 'x']
		}
		return number(f, 9)
	case 'w':
		return number(weekField, 2)
	case 'e':
		return number(weekdayField, 1)
	case 'E':
		return words(weekdayText)
	case 'D':
		return number(dayOfYearField, 3)
	case 'M':
		if n >= 3 {
			return words(monthText)
		}
		return number(monthField, 2)
	case 'd':
		return number(dayField, 2)
	case 'a':
		return dateToken{field: halfDayField}, true
	case 'K':
		return number(halfHourField, 2)
	case 'h':
		return number(hour12Field, 2)
	case 'H':
		return number(hourField, 2)
	case 'k':
		return number(hour24Field, 2)
	case 'm':
		return number(minuteField, 2)
	case 's':
		return number(secondField, 2)
	case 'S':
		return dateToken{field: fractionField, width: n, most: n}, true
	case 'Z':
		if n >= 3 {
			return dateToken{field: zoneField, width: n}, true
		}
		return dateToken{field: offsetField, width: n}, true
	case 'z':
		return dateToken{field: zoneNameField, width: n}, true
	}
	return dateToken{}, false
}

// limitYears keeps a year from taking the digits of a number that follows at once.
func limitYears(tokens []dateToken) {
	for i := range tokens[:len(tokens)-1] {
		t, next := &tokens[i], tokens[i+1]
		isYear := t.field == yearField || t.field == eraYearField || t.field == weekYearField || t.field == centuryField ||
			t.field == shortYearField || t.field == shortWeekYearField
		if isYear && next.most > 0 {
			t.most = t.width
		}
	}
}
