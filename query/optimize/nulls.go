package optimize

import "github.com/traillake/traillake/query/plan"

// dropsNulls reports whether a condition cannot be true on a row whose columns
// from from up to to are all NULL.
func dropsNulls(cond plan.Expr, from, to int) bool {
	switch c := cond.(type) {
	case *plan.Column, *plan.Field:
		return nullOnNulls(c, from, to)
	case *plan.Call:
		switch c.Function.Name {
		case "=", "<>", "<", "<=", ">", ">=", "like":
			for _, a := range c.Args {
				if nullOnNulls(a, from, to) {
					return true
				}
			}
		}
	case *plan.Special:
		switch c.Form {
		case plan.Not:
			inner, ok := c.Args[0].(*plan.Special)
			if ok && inner.Form == plan.IsNull {
				return nullOnNulls(inner.Args[0], from, to)
			}
			// NOT of what is NULL is NULL; NOT of what is false is not.
			if call, ok := c.Args[0].(*plan.Call); ok {
				return dropsNulls(call, from, to)
			}
			return false
		case plan.In, plan.Between:
			return nullOnNulls(c.Args[0], from, to)
		case plan.And:
			for _, a := range c.Args {
				if dropsNulls(a, from, to) {
					return true
				}
			}
		case plan.Or:
			for _, a := range c.Args {
				if !dropsNulls(a, from, to) {
					return false
				}
			}
			return true
		}
	}
	return false
}

// nullOnNulls reports whether a value is NULL on such a row: one of the columns,
// or what is NULL whenever its operand is.
func nullOnNulls(e plan.Expr, from, to int) bool {
	switch e := e.(type) {
	case *plan.Column:
		return e.Index >= from && e.Index < to
	case *plan.Field:
		return nullOnNulls(e.Expr, from, to)
	case *plan.Cast:
		return nullOnNulls(e.Expr, from, to)
	case *plan.Call:
		switch e.Function.Name {
		case "element_at", "lower", "upper", "date", "+", "-", "*", "||":
			return nullOnNulls(e.Args[0], from, to)
		}
	}
	return false
}
