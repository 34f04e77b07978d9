package function

import (
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/types"
)

// formatSpec is one conversion of a Java format string.
type formatSpec struct {
	text      string // what stands before it
	argument  int    // from zero; -1 takes none
	flags     string
	width     int
	precision int // -1 when absent
	verb      byte
	date      byte // after t
	raw       string
}

var formatSyntax = regexp.MustCompile(`%(\d+\$)?([-#+ 0,(<]*)?(\d+)?(\.\d+)?([tT])?([a-zA-Z%])`)

func parseFormat(s string) ([]formatSpec, error) {
	var specs []formatSpec
	next, last, from := 0, -1, 0
	for _, m := range formatSyntax.FindAllStringSubmatchIndex(s, -1) {
		if strings.Contains(s[from:m[0]], "%") {
			return nil, invalidArgument("Invalid format string: %s", s)
		}
		part := func(g int) string {
			if m[2*g] < 0 {
				return ""
			}
			return s[m[2*g]:m[2*g+1]]
		}
		spec := formatSpec{text: s[from:m[0]], flags: part(2), precision: -1, verb: part(6)[0], argument: -1, raw: s[m[0]:m[1]]}
		spec.width, _ = strconv.Atoi(part(3))
		if p := part(4); p != "" {
			spec.precision, _ = strconv.Atoi(p[1:])
		}
		if part(5) != "" {
			spec.date, spec.verb = spec.verb, 't'
		}
		switch {
		case spec.verb == '%' || spec.verb == 'n':
		case part(1) != "":
			n, _ := strconv.Atoi(strings.TrimSuffix(part(1), "$"))
			spec.argument = n - 1
		case strings.Contains(spec.flags, "<"):
			spec.argument = last
		default:
			spec.argument = next
			next++
		}
		if spec.argument >= 0 {
			last = spec.argument
		}
		specs = append(specs, spec)
		from = m[1]
	}
	if strings.Contains(s[from:], "%") {
		return nil, invalidArgument("Invalid format string: %s", s)
	}
	return append(specs, formatSpec{text: s[from:], argument: -1}), nil
}

// format is Java's String.format over SQL values.
func format(c *call) Kernel {
	var cache compiled[[]formatSpec]
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		pattern := columnOf[string](args[0])
		return each(ctx, c, rows, func(i int) (string, error) {
			if pattern.null(i) {
				return "", errNull
			}
			specs, err := cache.get(pattern.at(i), parseFormat)
			if err != nil {
				return "", err
			}
			var out strings.Builder
			for _, s := range specs {
				out.WriteString(s.text)
				if s.verb == 0 {
					continue
				}
				if s.argument >= len(args)-1 {
					return "", invalidArgument("Invalid format string: %s (Format specifier '%s')", pattern.at(i), s.raw)
				}
				text, err := s.print(c, args, i)
				if err != nil {
					return "", err
				}
				out.WriteString(text)
			}
			return out.String(), nil
		})
	}
}

func (s *formatSpec) has(flag string) bool { return strings.Contains(s.flags, flag) }

// pad fills the width.
func (s *formatSpec) pad(text string) string {
	missing := s.width - int(codePoints(text))
	switch {
	case missing <= 0:
		return text
	case s.has("-"):
		return text + strings.Repeat(" ", missing)
	}
	return strings.Repeat(" ", missing) + text
}

func (s *formatSpec) print(c *call, args []Value, row int) (string, error) {
	switch s.verb {
	case '%':
		return s.pad("%"), nil
	case 'n':
		return "\n", nil
	}
	t, v := c.args[s.argument+1], args[s.argument+1]
	arr, at := v.Array, v.Row(row)
	null := types.IsNull(arr, at)
	text := "null"
	var err error
	switch {
	case s.verb == 'b' || s.verb == 'B':
		text = strconv.FormatBool(!null && (t.Kind != types.Boolean || arr.(*array.Boolean).Value(at)))
	case null:
	case s.verb == 's' || s.verb == 'S':
		text = string(types.AppendText(nil, t, arr, at))
		if s.precision >= 0 {
			text = cut(text, s.precision)
		}
	case s.verb == 't':
		text, err = s.printDate(t, arr, at)
	default:
		text, err = s.printNumber(t, arr, at)
	}
	if s.verb == 'S' || s.verb == 'B' {
		text = strings.ToUpper(text)
	}
	return s.pad(text), err
}

func (s *formatSpec) mismatch(t types.Type) error {
	return invalidArgument("Invalid format string: %s (%s != %s)", s.raw, string(s.verb), t)
}

func (s *formatSpec) printNumber(t types.Type, arr arrow.Array, at int) (string, error) {
	switch s.verb {
	case 'd':
		if !t.IsInteger() {
			return "", s.mismatch(t)
		}
		return s.decorate(strconv.FormatInt(types.Int64At(arr, at), 10)), nil
	case 'x', 'X', 'o':
		if !t.IsInteger() {
			return "", s.mismatch(t)
		}
		v := uint64(types.Int64At(arr, at))
		if bits := integerBits(t); bits < 64 {
			v &= 1<<bits - 1
		}
		return s.decorate(fmt.Sprintf("%"+string(s.verb), v)), nil
	case 'c':
		if t.IsInteger() {
			return chr(types.Int64At(arr, at))
		}
		return "", s.mismatch(t)
	case 'f', 'e', 'E', 'g', 'G':
		return s.printFloat(t, arr, at)
	}
	return "", invalidArgument("Invalid format string: Unknown format conversion '%s'", string(s.verb))
}

