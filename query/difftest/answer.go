package difftest

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/traillake/traillake/query/ast"
)

// Answer is what a statement yielded: rows, or an error.
type Answer struct {
	Types []string // as Trino prints them; nil when the peer's are other ones
	Rows  [][]any  // values as Normal makes them
	Err   *Failure
}

// Failure is an error of a statement.
type Failure struct {
	Code    ast.ErrorCode // Trino's name of the kind
	Message string
}

// A normal value is nil, bool, float64 (double and real), string (any other
// scalar, as Trino prints it), []any (array and row), or normalMap.
type normalMap []normalEntry // by text of the key

type normalEntry struct{ key, value any }

// sortKey is the text by which rows are put in an order to be compared; numbers
// that may differ in their last digits are rounded.
func sortKey(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case float64:
		if v == 0 {
			v = 0
		}
		return strconv.FormatFloat(v, 'e', 6, 64)
	case string:
		return strconv.Quote(v)
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = sortKey(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case normalMap:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = sortKey(e.key) + ": " + sortKey(e.value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprintf("?%T", v)
}

// newNormalMap puts entries in order.
func newNormalMap(es []normalEntry) normalMap {
	slices.SortFunc(es, func(a, b normalEntry) int { return strings.Compare(sortKey(a.key), sortKey(b.key)) })
	return es
}

// tolerance is how far sums of doubles may be apart that were added up in
// another order, or functions that are computed another way.
const tolerance = 1e-9

func equalValue(a, b any) bool {
	switch a := a.(type) {
	case float64:
		b, ok := b.(float64)
		return ok && equalFloat(a, b)
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equalValue)
	case normalMap:
		b, ok := b.(normalMap)
		return ok && slices.EqualFunc(a, b, func(x, y normalEntry) bool {
			return equalValue(x.key, y.key) && equalValue(x.value, y.value)
		})
	}
	switch b.(type) {
	case []any, normalMap:
		return false
	}
	return a == b
}

func equalFloat(a, b float64) bool {
	if a == b || a != a && b != b {
		return true
	}
	return math.Abs(a-b) <= tolerance*max(1, math.Abs(a), math.Abs(b))
}

func equalRow(a, b []any) bool { return slices.EqualFunc(a, b, equalValue) }

// equalRows compares rows, in their order or in any.
func equalRows(a, b [][]any, ordered bool) bool {
	if len(a) != len(b) {
		return false
	}
	if ordered {
		return slices.EqualFunc(a, b, equalRow)
	}
	a, b = sorted(a), sorted(b)
	if slices.EqualFunc(a, b, equalRow) {
		return true
	}
	return matchRows(a, b)
}

// matchRows pairs rows that sorting put in different places, as numbers on the
// border of a rounding can: first those that are alike to the last bit, so that
// they do not go to rows that are only near.
func matchRows(a, b [][]any) bool {
	left := slices.Clone(b)
	var rest [][]any
	for _, row := range a {
		exact := fmt.Sprintf("%#v", row)
		at := slices.IndexFunc(left, func(r []any) bool { return fmt.Sprintf("%#v", r) == exact })
		if at < 0 {
			rest = append(rest, row)
			continue
		}
		left = slices.Delete(left, at, at+1)
	}
	for _, row := range rest {
		at := slices.IndexFunc(left, func(r []any) bool { return equalRow(row, r) })
		if at < 0 {
			return false
		}
		left = slices.Delete(left, at, at+1)
	}
	return true
}

func sorted(rows [][]any) [][]any {
	type keyed struct {
		key string
		row []any
	}
	ks := make([]keyed, len(rows))
	for i, r := range rows {
		ks[i] = keyed{sortKey(r), r}
	}
	slices.SortFunc(ks, func(x, y keyed) int { return strings.Compare(x.key, y.key) })
	out := make([][]any, len(rows))
	for i, k := range ks {
		out[i] = k.row
	}
	return out
}

// reportRows is how many rows a report shows.
const reportRows = 6

// Text is the answer for a report.
func (a Answer) Text() string {
	if a.Err != nil {
		return fmt.Sprintf("%s: %s", a.Err.Code, a.Err.Message)
	}
	lines := []string{fmt.Sprintf("%d rows (%s)", len(a.Rows), strings.Join(a.Types, ", "))}
	for i, r := range a.Rows {
		if i == reportRows {
			lines = append(lines, "…")
			break
		}
		lines = append(lines, sortKey(r))
	}
	return strings.Join(lines, "\n")
}
