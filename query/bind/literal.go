package bind

import (
	"encoding/hex"
	"errors"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

func literal(l *ast.Literal) (plan.Expr, error) {
	switch l.Kind {
	case ast.NullLiteral:
		return &plan.Literal{Typ: types.UnknownType}, nil
	case ast.BooleanLiteral:
		return &plan.Literal{Value: strings.EqualFold(l.Text, "true"), Typ: types.BooleanType}, nil
	case ast.IntegerLiteral, ast.DecimalLiteral, ast.DoubleLiteral:
		return number(l, false, l.Span())
	case ast.StringLiteral:
		return &plan.Literal{Value: l.Text, Typ: types.VarcharOf(utf8.RuneCountInString(l.Text))}, nil
	case ast.BinaryLiteral:
		b, err := hex.DecodeString(strings.Join(strings.Fields(l.Text), ""))
		if err != nil {
			return nil, ast.Errorf(ast.InvalidLiteral, l.Span(), "Binary literal must contain an even number of hexadecimal digits")
		}
		return &plan.Literal{Value: b, Typ: types.VarbinaryType}, nil
	case ast.TypedLiteral:
		return typedLiteral(l)
	}
	return nil, notSupported(l.Span(), "This literal")
}

// number makes a numeric literal; the sign is taken in, so that the smallest
// integers can be written.
func number(l *ast.Literal, negative bool, span ast.Span) (plan.Expr, error) {
	text := strings.ReplaceAll(l.Text, "_", "")
	if negative {
		text = "-" + text
	}
	switch l.Kind {
	case ast.IntegerLiteral:
		n, err := strconv.ParseInt(text, 0, 64)
		if strings.HasPrefix(strings.TrimPrefix(text, "-"), "0") {
			n, err = parseZeroed(text)
		}
		if err != nil {
			return nil, ast.Errorf(ast.InvalidLiteral, span, "Invalid numeric literal: %s", text)
		}
		if n == int64(int32(n)) {
			return &plan.Literal{Value: n, Typ: types.IntegerType}, nil
		}
		return &plan.Literal{Value: n, Typ: types.BigIntType}, nil
	case ast.DoubleLiteral:
		f, err := strconv.ParseFloat(text, 64) // too large is Infinity
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return nil, ast.Errorf(ast.InvalidLiteral, span, "Invalid numeric literal: %s", text)
		}
		return &plan.Literal{Value: f, Typ: types.DoubleType}, nil
	}
	return decimal(text, span)
}

// parseZeroed reads integers with leading zeros, which are decimal in SQL
// unless a letter says otherwise.
func parseZeroed(text string) (int64, error) {
	digits := strings.TrimPrefix(text, "-")
	if len(digits) > 1 && strings.ContainsAny(digits[1:2], "xXoObB") {
		return strconv.ParseInt(text, 0, 64)
	}
	return strconv.ParseInt(text, 10, 64)
}

// decimal makes decimal(p, s) of as many digits as were written.
func decimal(text string, span ast.Span) (plan.Expr, error) {
	whole, frac, _ := strings.Cut(strings.TrimLeft(text, "-+"), ".")
	whole = strings.TrimLeft(whole, "0")
	precision := max(len(whole)+len(frac), 1)
	n, ok := new(big.Int).SetString(whole+frac, 10)
	if whole+frac == "" {
		n, ok = new(big.Int), strings.Contains(text, "0")
	}
	if !ok || precision > types.MaxDecimalPrecision {
		err := ast.Errorf(ast.InvalidLiteral, span, "'%s' is not a valid DECIMAL literal", text)
		if ok {
			err.Hint = "A decimal has at most " + strconv.Itoa(types.MaxDecimalPrecision) + " digits"
		}
		return nil, err
	}
	if strings.HasPrefix(text, "-") {
		n.Neg(n)
	}
	return &plan.Literal{Value: decimal128.FromBigInt(n), Typ: types.DecimalOf(precision, len(frac))}, nil
}

