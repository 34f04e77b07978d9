package function

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/types"
)

func (s *formatSpec) printInteger(v int64) (string, error) {
	if s.verb == 'd' {
		digits := new(big.Int).Abs(big.NewInt(v)).String()
		return s.decorate(v < 0, "", digits), nil
	}
	for _, f := range "(+ " {
		if s.has(f) {
			return "", s.flagMismatch(string(f))
		}
	}
	prefix := ""
	switch {
	case s.has('#') && s.verb == 'x':
		prefix = "0x"
	case s.has('#'):
		prefix = "0"
	}
	return s.decorate(false, prefix, fmt.Sprintf("%"+string(s.verb), uint64(v))), nil
}

// printFloat rounds the shortest digits that mean the number, half up, as Java does.
func (s *formatSpec) printFloat(t types.Type, arr arrow.Array, at int) string {
	text, negative := strings.CutPrefix(string(types.AppendText(nil, t, arr, at)), "-")
	precision := s.precision
	if precision < 0 {
		precision = 6
	}
	switch {
	case text == "NaN":
		return s.pad(text)
	case text == "Infinity":
		return s.decorate(negative, "", text)
	case s.verb == 'a':
		f, _ := strconv.ParseFloat(text, 64)
		return s.decorate(negative, "0x", javaHexFloat(f, s.precision))
	case s.verb == 'f':
		r, _ := new(big.Rat).SetString(text)
		scaled := new(big.Int).Mul(r.Num(), pow10(precision))
		return s.decorate(negative, "", s.pointed(fixedPoint(divideRounded(scaled, r.Denom()), precision)))
	case s.verb == 'e':
		digits, exponent := roundedDigits(text, precision+1)
		return s.decorate(negative, "", s.pointed(scientific(digits, exponent)))
	}
	precision = max(precision, 1)
	digits, exponent := roundedDigits(text, precision)
	if exponent < -4 || exponent >= precision {
		return s.decorate(negative, "", scientific(digits, exponent))
	}
	v, _ := new(big.Int).SetString(digits, 10)
	return s.decorate(negative, "", fixedPoint(v, precision-1-exponent))
}

// pointed ends a number without a fraction in a point where "#" asks for one.
func (s *formatSpec) pointed(text string) string {
	if s.has('#') && !strings.Contains(text, ".") {
		mantissa, exponent, found := strings.Cut(text, "e")
		if found {
			return mantissa + ".e" + exponent
		}
		return text + "."
	}
	return text
}

// roundedDigits are the first n digits of a positive number, rounded half up, and the power of ten of the first.
func roundedDigits(text string, n int) (string, int) {
	mantissa, power, _ := strings.Cut(text, "E")
	exponent, _ := strconv.Atoi(power)
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	if digits == "" {
		return strings.Repeat("0", n), 0
	}
	exponent += len(digits) - len(fraction) - 1
	if len(digits) <= n {
		return digits + strings.Repeat("0", n-len(digits)), exponent
	}
	v, _ := new(big.Int).SetString(digits[:n], 10)
	if digits[n] >= '5' {
		v.Add(v, big.NewInt(1))
	}
	rounded := v.String()
	if len(rounded) > n {
		return rounded[:n], exponent + 1
	}
	return rounded, exponent
}

func scientific(digits string, exponent int) string {
	text := digits[:1]
	if len(digits) > 1 {
		text += "." + digits[1:]
	}
	sign := '+'
	if exponent < 0 {
		sign, exponent = '-', -exponent
	}
	return fmt.Sprintf("%se%c%02d", text, sign, exponent)
}

// javaHexFloat is Double.toHexString of a positive number without its "0x".
func javaHexFloat(f float64, precision int) string {
	if f > 0 && f < 0x1p-1022 && precision < 0 {
		return "0." + strings.TrimRight(fmt.Sprintf("%013x", math.Float64bits(f)), "0") + "p-1022"
	}
	if precision == 0 {
		precision = 1
	}
	mantissa, power, _ := strings.Cut(strings.TrimPrefix(strconv.FormatFloat(f, 'x', precision, 64), "0x"), "p")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	exponent, _ := strconv.Atoi(power)
	return mantissa + "p" + strconv.Itoa(exponent)
}

// fixedPoint prints an unscaled number with that many digits after the point.
func fixedPoint(v *big.Int, scale int) string {
	text := v.String()
	if len(text) <= scale {
		text = strings.Repeat("0", scale-len(text)+1) + text
	}
	if scale > 0 {
		text = text[:len(text)-scale] + "." + text[len(text)-scale:]
	}
	return text
}

