package prune

import (
	"bytes"
	"cmp"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow/decimal128"

	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// interval holds the possible values of an operand. The zero interval is not
// known at all.
type interval struct {
	known    bool
	empty    bool // NULL on every row
	min, max any
	// path is set when the values are those of a column as they are.
	path *plan.ColumnPath
}

// operand finds the possible values of an expression.
func (p *pruner) operand(e plan.Expr) interval {
	switch e := e.(type) {
	case *plan.Literal:
		if e.Value == nil {
			return interval{known: true, empty: true}
		}
		return interval{known: true, min: e.Value, max: e.Value}
	case *plan.Cast:
		return p.converted(e)
	case *plan.Call:
		if iv, ok := p.rounded(e); ok {
			return iv
		}
	}
	path, ok := p.path(e)
	if !ok {
		return interval{}
	}
	return p.column(path)
}

func (p *pruner) column(path plan.ColumnPath) interval {
	if nulls, rows, ok := p.stats.Nulls(path); ok && nulls == rows {
		return interval{known: true, empty: true}
	}
	lo, hi, ok := p.stats.Range(path)
	if !ok || path.Type.Kind == types.Char {
		// Char compares with padding, which bounds of the text do not order.
		return interval{path: &path}
	}
	if path.Type.Kind == types.Timestamp {
		lo, hi = cut(lo, path.Type.Precision), cut(hi, path.Type.Precision)
	}
	return interval{known: lo != nil && hi != nil, min: lo, max: hi, path: &path}
}

// cut rounds a timestamp down to the precision in which SQL shows it; the
// table may keep more digits.
func cut(v any, precision int) any {
	micros, ok := v.(int64)
	if !ok || precision >= 6 {
		return v
	}
	unit := int64(1)
	for range 6 - precision {
		unit *= 10
	}
	return floor(micros, unit)
}

func floor(v, unit int64) int64 {
	r := v % unit
	if r < 0 {
		r += unit
	}
	return v - r
}

// path finds the part of the table an expression reads, if it does nothing else.
func (p *pruner) path(e plan.Expr) (plan.ColumnPath, bool) {
	switch e := e.(type) {
	case *plan.Column:
		if e.Index < 0 || e.Index >= len(p.cols) || p.cols[e.Index].Test != nil {
			return plan.ColumnPath{}, false
		}
		return p.cols[e.Index], true
	case *plan.Field:
		base, ok := p.path(e.Expr)
		if !ok || base.Key != nil {
			return plan.ColumnPath{}, false
		}
		f := e.Expr.Type().Fields[e.Index]
		base.Fields = append(append([]int(nil), base.Fields...), e.Index)
		base.Name, base.Type = base.Name+"."+f.Name, f.Type
		return base, true
	case *plan.Call:
		if e.Function.Name != "element_at" || len(e.Args) != 2 || e.Args[0].Type().Kind != types.Map {
			return plan.ColumnPath{}, false
		}
		base, ok := p.path(e.Args[0])
		key, isText := text(e.Args[1])
		if !ok || !isText || base.Key != nil {
			return plan.ColumnPath{}, false
		}
		base.Key, base.Type = &key, e.Type()
		base.Name += "[" + plan.String(e.Args[1]) + "]"
		return base, true
	case *plan.Cast:
		// Conversions that change no value.
		if !sameValues(e.Expr.Type(), e.Typ) {
			return plan.ColumnPath{}, false
		}
		return p.path(e.Expr)
	}
	return plan.ColumnPath{}, false
}

// sameValues reports whether a conversion leaves every value as it is.
func sameValues(from, to types.Type) bool {
	switch {
	case from.Kind == types.Timestamp && to.Kind == types.Timestamp:
		return to.Precision >= from.Precision
	case from.Kind == types.Varchar && to.Kind == types.Varchar:
		return to.Length == types.Unbounded || (from.Length != types.Unbounded && to.Length >= from.Length)
	case from.IsInteger() && to.IsInteger():
		return to.Kind >= from.Kind
	}
	return false
}

// converted maps bounds through a conversion that keeps the order.
func (p *pruner) converted(e *plan.Cast) interval {
	from := e.Expr.Type()
	if sameValues(from, e.Typ) {
		return p.operand(e.Expr)
	}
	switch {
	case from.Kind == types.Timestamp && e.Typ.Kind == types.Date:
		return through(p.operand(e.Expr), day)
	case from.Kind == types.Date && e.Typ.Kind == types.Timestamp:
		return through(p.operand(e.Expr), func(v int64) any { return v * microsPerDay })
	case from.IsInteger() && e.Typ.Kind == types.Double:
		return through(p.operand(e.Expr), func(v int64) any { return float64(v) })
	}
	return interval{}
}

const microsPerDay = 86_400_000_000

func day(micros int64) any { return floor(micros, microsPerDay) / microsPerDay }

// rounded maps bounds through date(…) and date_trunc(unit, …).
func (p *pruner) rounded(e *plan.Call) (interval, bool) {
	switch {
	case e.Function.Name == "date" && len(e.Args) == 1 && e.Args[0].Type().Kind == types.Timestamp:
		return through(p.operand(e.Args[0]), day), true
	case e.Function.Name == "date_trunc" && len(e.Args) == 2 && e.Args[1].Type().Kind == types.Timestamp:
		unit, ok := text(e.Args[0])
		if !ok {
			return interval{}, true
		}
		return through(p.operand(e.Args[1]), func(v int64) any { return truncated(strings.ToLower(unit), v) }), true
	}
	return interval{}, false
}

// truncated is the start of the unit a moment is in; nil for a unit that is
// not known here.
func truncated(unit string, micros int64) any {
	switch unit {
	case "millisecond":
		return floor(micros, 1000)
	case "second":
		return floor(micros, 1_000_000)
	case "minute":
		return floor(micros, 60_000_000)
	case "hour":
		return floor(micros, 3_600_000_000)
	case "day":
		return floor(micros, microsPerDay)
	}
	t := time.UnixMicro(micros).UTC()
	switch unit {
	case "month":
		return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	case "year":
		return time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	}
	return nil
}

// through maps the bounds of integers by a function that keeps their order.
func through(iv interval, f func(int64) any) interval {
	lo, ok1 := iv.min.(int64)
	hi, ok2 := iv.max.(int64)
	if !iv.known || iv.empty {
		return interval{known: iv.empty, empty: iv.empty}
	}
	if !ok1 || !ok2 {
		return interval{}
	}
	out := interval{known: true, min: f(lo), max: f(hi)}
	out.known = out.min != nil && out.max != nil
	return out
}

// Compare orders two values of plan.Literal of one type; ok is false when they
// cannot be ordered.
func Compare(a, b any) (order int, ok bool) {
	switch x := a.(type) {
	case bool:
		y, ok := b.(bool)
		return cmp.Compare(bit(x), bit(y)), ok
	case int64:
		y, ok := b.(int64)
		return cmp.Compare(x, y), ok
	case float64:
		y, ok := b.(float64)
		return cmp.Compare(x, y), ok && x == x && y == y
	case string:
		y, ok := b.(string)
		return cmp.Compare(x, y), ok
	case []byte:
		y, ok := b.([]byte)
		return bytes.Compare(x, y), ok
	case decimal128.Num:
		y, ok := b.(decimal128.Num)
		return x.Cmp(y), ok
	}
	return 0, false
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