// typedLiteral binds TYPE 'text'. A text that is no value of the type is an
// error now, not when the query runs.
func typedLiteral(l *ast.Literal) (plan.Expr, error) {
	text := &plan.Literal{Value: l.Text, Typ: types.VarcharType}
	invalid := ast.Errorf(ast.InvalidLiteral, l.Span(), "'%s' is not a valid %s literal", l.Text, strings.ToUpper(l.TypeName))
	if l.TypeName == "TIMESTAMP" {
		return timestampLiteral(l, invalid)
	}
	t, err := types.Parse(strings.ToLower(l.TypeName))
	if errors.Is(err, types.ErrNotSupported) {
		return nil, ast.Errorf(ast.NotSupported, l.Span(), "%v", err)
	}
	if err != nil {
		return nil, ast.Errorf(ast.TypeMismatch, l.Span(), "Unknown type: %s", strings.ToLower(l.TypeName))
	}
	switch t.Kind {
	case types.Varchar:
		return text, nil
	case types.JSON:
		e, err := resolve("json_parse", []plan.Expr{text})
		if err != nil {
			return nil, at(err, l.Span())
		}
		if !runs(e.(*plan.Call).Function.Kernel, l.Text) {
			return nil, invalid
		}
		return e, nil
	case types.Decimal:
		return decimal(strings.TrimSpace(l.Text), l.Span())
	case types.Date:
		// Other years, with a sign or more digits, are for the cast to read.
		if day, err := time.Parse("2006-1-2", strings.TrimSpace(l.Text)); err == nil {
			return &plan.Literal{Value: day.Unix() / 86400, Typ: types.DateType}, nil
		}
	case types.Time:
		if t.Precision, err = writtenPrecision(l, "TIME", types.MaxTimePrecision); err != nil {
			return nil, err
		}
	case types.Char:
		if !strings.Contains(l.TypeName, "(") {
			t.Length = utf8.RuneCountInString(l.Text)
		}
	}
	kernel, err := function.Cast(types.VarcharType, t)
	if err != nil {
		return nil, ast.Errorf(ast.InvalidLiteral, l.Span(), "No literal form for type %s", t)
	}
	if !runs(kernel, l.Text) {
		if t.Kind == types.Time && zonedTime.MatchString(l.Text) {
			return nil, notSupported(l.Span(), "time with time zone")
		}
		return nil, invalid
	}
	return &plan.Cast{Expr: text, Typ: t}, nil
}

// zonedTime are the literals that Trino reads as time with time zone.
var zonedTime = regexp.MustCompile(`^\d{1,2}:\d{1,2}(:\d{1,2}(\.\d{1,12})?)? ?[+-]\d\d:\d\d$`)

// timestampLiteral binds TIMESTAMP 'text'; the digits written decide the
// precision, a zone makes it a timestamp with time zone.
func timestampLiteral(l *ast.Literal, invalid error) (plan.Expr, error) {
	text := strings.TrimSpace(l.Text)
	precision, err := writtenPrecision(l, "TIMESTAMP", types.MaxTimestampPrecision)
	if err != nil {
		return nil, err
	}
	wall, zone, err := function.TimestampText(text)
	var fault *ast.Error
	switch {
	case errors.As(err, &fault) && fault.Code == ast.NotSupported:
		return nil, at(err, l.Span())
	case err != nil:
		return nil, invalid
	case zone == nil:
		return &plan.Literal{Value: wall, Typ: types.TimestampOf(precision)}, nil
	}
	return &plan.Cast{Expr: &plan.Literal{Value: l.Text, Typ: types.VarcharType}, Typ: types.TimestampTZOf(precision)}, nil
}

// writtenPrecision is the number of digits after the seconds' point of a time as
// it was written. What a value of ours cannot hold is refused, not rounded.
func writtenPrecision(l *ast.Literal, kind string, most int) (int, error) {
	_, frac, _ := strings.Cut(l.Text, ".")
	precision := len(frac) - len(strings.TrimLeft(frac, "0123456789"))
	switch {
	case precision > types.MaxTrinoPrecision:
		return 0, precisionRange(l.Span(), kind, strconv.Itoa(precision))
	case precision > most:
		return 0, tooFine(l.Span(), strings.ToLower(kind), precision, most)
	}
	return precision, nil
}

func precisionRange(span ast.Span, kind, precision string) error {
	return ast.Errorf(ast.NumericValueOutOfRange, span, "%s precision must be in range [0, %d]: %s", kind, types.MaxTrinoPrecision, precision)
}

