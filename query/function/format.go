package function

import (
	"strings"
	"unicode/utf16"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"github.com/traillake/traillake/query/types"
)

// format is Java's String.format over SQL values: text, numbers, booleans, dates
// and times. The binder has cast all other types to varchar.
func format(c *call) Kernel {
	var cache compiled[[]formatSpec]
	classes := make([]string, len(c.args)-1)
	for i, t := range c.args[1:] {
		classes[i] = javaClass(t)
	}
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
			row := formatRow{types: c.args[1:], classes: classes, args: args[1:], row: i}
			text, err := row.print(specs)
			if err != nil {
				return "", badFormat(pattern.at(i), err)
			}
			return text, nil
		})
	}
}

// javaClass is what Trino hands to Java for a value of a type, as messages name it.
func javaClass(t types.Type) string {
	switch {
	case t.IsInteger():
		return "java.lang.Long"
	case t.Kind == types.Boolean:
		return "java.lang.Boolean"
	case t.Kind == types.Real:
		return "java.lang.Float"
	case t.Kind == types.Double:
		return "java.lang.Double"
	case t.Kind == types.Decimal:
		return "java.math.BigDecimal"
	case t.Kind == types.Date:
		return "java.time.LocalDate"
	case t.Kind == types.Time:
		return "java.time.LocalTime"
	case t.Kind == types.Timestamp:
		return "java.time.LocalDateTime"
	case t.Kind == types.TimestampTZ:
		return "java.time.ZonedDateTime"
	}
	return "java.lang.String"
}

// formatRow are the arguments of one row.
type formatRow struct {
	types   []types.Type
	classes []string
	args    []Value
	row     int
}

func (r *formatRow) print(specs []formatSpec) (string, error) {
	var out strings.Builder
	next, last := 0, -1
	for i := range specs {
		s := &specs[i]
		out.WriteString(s.text)
		switch {
		case s.verb == 0:
			continue
		case s.verb == '%':
			out.WriteString(s.pad("%"))
			continue
		case s.verb == 'n':
			out.WriteByte('\n')
			continue
		case s.has('<'):
		case s.argument > 0:
			last = s.argument - 1
		default:
			last = next
			next++
		}
		if last < 0 || last >= len(r.args) {
			return "", formatError{"MissingFormatArgument", "Format specifier '" + s.String() + "'"}
		}
		text, err := r.value(s, last)
		if err != nil {
			return "", err
		}
		out.WriteString(text)
	}
	return out.String(), nil
}

// value prints an argument.
func (r *formatRow) value(s *formatSpec, n int) (string, error) {
	t, arr, at := r.types[n], r.args[n].Array, r.args[n].Row(r.row)
	null := types.IsNull(arr, at)
	illegal := formatError{"IllegalFormatConversion", string(s.verb) + " != " + r.classes[n]}
	switch {
	case s.verb == 'b' && null:
		return s.general("false"), nil
	case null:
		return s.general("null"), nil
	case s.date:
		text, err := s.printDate(t, arr, at, r.classes[n])
		if s.upper {
			text = strings.ToUpper(text)
		}
		return s.pad(text), err
	case s.verb == 'b':
		if t.Kind == types.Boolean && !arr.(*array.Boolean).Value(at) {
			return s.general("false"), nil
		}
		return s.general("true"), nil
	case s.verb == 's':
		if s.has('#') {
			return "", s.flagMismatch("#")
		}
		return s.general(javaText(t, arr, at)), nil
	case s.verb == 'd' || s.verb == 'x' || s.verb == 'o':
		if !t.IsInteger() {
			return "", illegal
		}
		return s.printInteger(types.Int64At(arr, at))
	case s.verb == 'a' && t.Kind == types.Decimal || s.verb == 'c':
		return "", illegal
	}
	if t.Kind != types.Real && t.Kind != types.Double && t.Kind != types.Decimal {
		return "", illegal
	}
	return s.printFloat(t, arr, at), nil
}

// general cuts and pads what is not a number.
func (s *formatSpec) general(text string) string {
	if units := utf16.Encode([]rune(text)); s.precision >= 0 && s.precision < len(units) {
		text = strings.ReplaceAll(string(utf16.Decode(units[:s.precision])), "\uFFFD", "?")
	}
	if s.upper {
		text = cases.Upper(language.Und).String(text) // with ß as SS, as Java does
	}
	return s.pad(text)
}

// pad fills the width, which counts UTF-16 units.
func (s *formatSpec) pad(text string) string {
	missing := s.width - len(utf16.Encode([]rune(text)))
	switch {
	case missing <= 0:
		return text
	case s.has('-'):
		return text + strings.Repeat(" ", missing)
	}
	return strings.Repeat(" ", missing) + text
}

// javaText is what toString makes of a value.
func javaText(t types.Type, arr arrow.Array, at int) string {
	switch t.Kind {
	case types.Time, types.Timestamp, types.TimestampTZ:
		return javaTimeText(t, arr, at)
	}
	return string(types.AppendText(nil, t, arr, at))
}
