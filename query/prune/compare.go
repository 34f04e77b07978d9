package prune

import (
	"strings"
	"unicode/utf8"

	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// opposite is the comparison that holds where another one is false.
var opposite = map[string]string{"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}

// compare finds the possible outcomes of a comparison.
func (p *pruner) compare(op string, left, right plan.Expr) outcome {
	l, r := p.operand(left), p.operand(right)
	if (l.known && l.empty) || (r.known && r.empty) {
		return never
	}
	out := outcome{canBeTrue: p.possible(op, l, r), canBeFalse: p.possible(opposite[op], l, r)}
	if isFloat(left.Type()) {
		// NaN is outside of all bounds: it makes = and the orders false and <> true.
		if op == "<>" {
			out.canBeTrue = true
		} else {
			out.canBeFalse = true
		}
	}
	return out
}

func isFloat(t types.Type) bool { return t.Kind == types.Double || t.Kind == types.Real }

// possible reports whether a comparison can hold between some value of l and
// some value of r.
func (p *pruner) possible(op string, l, r interval) bool {
	if op == "=" && (!p.mayContain(l, r) || !p.mayContain(r, l)) {
		return false
	}
	if !l.known || !r.known {
		return true
	}
	low, ok1 := Compare(l.min, r.max)
	high, ok2 := Compare(l.max, r.min)
	if !ok1 || !ok2 {
		return true
	}
	switch op {
	case "=":
		return low <= 0 && high >= 0
	case "<>":
		return !(isPoint(l) && isPoint(r) && low == 0)
	case "<":
		return low < 0
	case "<=":
		return low <= 0
	case ">":
		return high > 0
	case ">=":
		return high >= 0
	}
	return true
}

func isPoint(iv interval) bool {
	order, ok := Compare(iv.min, iv.max)
	return ok && order == 0
}

// mayContain asks the finer statistics of a column for a single value.
func (p *pruner) mayContain(column, value interval) bool {
	if column.path == nil || value.path != nil || !value.known || !isPoint(value) {
		return true
	}
	switch t := column.path.Type; {
	case t.Kind == types.Timestamp && t.Precision < 6, isFloat(t), t.Kind == types.Char:
		// The table may keep digits, zeros or padding that equality does not see.
		return true
	}
	return p.stats.MayContain(*column.path, value.min)
}

// like understands patterns that begin with plain text.
func (p *pruner) like(e *plan.Call) outcome {
	pattern, ok := text(e.Args[1])
	if !ok {
		return anything
	}
	escape := ""
	if len(e.Args) > 2 {
		if escape, ok = text(e.Args[2]); !ok || utf8.RuneCountInString(escape) != 1 {
			return anything
		}
	}
	prefix, rest, ok := plainPrefix(pattern, escape)
	if !ok {
		return anything
	}
	if rest == "" {
		return p.compare("=", e.Args[0], &plan.Literal{Value: prefix, Typ: types.VarcharType})
	}
	return p.prefix(e.Args[0], prefix, rest == "%")
}

// plainPrefix cuts a pattern before its first wildcard; ok is false for a
// pattern that is not valid.
func plainPrefix(pattern, escape string) (prefix, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(pattern); {
		if escape != "" && strings.HasPrefix(pattern[i:], escape) {
			i += len(escape)
			next := pattern[i:]
			if !strings.HasPrefix(next, "%") && !strings.HasPrefix(next, "_") && !strings.HasPrefix(next, escape) {
				return "", "", false
			}
			_, size := utf8.DecodeRuneInString(next)
			b.WriteString(next[:size])
			i += size
			continue
		}
		if pattern[i] == '%' || pattern[i] == '_' {
			return b.String(), pattern[i:], true
		}
		b.WriteByte(pattern[i])
		i++
	}
	return b.String(), "", true
}

// prefix finds the outcomes of "value begins with prefix". whole tells that
// nothing more is asked of the value.
func (p *pruner) prefix(value plan.Expr, prefix string, whole bool) outcome {
	iv := p.operand(value)
	if iv.known && iv.empty {
		return never
	}
	lo, ok1 := iv.min.(string)
	hi, ok2 := iv.max.(string)
	if !iv.known || !ok1 || !ok2 {
		return anything
	}
	return outcome{
		canBeTrue:  hi >= prefix && (lo <= prefix || strings.HasPrefix(lo, prefix)),
		canBeFalse: !whole || !strings.HasPrefix(lo, prefix) || !strings.HasPrefix(hi, prefix),
	}
}