func (s *formatSpec) printFloat(t types.Type, arr arrow.Array, at int) (string, error) {
	precision := s.precision
	if precision < 0 {
		precision = 6
	}
	var text string
	switch t.Kind {
	case types.Double, types.Real, types.Decimal:
		text = string(types.AppendText(nil, t, arr, at))
	default:
		return "", s.mismatch(t)
	}
	if text == "NaN" || strings.HasSuffix(text, "Infinity") {
		return text, nil
	}
	if s.verb == 'f' {
		r, _ := new(big.Rat).SetString(text)
		scaled := new(big.Int).Mul(r.Num(), pow10(precision))
		digits := divideRounded(scaled, r.Denom())
		return s.decorate(fixedPoint(digits, precision)), nil
	}
	f, _ := strconv.ParseFloat(text, 64)
	if s.verb == 'g' || s.verb == 'G' {
		if a := math.Abs(f); f == 0 || a >= 1e-4 && a < math.Pow(10, float64(max(precision, 1))) {
			whole := 1
			if f != 0 {
				whole = int(math.Floor(math.Log10(a))) + 1
			}
			return s.decorate(strconv.FormatFloat(f, 'f', max(0, precision-whole), 64)), nil
		}
		precision = max(precision, 1) - 1
	}
	out := strconv.FormatFloat(f, 'e', precision, 64)
	if s.verb == 'E' || s.verb == 'G' {
		out = strings.ToUpper(out)
	}
	return s.decorate(out), nil
}

// fixedPoint prints an unscaled number with that many digits after the point.
func fixedPoint(v *big.Int, scale int) string {
	text := new(big.Int).Abs(v).String()
	if len(text) <= scale {
		text = strings.Repeat("0", scale-len(text)+1) + text
	}
	if scale > 0 {
		text = text[:len(text)-scale] + "." + text[len(text)-scale:]
	}
	if v.Sign() < 0 {
		return "-" + text
	}
	return text
}

// decorate adds what the flags ask for: groups of thousands, signs, zeros.
func (s *formatSpec) decorate(text string) string {
	negative := strings.HasPrefix(text, "-")
	text = strings.TrimPrefix(text, "-")
	if s.has(",") {
		whole, rest, _ := strings.Cut(text, ".")
		for i := len(whole) - 3; i > 0; i -= 3 {
			whole = whole[:i] + "," + whole[i:]
		}
		if rest != "" {
			rest = "." + rest
		}
		text = whole + rest
	}
	sign, tail := "", ""
	switch {
	case negative && s.has("("):
		sign, tail = "(", ")"
	case negative:
		sign = "-"
	case s.has("+"):
		sign = "+"
	case s.has(" "):
		sign = " "
	}
	if s.has("0") {
		for len(sign)+len(text)+len(tail) < s.width {
			text = "0" + text
		}
	}
	return sign + text + tail
}

// javaDates are the %t conversions as patterns of date_format_datetime's kind.
var javaDates = map[byte]string{
	'H': "HH", 'I': "hh", 'k': "H", 'l': "h", 'M': "mm", 'S': "ss", 'L': "SSS", 'N': "SSSSSSSSS", 'p': "a",
	'B': "MMMM", 'b': "MMM", 'h': "MMM", 'A': "EEEE", 'a': "EEE", 'Y': "yyyy", 'y': "yy", 'j': "DDD", 'm': "MM",
	'd': "dd", 'e': "d", 'R': "HH:mm", 'T': "HH:mm:ss", 'r': "hh:mm:ss a", 'D': "MM/dd/yy", 'F': "yyyy-MM-dd", 'Z': "zzz", 'z': "Z",
}

func (s *formatSpec) printDate(t types.Type, arr arrow.Array, at int) (string, error) {
	var when time.Time
	switch t.Kind {
	case types.Date:
		when = wallTime(types.Int64At(arr, at) * microsPerDay)
	case types.Timestamp:
		when = wallTime(types.Int64At(arr, at))
	case types.Time:
		when = wallTime(types.Int64At(arr, at) / 1000)
	case types.TimestampTZ:
		z := valuesOf[zoned](arr).Value(at)
		loc, err := z.location()
		if err != nil {
			return "", err
		}
		when = time.UnixMicro(z.micros).In(loc)
	default:
		return "", s.mismatch(t)
	}
	pattern, ok := javaDates[s.date]
	if !ok {
		return "", invalidArgument("Invalid format string: Unknown format conversion 't%s'", string(s.date))
	}
	tokens, err := jodaPattern(pattern)
	if err != nil {
		return "", err
	}
	text := string(printDate(nil, tokens, when))
	if s.date == 'p' {
		text = strings.ToLower(text)
	}
	return text, nil
}
