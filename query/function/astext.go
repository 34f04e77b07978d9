package function

import (
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// asText are the conversions behind the lake's habit of reading a value as text
// where Trino would refuse its type (see query/bind). No user can call them.
var asText = []entry{
	{sig: "$iso_text(timestamp(p)) varchar", make: pure1(isoText)},
	{sig: "$map_text(map(varchar,varchar)) varchar", make: mapText},
	{sig: "$json_map(varchar) map(varchar,varchar)", make: jsonMap},
	{sig: "$key(map(varchar,varchar), varchar) varchar", make: mapKey},
	{sig: "$event_part(timestamp(p), varchar) varchar", make: f2(eventPart)},
	{sig: "$event_day(timestamp(p), varchar) varchar", make: f2(eventDay)},
	{sig: "$event_date(timestamp(p), varchar) varchar", make: f2(eventDate)},
	{sig: "$as_part(varchar) varchar", make: pure1(partText)},
	{sig: "$as_day(varchar) varchar", make: pure1(dayText)},
}

// isoText is a time as trails write it: 2024-01-01T00:00:00Z, with milliseconds
// only where there are some.
func isoText(t arrow.Timestamp) string {
	at := time.UnixMicro(int64(t)).UTC()
	if at.Nanosecond() == 0 {
		return at.Format("2006-01-02T15:04:05Z")
	}
	return at.Format("2006-01-02T15:04:05.000Z")
}

// mapText makes a JSON object of a free-form map. Values that are JSON other
// than a string stand as they are: a map has lost what "1" and 1 were.
func mapText(c *call) Kernel {
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		m, ok := args[0].Array.(*array.Map)
		if !ok {
			return each(ctx, c, rows, func(int) (string, error) { return "", errNull })
		}
		keys, items := valuesOf[string](m.Keys()), valuesOf[string](m.Items())
		var buf []byte
		return each(ctx, c, rows, func(i int) (string, error) {
			r := args[0].Row(i)
			if m.IsNull(r) {
				return "", errNull
			}
			buf = append(buf[:0], '{')
			start, end := m.ValueOffsets(r)
			for k := int(start); k < int(end); k++ {
				if k > int(start) {
					buf = append(buf, ',')
				}
				buf = append(appendJSONString(buf, keys.Value(k)), ':')
				if items.IsNull(k) {
					buf = append(buf, "null"...)
				} else {
					buf = appendMapValue(buf, items.Value(k))
				}
			}
			return string(append(buf, '}')), nil
		})
	}
}

func appendMapValue(dst []byte, v string) []byte {
	if v != "" && v[0] != '"' && v != "null" {
		if j := (&jsonReader{s: v}); j.skip(0) && j.end() {
			return append(dst, v...)
		}
	}
	return appendJSONString(dst, v)
}

// jsonMap is an object's top level as a free-form map: strings as what they
// hold, other values as their text. Of duplicate keys the last counts.
func jsonMap(c *call) Kernel {
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		text := columnOf[string](args[0])
		b := array.NewBuilder(ctx.Mem, c.result.Arrow()).(*array.MapBuilder)
		defer b.Release()
		keys, items := b.KeyBuilder().(*array.StringBuilder), b.ItemBuilder().(*array.StringBuilder)
		for i := range rows {
			if text.null(i) {
				b.AppendNull()
				continue
			}
			entries, ok := topLevel(text.at(i))
			if !ok {
				b.AppendNull()
				continue
			}
			b.Append(true)
			for _, e := range entries {
				keys.Append(e.key)
				if e.value == "null" {
					items.AppendNull()
				} else {
					items.Append(unquotedJSON(e.value))
				}
			}
		}
		return b.NewArray(), nil
	}
}

type jsonEntry struct{ key, value string }

// topLevel lists an object's keys with the text of their values.
func topLevel(s string) ([]jsonEntry, bool) {
	var out []jsonEntry
	at := map[string]int{}
	j := &jsonReader{s: s}
	if j.peek() != '{' {
		return nil, false
	}
	ok := j.members(func(key string) bool {
		value, ok := j.text()
		if i, twice := at[key]; twice {
			out[i].value = value
		} else {
			at[key] = len(out)
			out = append(out, jsonEntry{key, value})
		}
		return ok
	})
	return out, ok && j.end()
}

// unquotedJSON is what a string holds; other values stay.
func unquotedJSON(value string) string {
	if value[0] != '"' {
		return value
	}
	s, ok := (&jsonReader{s: value}).str()
	if !ok {
		return value
	}
	return s
}

// mapKey reads a key that was written as a name: as it is, or else, as names
// are, in any case, if one key only is meant so.
func mapKey(c *call) Kernel {
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		m, ok := args[0].Array.(*array.Map)
		if !ok {
			return each(ctx, c, rows, func(int) (string, error) { return "", errNull })
		}
		keys, items := valuesOf[string](m.Keys()), valuesOf[string](m.Items())
		want := columnOf[string](args[1])
		return each(ctx, c, rows, func(i int) (string, error) {
			r := args[0].Row(i)
			if m.IsNull(r) || want.null(i) {
				return "", errNull
			}
			name, found, folded := want.at(i), -1, 0
			start, end := m.ValueOffsets(r)
			for k := int(start); k < int(end); k++ {
				key := keys.Value(k)
				if key == name {
					found, folded = k, 1
					break
				}
				if strings.EqualFold(key, name) {
					found, folded = k, folded+1
				}
			}
			if folded != 1 || items.IsNull(found) {
				return "", errNull
			}
			return items.Value(found), nil
		})
	}
}

// eventPart is a part of a time as the partition columns of trail tables
// write it: year 2024, month 01, day 31, hour 23, date 2024/01/31.
func eventPart(t arrow.Timestamp, part string) (string, error) {
	layout, ok := map[string]string{"year": "2006", "month": "01", "day": "02", "hour": "15", "date": "2006/01/02", "calendarday": "20060102"}[part]
	if !ok {
		return "", invalidArgument("'%s' is not a part of a time", part)
	}
	return time.UnixMicro(int64(t)).UTC().Format(layout), nil
}

// eventDay is the day of a time as another text writes days: a date where that
// begins with one, else the day of the month.
func eventDay(t arrow.Timestamp, like string) (string, error) {
	if len(like) >= 10 && strings.IndexByte("-/", like[4]) >= 0 && like[7] == like[4] || isCalendarDay(like) {
		return eventDate(t, like)
	}
	return eventPart(t, "day")
}

// eventDate is the same where the column is a date in most tables: the day of the
// month only beside one or two digits.
func eventDate(t arrow.Timestamp, like string) (string, error) {
	switch {
	case isCalendarDay(like):
		return eventPart(t, "calendarday")
	case len(like) == 1 || len(like) == 2:
		return eventPart(t, "day")
	}
	return eventPart(t, "date")
}

// isCalendarDay reports whether a text is a date of eight digits.
func isCalendarDay(s string) bool {
	return len(s) == 8 && strings.Trim(s, "0123456789") == ""
}

// partText reads 1 as 01, so that it compares with eventPart's months and days.
func partText(s string) string {
	if len(s) == 1 && s[0] >= '0' && s[0] <= '9' {
		return "0" + s
	}
	return s
}

// dayText reads 2024-01-31 as 2024/01/31, so that it compares with eventPart's dates.
func dayText(s string) string {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return s
	}
	if _, err := parseDate(s); err != nil {
		return s
	}
	return s[:4] + "/" + s[5:7] + "/" + s[8:]
}