func tooFine(span ast.Span, kind string, precision, most int) error {
	return ast.Errorf(ast.NotSupported, span, "%s(%d) is not supported: a second has at most %d digits", kind, precision, most)
}

// runs reports whether a kernel accepts a text.
func runs(kernel function.Kernel, text string) bool {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	b.Append(text)
	arr := b.NewArray()
	defer arr.Release()
	out, err := kernel(&function.Context{Mem: memory.DefaultAllocator, Zone: time.UTC}, []function.Value{{Array: arr, Const: true}}, 1)
	if err != nil {
		return false
	}
	defer out.Release()
	return true
}

// unitMillis are the units of INTERVAL day to second.
var unitMillis = map[string]int64{"WEEK": 7 * 86_400_000, "DAY": 86_400_000, "HOUR": 3_600_000, "MINUTE": 60_000, "SECOND": 1000}

// interval binds INTERVAL '…' unit.
func interval(e *ast.Interval) (plan.Expr, error) {
	unit := e.From
	if e.To != "" {
		unit += " TO " + e.To
	}
	invalid := ast.Errorf(ast.InvalidLiteral, e.Span(), "Invalid INTERVAL %s value: %s", unit, e.Text)
	text, sign := strings.TrimSpace(e.Text), int64(1)
	if e.Negative {
		sign = -1
	}
	if rest, ok := strings.CutPrefix(text, "-"); ok {
		text, sign = rest, -sign
	}
	var value int64
	var ok bool
	t := types.IntervalDaySecondType
	switch {
	case e.From == "YEAR" || e.From == "MONTH":
		t = types.IntervalYearMonthType
		value, ok = months(text, e.From, e.To)
	case e.To == "":
		value, ok = scaled(text, unitMillis[e.From])
	default:
		value, ok = dayToSecond(text, e.From, e.To)
	}
	if !ok {
		return nil, invalid
	}
	return &plan.Literal{Value: sign * value, Typ: t}, nil
}

func months(text, from, to string) (int64, bool) {
	if from == "YEAR" && to == "MONTH" {
		y, m, ok := strings.Cut(text, "-")
		years, ok1 := unitCount(y)
		rest, ok2 := unitCount(m)
		return years*12 + rest, ok && ok1 && ok2
	}
	n, ok := unitCount(text)
	if from == "YEAR" {
		n *= 12
	}
	return n, ok && n <= 1<<31-1 && to == ""
}

// unitCount reads a number of units; no digits are zero, as in Trino.
func unitCount(text string) (int64, bool) {
	if text == "" {
		return 0, true
	}
	n, err := strconv.ParseUint(text, 10, 31)
	return int64(n), err == nil
}

// scaled reads a count of units; only seconds may have a fraction, of which
// milliseconds are kept.
func scaled(text string, millis int64) (int64, bool) {
	if millis != 1000 {
		n, ok := unitCount(text)
		return n * millis, ok && millis > 0
	}
	whole, frac, _ := strings.Cut(text, ".")
	n, ok := unitCount(whole)
	rest, ok2 := unitCount((frac + "000")[:3])
	return n*1000 + rest, ok && ok2 && strings.Trim(frac, "0123456789") == ""
}

// dayToSecond reads the parts from one unit to a smaller: '2 10:30' DAY TO MINUTE.
func dayToSecond(text, from, to string) (int64, bool) {
	units := []string{"DAY", "HOUR", "MINUTE", "SECOND"}
	first, last := indexOf(units, from), indexOf(units, to)
	if first < 0 || last <= first {
		return 0, false
	}
	parts := strings.Split(text, ":")
	if first == 0 {
		days, clock, ok := strings.Cut(text, " ")
		if !ok {
			return 0, false
		}
		parts = append([]string{days}, strings.Split(clock, ":")...)
	}
	if len(parts) != last-first+1 {
		return 0, false
	}
	var sum int64
	for i, p := range parts {
		n, ok := scaled(p, unitMillis[units[first+i]])
		if !ok {
			return 0, false
		}
		sum += n
	}
	return sum, true
}

func indexOf(list []string, s string) int {
	for i, v := range list {
		if v == s {
			return i
		}
	}
	return -1
}
