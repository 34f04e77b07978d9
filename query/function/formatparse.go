package function

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/traillake/traillake/query/ast"
)

// formatSpec is one conversion of a Java format string (java.util.Formatter).
type formatSpec struct {
	text      string // what stands before it
	argument  int    // from 1 when explicit, else 0
	flags     string
	width     int // -1 when absent
	precision int // -1 when absent
	date      bool
	upper     bool
	verb      byte // lower case but for dates; 0 for the text after the last conversion
}

// formatError is one of Java's exceptions about a format string.
type formatError struct{ exception, message string }

func (e formatError) Error() string { return e.exception + ": " + e.message }

// badFormat words an error as Trino does.
func badFormat(pattern string, err error) error {
	var e formatError
	if !errors.As(err, &e) {
		return err
	}
	return invalidArgument("Invalid format string: %s (%s)", pattern, e.Error())
}

const (
	formatFlags = "-#+ 0,(<" // in the order in which Java prints them
	// formatWidest bounds what one conversion makes of a short format string.
	formatWidest = 1 << 20
)

var formatSyntax = regexp.MustCompile(`^%(?:(\d+)\$)?([-#+ 0,(<]*)(\d+)?(?:\.(\d+))?([tT])?([a-zA-Z%])`)

func parseFormat(pattern string) ([]formatSpec, error) {
	var specs []formatSpec
	rest := pattern
	for {
		text, after, found := strings.Cut(rest, "%")
		if !found {
			return append(specs, formatSpec{text: rest, width: -1, precision: -1}), nil
		}
		spec, n, err := parseConversion("%" + after)
		if err != nil {
			return nil, badFormat(pattern, err)
		}
		spec.text = text
		specs = append(specs, spec)
		rest = after[n-1:]
	}
}

// parseConversion reads one conversion at the start of s and returns its length.
func parseConversion(s string) (formatSpec, int, error) {
	m := formatSyntax.FindStringSubmatch(s)
	if m == nil {
		r, size := utf8.DecodeRuneInString(s[1:])
		if size == 0 {
			r = '%'
		}
		return formatSpec{}, 0, unknownConversion(string(r))
	}
	spec := formatSpec{flags: m[2], width: -1, precision: -1, verb: m[6][0], date: m[5] != ""}
	for i, f := range spec.flags {
		if strings.ContainsRune(spec.flags[:i], f) {
			return spec, 0, formatError{"DuplicateFormatFlags", "Flags = '" + string(f) + "'"}
		}
	}
	var err error
	if m[1] != "" {
		if spec.argument, err = strconv.Atoi(m[1]); err != nil || spec.argument > 1<<31-1 {
			return spec, 0, formatError{"IllegalFormatArgumentIndex", "Format argument index: (not representable as int)"}
		} else if spec.argument == 0 {
			return spec, 0, formatError{"IllegalFormatArgumentIndex", "Illegal format argument index = 0"}
		}
	}
	if spec.width, err = formatNumberAt(m[3], "IllegalFormatWidth"); err != nil {
		return spec, 0, err
	}
	if spec.precision, err = formatNumberAt(m[4], "IllegalFormatPrecision"); err != nil {
		return spec, 0, err
	}
	spec.upper = m[5] == "T"
	if !spec.date {
		if !strings.ContainsRune("bBsShHcCdoxXeEgGfaA%n", rune(spec.verb)) {
			return spec, 0, unknownConversion(m[6])
		}
		spec.upper = spec.verb >= 'A' && spec.verb <= 'Z'
		spec.verb = strings.ToLower(m[6])[0]
	}
	return spec, len(m[0]), spec.check()
}

func unknownConversion(verb string) error {
	return formatError{"UnknownFormatConversion", "Conversion = '" + verb + "'"}
}

// formatNumberAt reads a width or precision, -1 for none.
func formatNumberAt(digits, exception string) (int, error) {
	if digits == "" {
		return -1, nil
	}
	n, err := strconv.ParseInt(digits, 10, 32)
	switch {
	case err != nil:
		return 0, formatError{exception, "-2147483648"}
	case n > formatWidest:
		return 0, fault(ast.NotSupported, "format: a width or precision of more than %d is not supported: %d", formatWidest, n)
	}
	return int(n), nil
}

func (s *formatSpec) has(flag rune) bool { return strings.ContainsRune(s.flags, flag) }

