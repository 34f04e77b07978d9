package event

import "time"

// parseTime reads a time as records have it and returns microseconds since 1970,
// cut to milliseconds. It takes
//
//	2024-06-02T20:27:12Z          what CloudTrail writes
//	2024-06-02 20:27:12           a blank for the T, no zone: UTC
//	2024-06-02T20:27:12.000000000 a fraction of any length
//	2024-06-02T22:27:12+02:00     an offset
//	20240602T202712Z              ISO basic, seen in creationDate
//
// and nothing else: no epoch number, whose unit would be a guess, no date
// without a time, no blanks inside, no second 60.
func parseTime(s []byte) (micros int64, ok bool) {
	var date [6]int
	rest, ok := parseDate(s, &date)
	if !ok {
		return 0, false
	}
	milli := 0
	if len(rest) > 0 && (rest[0] == '.' || rest[0] == ',') {
		n := 1
		for n < len(rest) && isDigit(rest[n]) {
			if n <= 3 {
				milli = milli*10 + int(rest[n]-'0')
			}
			n++
		}
		if n == 1 {
			return 0, false
		}
		for i := n; i <= 3; i++ {
			milli *= 10
		}
		rest = rest[n:]
	}
	offset, ok := parseOffset(rest)
	if !ok || !validDate(date) {
		return 0, false
	}
	t := time.Date(date[0], time.Month(date[1]), date[2], date[3], date[4], date[5], milli*1e6, time.UTC)
	return t.UnixMicro() - int64(offset)*60_000_000, true
}

// Shapes of a date with its time: 0 stands for a digit.
const (
	extended = "0000-00-00T00:00:00"
	basic    = "00000000T000000"
)

// parseDate reads year to second and returns what follows.
func parseDate(s []byte, date *[6]int) (rest []byte, ok bool) {
	shape := extended
	if len(s) > 4 && isDigit(s[4]) {
		shape = basic
	}
	if len(s) < len(shape) {
		return nil, false
	}
	part, digits := 0, 0
	for i := range len(shape) {
		c := s[i]
		switch shape[i] {
		case '0':
			if !isDigit(c) {
				return nil, false
			}
			date[part] = date[part]*10 + int(c-'0')
			if digits++; digits == 4 && part == 0 || digits == 2 && part > 0 {
				part, digits = part+1, 0
			}
		case 'T':
			if c != 'T' && c != 't' && c != ' ' {
				return nil, false
			}
		default:
			if c != shape[i] {
				return nil, false
			}
		}
	}
	return s[len(shape):], true
}

func validDate(d [6]int) bool {
	if d[0] < 1 || d[1] < 1 || d[1] > 12 || d[3] > 23 || d[4] > 59 || d[5] > 59 {
		return false
	}
	last := time.Date(d[0], time.Month(d[1])+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return d[2] >= 1 && d[2] <= last
}

// parseOffset reads a zone in minutes: nothing, Z, ±hh:mm or ±hhmm.
func parseOffset(s []byte) (minutes int, ok bool) {
	if len(s) == 0 || len(s) == 1 && (s[0] == 'Z' || s[0] == 'z') {
		return 0, true
	}
	if len(s) == 6 && s[3] == ':' {
		s = append(append(make([]byte, 0, 5), s[:3]...), s[4:]...)
	}
	if len(s) != 5 || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	for _, c := range s[1:] {
		if !isDigit(c) {
			return 0, false
		}
	}
	h, m := int(s[1]-'0')*10+int(s[2]-'0'), int(s[3]-'0')*10+int(s[4]-'0')
	if h > 23 || m > 59 {
		return 0, false
	}
	if minutes = h*60 + m; s[0] == '-' {
		minutes = -minutes
	}
	return minutes, true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// dayOf returns the day since 1970 in which the microsecond lies.
func dayOf(micros int64) int32 {
	const day = 86_400_000_000
	d := micros / day
	if micros%day < 0 {
		d--
	}
	return int32(d)
}
