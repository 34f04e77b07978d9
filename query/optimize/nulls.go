package optimize

import "github.com/traillake/traillake/query/plan"

// dropsNulls reports whether a condition cannot be true on a row whose columns
// from width on are all NULL.
func dropsNulls(cond plan.Expr, width int) bool {
	switch c := cond.(type) {
	case *plan.Column, *plan.Field:
		return nullOnNulls(c, width)
	case *plan.Call:
		switch c.Function.Name {
		case "=", "<>", "<", "<=", ">", ">=", "like":
			for _, a := range c.Args {
				if nullOnNulls(a, width) {
					return true
				}
			}
		}
	case *plan.Special:
		switch c.Form {
		case plan.Not:
			inner, ok := c.Args[0].(*plan.Special)
			if ok && inner.Form == plan.IsNull {
				return nullOnNulls(inner.Args[0], width)
			}
			// NOT of what is NULL is NULL; NOT of what is false is not.
			if call, ok := c.Args[0].(*plan.Call); ok {
				return dropsNulls(call, width)
			}
			return false
		case plan.In, plan.Between:
			return nullOnNulls(c.Args[0], width)
		case plan.And:
			for _, a := range c.Args {
				if dropsNulls(a, width) {
					return true
				}
			}
		case plan.Or:
			for _, a := range c.Args {
				if !dropsNulls(a, width) {
					return false
				}
			}
			return true
		}
	}
	return false
}

// nullOnNulls reports whether a value is NULL on such a row: a column from
// width on, or what is NULL whenever its operand is.
func nullOnNulls(e plan.Expr, width int) bool {
	switch e := e.(type) {
	case *plan.Column:
		return e.Index >= width
	case *plan.Field:
		return nullOnNulls(e.Expr, width)
	case *plan.Cast:
		return nullOnNulls(e.Expr, width)
	case *plan.Call:
		switch e.Function.Name {
		case "element_at", "lower", "upper", "date", "+", "-", "*", "||":
			return nullOnNulls(e.Args[0], width)
		}
	}
	return false
}
