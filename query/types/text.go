package types

import (
	"encoding/hex"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// AppendText appends the display text of the non-NULL value arr[row], in the
// Java style that Trino's clients and CloudTrail Lake show: "{a=1, b=null}" for
// rows and maps, "[x, y]" for arrays, "1.0E10" for doubles.
func AppendText(dst []byte, t Type, arr arrow.Array, row int) []byte {
	switch t.Kind {
	case Unknown:
		return append(dst, "null"...)
	case Boolean:
		return strconv.AppendBool(dst, arr.(*array.Boolean).Value(row))
	case TinyInt:
		return strconv.AppendInt(dst, int64(arr.(*array.Int8).Value(row)), 10)
	case SmallInt:
		return strconv.AppendInt(dst, int64(arr.(*array.Int16).Value(row)), 10)
	case Integer:
		return strconv.AppendInt(dst, int64(arr.(*array.Int32).Value(row)), 10)
	case BigInt:
		return strconv.AppendInt(dst, arr.(*array.Int64).Value(row), 10)
	case Real:
		return AppendFloat(dst, float64(arr.(*array.Float32).Value(row)), 32)
	case Double:
		return AppendFloat(dst, arr.(*array.Float64).Value(row), 64)
	case Decimal:
		return append(dst, arr.(*array.Decimal128).Value(row).ToString(int32(t.Scale))...)
	case Varchar, JSON:
		return append(dst, stringAt(arr, row)...)
	case Char:
		s := stringAt(arr, row)
		dst = append(dst, s...)
		for n := utf8.RuneCountInString(s); n < t.Length; n++ {
			dst = append(dst, ' ')
		}
		return dst
	case Varbinary:
		return appendHexPairs(dst, arr.(*array.Binary).Value(row))
	case Date, Time, Timestamp, TimestampTZ, IntervalDaySecond, IntervalYearMonth:
		return appendTemporal(dst, t, arr, row)
	case UUID:
		return AppendUUID(dst, arr.(*array.FixedSizeBinary).Value(row))
	case IPAddress:
		return append(dst, IPText(arr.(*array.FixedSizeBinary).Value(row))...)
	}
	return appendNested(dst, t, arr, row)
}

func appendNested(dst []byte, t Type, arr arrow.Array, row int) []byte {
	switch t.Kind {
	case Array:
		list := arr.(*array.List)
		start, end := list.ValueOffsets(row)
		dst = append(dst, '[')
		for i := start; i < end; i++ {
			if i > start {
				dst = append(dst, ", "...)
			}
			dst = appendOrNull(dst, *t.Elem, list.ListValues(), int(i))
		}
		return append(dst, ']')
	case Map:
		m := arr.(*array.Map)
		start, end := m.ValueOffsets(row)
		dst = append(dst, '{')
		for i := start; i < end; i++ {
			if i > start {
				dst = append(dst, ", "...)
			}
			dst = appendOrNull(dst, *t.Key, m.Keys(), int(i))
			dst = append(dst, '=')
			dst = appendOrNull(dst, *t.Elem, m.Items(), int(i))
		}
		return append(dst, '}')
	case Row:
		s := arr.(*array.Struct)
		dst = append(dst, '{')
		for i, f := range t.Fields {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			name := f.Name
			if name == "" {
				name = "field" + strconv.Itoa(i)
			}
			dst = append(append(dst, name...), '=')
			dst = appendOrNull(dst, f.Type, s.Field(i), row)
		}
		return append(dst, '}')
	}
	return append(dst, arr.ValueStr(row)...)
}

func appendOrNull(dst []byte, t Type, arr arrow.Array, row int) []byte {
	if IsNull(arr, row) {
		return append(dst, "null"...)
	}
	return AppendText(dst, t, arr, row)
}

// stringAt reads a varchar array in either of its layouts.
func stringAt(arr arrow.Array, row int) string {
	if d, ok := arr.(*array.Dictionary); ok {
		return d.Dictionary().(*array.String).Value(d.GetValueIndex(row))
	}
	return arr.(*array.String).Value(row)
}

func appendTemporal(dst []byte, t Type, arr arrow.Array, row int) []byte {
	switch t.Kind {
	case Date:
		return AppendDate(dst, int64(arr.(*array.Date32).Value(row)))
	case Time:
		return AppendTime(dst, int64(arr.(*array.Time64).Value(row)), t.Precision)
	case Timestamp:
		return AppendTimestamp(dst, int64(arr.(*array.Timestamp).Value(row)), t.Precision)
	case TimestampTZ:
		s := arr.(*array.Struct)
		return AppendTimestampTZ(dst, int64(s.Field(0).(*array.Timestamp).Value(row)), stringAt(s.Field(1), row), t.Precision)
	case IntervalDaySecond:
		return AppendDaySecond(dst, int64(arr.(*array.Duration).Value(row)))
	default:
		return AppendYearMonth(dst, int64(arr.(*array.MonthInterval).Value(row)))
	}
}

// AppendFloat appends a real (bits 32) or double (bits 64) as Java's toString
// prints it: plain from 1E-3 to below 1E7, else with an exponent.
func AppendFloat(dst []byte, v float64, bits int) []byte {
	switch {
	case math.IsNaN(v):
		return append(dst, "NaN"...)
	case math.IsInf(v, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(v, -1):
		return append(dst, "-Infinity"...)
	case v == 0:
		if math.Signbit(v) {
			return append(dst, "-0.0"...)
		}
		return append(dst, "0.0"...)
	}
	if a := math.Abs(v); a >= 1e-3 && a < 1e7 {
		start := len(dst)
		dst = strconv.AppendFloat(dst, v, 'f', -1, bits)
		if !strings.Contains(string(dst[start:]), ".") {
			dst = append(dst, ".0"...)
		}
		return dst
	}
	return AppendScientific(dst, v, bits)
}

// AppendScientific appends a finite number as d.dE±x, the form in which Trino
// casts doubles to varchar.
func AppendScientific(dst []byte, v float64, bits int) []byte {
	text := strconv.FormatFloat(v, 'e', -1, bits)
	mantissa, exponent, _ := strings.Cut(text, "e")
	if len(strings.TrimPrefix(mantissa, "-")) == 1 {
		// One digit is enough only if no second one comes nearer: the smallest
		// double is 4.9E-324, not 5.0E-324.
		if two := strconv.FormatFloat(v, 'e', 1, bits); sameText(two, v, bits) {
			mantissa, exponent, _ = strings.Cut(two, "e")
		}
	}
	dst = append(dst, mantissa...)
	if !strings.Contains(mantissa, ".") {
		dst = append(dst, ".0"...)
	}
	exp, _ := strconv.Atoi(exponent)
	return strconv.AppendInt(append(dst, 'E'), int64(exp), 10)
}

// sameText reports whether text reads back as v.
func sameText(text string, v float64, bits int) bool {
	back, err := strconv.ParseFloat(text, bits)
	return err == nil && back == v
}

func appendHexPairs(dst, b []byte) []byte {
	for i, c := range b {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = hex.AppendEncode(dst, []byte{c})
	}
	return dst
}

// AppendUUID appends 16 bytes in the 8-4-4-4-12 form.
func AppendUUID(dst, b []byte) []byte {
	for i, end := range []int{4, 6, 8, 10, 16} {
		start := []int{0, 4, 6, 8, 10}[i]
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, b[start:end])
	}
	return dst
}

// IPText is the text of a 16-byte address; IPv4-mapped ones show as IPv4.
func IPText(b []byte) string {
	return netip.AddrFrom16([16]byte(b)).Unmap().String()
}

// AppendDate appends a date given in days since 1970-01-01.
func AppendDate(dst []byte, days int64) []byte {
	return appendYMD(dst, time.Unix(days*86400, 0).UTC())
}

func appendYMD(dst []byte, t time.Time) []byte {
	year, month, day := t.Date()
	if year < 0 || year > 9999 {
		sign := byte('+')
		if year < 0 {
			sign, year = '-', -year
		}
		dst = append(dst, sign)
	}
	dst = appendPadded(dst, int64(year), 4)
	dst = appendPadded(append(dst, '-'), int64(month), 2)
	return appendPadded(append(dst, '-'), int64(day), 2)
}

func appendPadded(dst []byte, n int64, width int) []byte {
	var buf [20]byte
	digits := strconv.AppendInt(buf[:0], n, 10)
	for i := len(digits); i < width; i++ {
		dst = append(dst, '0')
	}
	return append(dst, digits...)
}

// AppendTime appends a time of day given in nanoseconds.
func AppendTime(dst []byte, nanos int64, precision int) []byte {
	seconds := nanos / 1e9
	dst = appendPadded(dst, seconds/3600, 2)
	dst = appendPadded(append(dst, ':'), seconds/60%60, 2)
	dst = appendPadded(append(dst, ':'), seconds%60, 2)
	if precision > 0 {
		var buf [9]byte
		fraction := appendPadded(buf[:0], nanos%1e9, 9)
		dst = append(append(dst, '.'), fraction[:precision]...)
	}
	return dst
}

// AppendTimestamp appends microseconds since 1970-01-01 as "2020-01-02 03:04:05.678".
func AppendTimestamp(dst []byte, micros int64, precision int) []byte {
	t := time.UnixMicro(micros).UTC()
	dst = append(appendYMD(dst, t), ' ')
	hour, minute, second := t.Clock()
	ofDay := int64(hour*3600+minute*60+second)*1e9 + int64(t.Nanosecond())
	return AppendTime(dst, ofDay, precision)
}

// AppendTimestampTZ appends an instant as its zone's wall clock and the zone's name.
func AppendTimestampTZ(dst []byte, micros int64, zone string, precision int) []byte {
	if loc, err := LoadZone(zone); err == nil {
		_, offset := time.UnixMicro(micros).In(loc).Zone()
		micros += int64(offset) * 1e6
	}
	dst = AppendTimestamp(dst, micros, precision)
	return append(append(dst, ' '), zone...)
}

// AppendDaySecond appends an interval given in milliseconds as "2 03:04:05.678".
func AppendDaySecond(dst []byte, millis int64) []byte {
	rest := uint64(millis)
	if millis < 0 {
		dst = append(dst, '-')
		rest = -rest
	}
	dst = strconv.AppendUint(dst, rest/86400000, 10)
	return AppendTime(append(dst, ' '), int64(rest%86400000)*1e6, 3)
}

// AppendYearMonth appends an interval given in months as "1-2".
func AppendYearMonth(dst []byte, months int64) []byte {
	if months < 0 {
		dst = append(dst, '-')
		months = -months
	}
	dst = strconv.AppendInt(dst, months/12, 10)
	return strconv.AppendInt(append(dst, '-'), months%12, 10)
}
