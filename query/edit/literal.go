package edit

import (
	"strconv"
	"strings"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/types"
)

// condition is the SQL that is true for the rows to keep: expr has the value, or,
// out, has not. Rows with NULL are kept when a value is dropped.
func condition(expr string, t types.Type, value *string, out bool) (string, error) {
	switch {
	case value == nil && out:
		return expr + " IS NOT NULL", nil
	case value == nil:
		return expr + " IS NULL", nil
	case *value == "NaN" && (t.Kind == types.Double || t.Kind == types.Real):
		if out {
			return "is_nan(" + expr + ") IS NOT TRUE", nil
		}
		return "is_nan(" + expr + ")", nil
	}
	v, err := literal(t, *value)
	if err != nil {
		return "", err
	}
	if out {
		return expr + " IS DISTINCT FROM " + v, nil
	}
	return expr + " = " + v, nil
}

// typedWords are the types whose literals are a word and the text of the value.
var typedWords = map[types.Kind]string{
	types.Real: "REAL", types.Double: "DOUBLE", types.Decimal: "DECIMAL", types.Date: "DATE", types.Time: "TIME",
	types.Timestamp: "TIMESTAMP", types.TimestampTZ: "TIMESTAMP", types.JSON: "JSON", types.UUID: "UUID", types.IPAddress: "IPADDRESS",
}

// literal writes a value, given as results show it, as SQL.
func literal(t types.Type, v string) (string, error) {
	if word := typedWords[t.Kind]; word != "" {
		return word + " " + ast.QuoteText(v), nil
	}
	switch t.Kind {
	case types.Boolean:
		if v == "true" || v == "false" {
			return strings.ToUpper(v), nil
		}
	case types.TinyInt, types.SmallInt, types.Integer, types.BigInt:
		if n, err := strconv.ParseInt(v, 10, 64); err == nil {
			return strconv.FormatInt(n, 10), nil
		}
	case types.Varchar:
		return ast.QuoteText(v), nil
	case types.Char:
		return "CAST(" + ast.QuoteText(v) + " AS " + t.String() + ")", nil
	case types.Varbinary:
		return "X" + ast.QuoteText(strings.ReplaceAll(v, " ", "")), nil
	case types.IntervalDaySecond:
		return "INTERVAL " + ast.QuoteText(v) + " DAY TO SECOND", nil
	case types.IntervalYearMonth:
		return "INTERVAL " + ast.QuoteText(v) + " YEAR TO MONTH", nil
	default:
		return "", refusef("a value of type %s cannot be written in SQL; filter by a part of it", t)
	}
	return "", refusef("%q is no value of type %s", v, t)
}