// decorate adds what the flags ask for to a number without a sign: groups of
// thousands, the sign, zeros, blanks.
func (s *formatSpec) decorate(negative bool, prefix, text string) string {
	finite := text != "Infinity"
	if s.has(',') && finite {
		whole, rest, found := strings.Cut(text, ".")
		for i := len(whole) - 3; i > 0; i -= 3 {
			whole = whole[:i] + "," + whole[i:]
		}
		if text = whole; found {
			text += "." + rest
		}
	}
	sign, tail := "", ""
	switch {
	case negative && s.has('('):
		sign, tail = "(", ")"
	case negative:
		sign = "-"
	case s.has('+'):
		sign = "+"
	case s.has(' '):
		sign = " "
	}
	if missing := s.width - len(sign) - len(prefix) - len(text) - len(tail); s.has('0') && finite && missing > 0 {
		text = strings.Repeat("0", missing) + text
	}
	text = prefix + text
	if s.upper && finite {
		text = strings.ToUpper(text)
	} else if s.upper {
		text = "INFINITY"
	}
	return s.pad(sign + text + tail)
}

// javaDates are the conversions after t as patterns of format_datetime. Those of
// several fields begin with the field that Java names when the value lacks it.
var javaDates = map[byte]string{
	'H': "HH", 'I': "hh", 'k': "H", 'l': "h", 'M': "mm", 'S': "ss", 'L': "SSS", 'N': "SSSSSSSSS", 'p': "a",
	'B': "MMMM", 'b': "MMM", 'h': "MMM", 'A': "EEEE", 'a': "EEE", 'C': "CC", 'Y': "yyyy", 'y': "yy", 'j': "DDD", 'm': "MM",
	'd': "dd", 'e': "d", 'R': "HH:mm", 'T': "HH:mm:ss", 'r': "hh:mm:ss a", 'D': "MM/dd/yy", 'F': "yyyy-MM-dd",
	'c': "EEE MMM dd HH:mm:ss ", 'Z': "", 'z': "Z", 's': "", 'Q': "",
}

// lacks returns the field that a conversion needs and a type has not, or 0.
func lacks(verb byte, k types.Kind) byte {
	first := verb
	if i := strings.IndexByte("RTrDF", verb); i >= 0 {
		first = "HHImY"[i]
	}
	switch {
	case strings.IndexByte("HIklMSLNp", first) >= 0 && k == types.Date:
		return first
	case strings.IndexByte("BbhAaCYyjmdec", first) >= 0 && k == types.Time:
		if first == 'c' {
			return 'a'
		}
		return first
	case verb == 'c' && k == types.Date:
		return 'H'
	case verb == 'c' && k == types.Timestamp:
		return 'Z'
	case strings.IndexByte("ZzsQ", first) >= 0 && k != types.TimestampTZ:
		return first
	}
	return 0
}

func (s *formatSpec) printDate(t types.Type, arr arrow.Array, at int, class string) (string, error) {
	var when time.Time
	kind := t.Kind
	switch {
	case t.IsInteger():
		when, kind = time.UnixMilli(types.Int64At(arr, at)).UTC(), types.TimestampTZ
	case kind == types.Date:
		when = wallTime(types.Int64At(arr, at) * microsPerDay)
	case kind == types.Timestamp:
		when = wallTime(types.Int64At(arr, at))
	case kind == types.Time:
		when = wallTime(types.Int64At(arr, at) / 1000)
	case kind == types.TimestampTZ:
		z := valuesOf[zoned](arr).Value(at)
		loc, err := z.location()
		if err != nil {
			return "", err
		}
		when = time.UnixMicro(z.micros).In(loc)
	default:
		return "", formatError{"IllegalFormatConversion", string(s.verb) + " != " + class}
	}
	if field := lacks(s.verb, kind); field != 0 {
		return "", formatError{"IllegalFormatConversion", string(field) + " != " + class}
	}
	zone, _ := when.Zone()
	switch s.verb {
	case 'Z':
		return zone, nil
	case 's':
		return strconv.FormatInt(when.Unix(), 10), nil
	case 'Q':
		return strconv.FormatInt(when.UnixMilli(), 10), nil
	}
	tokens, err := jodaPattern(javaDates[s.verb])
	if err != nil {
		return "", err
	}
	text := string(printDate(nil, tokens, when))
	switch s.verb {
	case 'p':
		text = strings.ToLower(text)
	case 'c':
		text += zone + when.Format(" 2006")
	}
	return text, nil
}

// javaTimeText is ISO 8601 as java.time prints it: without seconds that are
// zero, the fraction in groups of three digits.
func javaTimeText(t types.Type, arr arrow.Array, at int) string {
	var when time.Time
	date, zone := "2006-01-02T", ""
	switch t.Kind {
	case types.Time:
		when, date = wallTime(types.Int64At(arr, at)/1000), ""
	case types.Timestamp:
		when = wallTime(types.Int64At(arr, at))
	default:
		z := valuesOf[zoned](arr).Value(at)
		loc, err := z.location()
		if err != nil {
			return z.zone // a zone that is stored is known
		}
		when = time.UnixMicro(z.micros).In(loc)
		if zone = when.Format("Z07:00"); !strings.ContainsAny(z.zone[:1], "+-") {
			zone += "[" + z.zone + "]"
		}
	}
	clock := "15:04"
	switch n := when.Nanosecond(); {
	case n%1e6 != 0:
		clock = "15:04:05.000000"
	case n != 0:
		clock = "15:04:05.000"
	case when.Second() != 0:
		clock = "15:04:05"
	}
	return when.Format(date+clock) + zone
}