// String is the conversion as Java's messages show it.
func (s *formatSpec) String() string {
	var b strings.Builder
	b.WriteByte('%')
	b.WriteString(s.sortedFlags())
	if s.argument > 0 {
		b.WriteString(strconv.Itoa(s.argument) + "$")
	}
	if s.width >= 0 {
		b.WriteString(strconv.Itoa(s.width))
	}
	if s.precision >= 0 {
		b.WriteString("." + strconv.Itoa(s.precision))
	}
	verb := string(s.verb)
	switch {
	case s.date && s.upper:
		verb = "T" + verb
	case s.date:
		verb = "t" + verb
	case s.upper:
		verb = strings.ToUpper(verb)
	}
	return b.String() + verb
}

func (s *formatSpec) sortedFlags() string {
	var b strings.Builder
	for _, f := range formatFlags {
		if s.has(f) {
			b.WriteRune(f)
		}
	}
	return b.String()
}

func (s *formatSpec) flagMismatch(flag string) error {
	return formatError{"FormatFlagsConversionMismatch", "Conversion = " + string(s.verb) + ", Flags = " + flag}
}

// check applies what Java checks while it reads, in its order.
func (s *formatSpec) check() error {
	switch {
	case s.date:
		return firstError(s.noPrecision, s.knownDate, s.without("#+ 0,("), s.widthFor("-"))
	case s.verb == 'h':
		return fault(ast.NotSupported, "format: %s is not supported", s)
	case s.verb == 'b' && s.has('#'):
		return s.flagMismatch("#")
	case s.verb == 's' || s.verb == 'b':
		return firstError(s.widthFor("-"), s.without("+ 0,("))
	case s.verb == 'c':
		return firstError(s.noPrecision, s.without("#+ 0,("), s.widthFor("-"))
	case s.verb == 'd':
		return firstError(s.numeric, s.noPrecision, s.without("#"))
	case s.verb == 'o' || s.verb == 'x':
		return firstError(s.numeric, s.noPrecision, s.without(","))
	case s.verb == 'a':
		return firstError(s.numeric, s.without("(,"))
	case s.verb == 'e':
		return firstError(s.numeric, s.without(","))
	case s.verb == 'g':
		return firstError(s.numeric, s.without("#"))
	case s.verb == 'f':
		return s.numeric()
	case s.verb == '%':
		return firstError(s.noPrecision, s.onlyDash, s.widthFor("-"))
	}
	switch { // %n
	case s.precision >= 0:
		return s.noPrecision()
	case s.width >= 0:
		return formatError{"IllegalFormatWidth", strconv.Itoa(s.width)}
	case s.flags != "":
		return formatError{"IllegalFormatFlags", "Flags = '" + s.sortedFlags() + "'"}
	}
	return nil
}

func firstError(checks ...func() error) error {
	for _, c := range checks {
		if err := c(); err != nil {
			return err
		}
	}
	return nil
}

func (s *formatSpec) noPrecision() error {
	if s.precision >= 0 {
		return formatError{"IllegalFormatPrecision", strconv.Itoa(s.precision)}
	}
	return nil
}

func (s *formatSpec) knownDate() error {
	if _, ok := javaDates[s.verb]; !ok {
		return unknownConversion("t" + string(s.verb))
	}
	return nil
}

func (s *formatSpec) onlyDash() error {
	if s.flags != "" && s.flags != "-" {
		return formatError{"IllegalFormatFlags", "Flags = '" + s.sortedFlags() + "'"}
	}
	return nil
}

func (s *formatSpec) without(flags string) func() error {
	return func() error {
		for _, f := range flags {
			if s.has(f) {
				return s.flagMismatch(string(f))
			}
		}
		return nil
	}
}

func (s *formatSpec) widthFor(flags string) func() error {
	return func() error {
		if s.width < 0 && strings.ContainsAny(s.flags, flags) {
			return formatError{"MissingFormatWidth", s.String()}
		}
		return nil
	}
}

func (s *formatSpec) numeric() error {
	if err := s.widthFor("-0")(); err != nil {
		return err
	}
	if s.has('+') && s.has(' ') || s.has('-') && s.has('0') {
		return formatError{"IllegalFormatFlags", "Flags = '" + s.sortedFlags() + "'"}
	}
	return nil
}
