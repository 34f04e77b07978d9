package difftest

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A value is nil, bool, int64, float64, string (varchar; the text of a decimal,
// date or timestamp), []any (an array, or the fields of a row), or entries.

// entries are the keys and values of a map.
type entries [][2]any

// The values that random data and literals draw from. They are few, so that
// rows of different tables meet, and odd, so that edges are met.
var (
	texts = []string{
		"a", "b", "abc", "ab", "", "A", "äb", "日本", "a,b", " x ", "10", "-3", "true", "2024-02-29",
		"x=y", "😀a", "é", "a%b_c", "3.5", `{"a":1,"b":["x"]}`, "aXbXc", "2021-12-31 23:59:59",
	}
	keys     = []string{"a", "b", "abc", "x", "ä"}
	integers = []int64{0, 1, -1, 7, 100, 2147483647, -2147483648, 65536}
	bigints  = []int64{0, 1, -1, 42, 9223372036854775807, -9223372036854775807, 4294967296, 1000000007}
	doubles  = []float64{0, 1, -1, 0.5, -2.25, 1024.75, 3, 1e10, 0.125, math.NaN(), math.Inf(1), math.Inf(-1)}
	decimals = []string{"0.00", "1.00", "-1.50", "12.34", "99999.99", "-0.01", "5.50"}
	dates    = []string{"2024-02-29", "1970-01-01", "1969-12-31", "2023-12-31", "2024-01-01", "2000-06-15", "1900-03-01", "2024-03-31"}
	times    = []string{
		"2024-02-29 12:34:56.789", "1970-01-01 00:00:00.000", "1969-12-31 23:59:59.999", "2024-01-01 00:00:00.000",
		"2023-12-31 23:30:00.500", "2024-03-31 02:30:00.000", "2000-06-15 06:07:08.009",
	}
)

// finite is how many of doubles are finite.
const finite = 9

// randomValue draws a value; the portable ones are those that DuckDB treats alike.
func randomValue(t *tape, want typ, portable bool) any {
	switch want.name {
	case "boolean":
		return t.chance(50)
	case "small", "small+":
		if t.chance(20) {
			return int64(t.between(-1000, 1000))
		}
		return int64(t.between(0, 9))
	case "smallint", "tinyint":
		return int64(t.between(-100, 100))
	case "integer":
		return one(t, integers...)
	case "bigint":
		return one(t, bigints...)
	case "double", "real":
		if portable {
			// NaN is equal to itself in DuckDB, and overflow an error.
			return one(t, doubles[:finite]...)
		}
		return one(t, doubles...)
	case "double+":
		return one(t, 0, 0.5, -1, 0.125)
	case "decimal":
		return one(t, decimals...)
	case "varchar":
		return one(t, texts...)
	case "date":
		return one(t, dates...)
	case "timestamp":
		return one(t, times...)
	case "row":
		return []any{inside(t, mustType("bigint"), 10, portable), inside(t, mustType("varchar"), 10, portable)}
	case "array":
		out := make([]any, t.pick(5))
		for i := range out {
			out[i] = inside(t, want.args[0], 15, portable)
		}
		return out
	case "map":
		return randomEntries(t, want, portable)
	}
	panic("no values of " + want.String())
}

func randomEntries(t *tape, want typ, portable bool) entries {
	out := entries{}
	seen := map[string]bool{}
	for range t.pick(4) {
		var key any
		if want.args[0].name == "varchar" {
			key = one(t, keys...)
		} else {
			key = randomValue(t, want.args[0], portable)
		}
		if value := orNull(t, want.args[1], 15, portable); !seen[fmt.Sprint(key)] {
			seen[fmt.Sprint(key)] = true
			out = append(out, [2]any{key, value})
		}
	}
	return out
}

// inside is a value of an array or a row. Portable ones are not NULL: DuckDB puts
// a NULL inside a value elsewhere in an order than Trino.
func inside(t *tape, want typ, percent int, portable bool) any {
	if portable {
		percent = 0
	}
	return orNull(t, want, percent, portable)
}

func orNull(t *tape, want typ, percent int, portable bool) any {
	if t.chance(percent) {
		return nil
	}
	return randomValue(t, want, portable)
}

// literal makes a constant of a type.
func (g *generator) literal(want typ) string {
	if want.stored() && g.tape.chance(6) {
		if bare := !g.portable && g.tape.chance(30); bare {
			return "NULL"
		}
		return render(g.dialect, want, nil)
	}
	return g.someLiteral(want)
}

// someLiteral is a constant that is not NULL.
func (g *generator) someLiteral(want typ) string {
	if texts := literalTexts[want.name]; texts != nil {
		return one(g.tape, texts...)
	}
	switch {
	case want.name == "array" && !want.stored():
		return "ARRAY[" + g.literal(want.args[0]) + "]"
	case want.name == "map" && !want.stored():
		return "MAP(ARRAY[" + g.someLiteral(want.args[0]) + "], ARRAY[" + g.literal(want.args[1]) + "])"
	}
	return render(g.dialect, want, randomValue(g.tape, want, g.portable))
}

// literalTexts are constants of the types that tables do not have.
var literalTexts = map[string][]string{
	"json":      {"JSON '{\"a\":1,\"b\":[1,\"x\",null],\"c\":{\"d\":\"e\"}}'", "JSON '[1,2.5,\"a\"]'", "JSON 'null'", "JSON '\"s\"'", "JSON '12'"},
	"varbinary": {"X'00FF'", "X''", "X'616263'", "to_utf8('日本')"},
	"tstz": {"TIMESTAMP '2024-03-31 00:30:00.000 UTC'", "TIMESTAMP '2024-10-27 02:30:00.000 Europe/Berlin'",
		"TIMESTAMP '1969-12-31 23:59:59.999 America/New_York'", "TIMESTAMP '2024-02-29 12:00:00.000 +05:30'"},
	"time":     {"TIME '00:00:00.000'", "TIME '12:34:56.789'", "TIME '23:59:59.999'"},
	"interval": {"INTERVAL '1' DAY", "INTERVAL '36' HOUR", "INTERVAL '90' SECOND", "INTERVAL '0' SECOND", "-INTERVAL '5' MINUTE"},
	"uuid":     {"UUID '12151fd2-7586-11e9-8f9e-2a86e4085a59'", "UUID '00000000-0000-0000-0000-000000000001'"},
	"ip":       {"IPADDRESS '10.0.0.1'", "IPADDRESS '::1'", "IPADDRESS '192.168.1.7'"},
}

// render writes a value as a constant expression of its type.
func render(d Dialect, t typ, v any) string {
	switch v := v.(type) {
	case nil:
		if d == DuckSQL {
			return "CAST(NULL AS " + t.duck() + ")"
		}
		return "CAST(NULL AS " + t.sql() + ")"
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return renderInteger(t, v)
	case float64:
		return renderFloat(d, t, v)
	case string:
		return renderText(d, t, v)
	case entries:
		return renderMap(d, t, v)
	case []any:
		return renderList(d, t, v)
	}
	panic(fmt.Sprintf("%T is no value", v))
}

func renderInteger(t typ, v int64) string {
	text := strconv.FormatInt(v, 10)
	switch {
	case t.name == "bigint" && v >= math.MinInt32 && v <= math.MaxInt32, t.name == "smallint", t.name == "tinyint":
		return "CAST(" + text + " AS " + t.name + ")"
	case v < 0:
		return "(" + text + ")"
	}
	return text
}

func renderFloat(d Dialect, t typ, v float64) string {
	switch {
	case v != v:
		return floatCast(d, t, "NaN")
	case math.IsInf(v, 0):
		if v < 0 {
			return floatCast(d, t, "-Infinity")
		}
		return floatCast(d, t, "Infinity")
	case t.name == "real":
		return "REAL '" + strconv.FormatFloat(v, 'g', -1, 32) + "'"
	}
	return "(" + strconv.FormatFloat(v, 'E', -1, 64) + ")"
}

func floatCast(d Dialect, t typ, text string) string {
	if d == DuckSQL || t.name == "real" {
		return "CAST('" + text + "' AS " + t.name + ")"
	}
	return "DOUBLE '" + text + "'"
}

func renderText(d Dialect, t typ, v string) string {
	quoted := "'" + strings.ReplaceAll(v, "'", "''") + "'"
	switch t.name {
	case "decimal":
		if v[0] == '-' {
			return "(" + v + ")"
		}
		return v
	case "date":
		return "DATE " + quoted
	case "timestamp":
		return "TIMESTAMP " + quoted
	}
	return quoted
}

func renderMap(d Dialect, t typ, v entries) string {
	var ks, vs []string
	for _, e := range v {
		ks = append(ks, render(d, t.args[0], e[0]))
		vs = append(vs, render(d, t.args[1], e[1]))
	}
	text := "MAP(ARRAY[" + strings.Join(ks, ", ") + "], ARRAY[" + strings.Join(vs, ", ") + "])"
	if d == DuckSQL {
		return "CAST(" + text + " AS " + t.duck() + ")"
	}
	return "CAST(" + text + " AS " + t.sql() + ")"
}

func renderList(d Dialect, t typ, v []any) string {
	if t.name == "row" {
		x, y := render(d, mustType("bigint"), v[0]), render(d, mustType("varchar"), v[1])
		if d == DuckSQL {
			return "{'x': " + x + ", 'y': " + y + "}"
		}
		return "CAST(ROW(" + x + ", " + y + ") AS row(x bigint, y varchar))"
	}
	parts := make([]string, len(v))
	for i, e := range v {
		parts[i] = render(d, t.args[0], e)
	}
	text := "ARRAY[" + strings.Join(parts, ", ") + "]"
	if d == DuckSQL {
		return "CAST([" + strings.Join(parts, ", ") + "] AS " + t.duck() + ")"
	}
	return "CAST(" + text + " AS " + t.sql() + ")"
}
