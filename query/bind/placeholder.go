package bind

import (
	"strings"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// placeholder stands for what a value with a ? in it will be: a NULL, which fits
// every type that a ? may get. Parameters are put in as text, inside quotes too,
// so a literal with a ? keeps its type only. ok is false for other expressions,
// and for all of them when parameters are not left open.
func (b *binder) placeholder(e ast.Expr) (value plan.Expr, ok bool) {
	if !b.open {
		return nil, false
	}
	t := types.UnknownType
	switch e := e.(type) {
	case *ast.Parameter:
	case *ast.Literal:
		if e.Kind != ast.StringLiteral && e.Kind != ast.TypedLiteral || !strings.Contains(e.Text, "?") {
			return nil, false
		}
		if t = types.VarcharType; e.Kind == ast.TypedLiteral {
			var err error
			if t, err = types.Parse(strings.ToLower(e.TypeName)); err != nil {
				return nil, false // the literal's own error says so
			}
		}
	case *ast.Interval:
		if !strings.Contains(e.Text, "?") {
			return nil, false
		}
		if t = types.IntervalDaySecondType; e.From == "YEAR" || e.From == "MONTH" {
			t = types.IntervalYearMonthType
		}
	case *ast.Unary:
		// A sign before what may be a number; the types of others are known.
		if value, ok := b.placeholder(e.Expr); !ok || e.Op == "NOT" || value.Type().Kind != types.Unknown {
			return nil, false
		}
	default:
		return nil, false
	}
	return &plan.Literal{Typ: t}, true
}

// isPlaceholder reports whether placeholder knows an expression.
func (b *binder) isPlaceholder(e ast.Expr) bool {
	_, ok := b.placeholder(e)
	return ok
}

// openVersion reports whether it is not known yet which version of a table is
// wanted.
func (b *binder) openVersion(t *ast.Table) bool {
	found := false
	ast.Walk(t, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && !found {
			_, found = b.placeholder(e)
		}
		return !found
	})
	return found
}
