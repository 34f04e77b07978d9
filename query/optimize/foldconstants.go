package optimize

import (
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// foldConstants replaces expressions without columns by their value.
//
//	Filter (eventtime#0 > $lake_timestamp('2026-01-01'))
//	  Scan trail [eventtime]
//
// becomes
//
//	Filter (eventtime#0 > timestamp '2026-01-01 00:00:00.000')
//	  Scan trail [eventtime]
//
// What fails stays, because a failure that no row reaches is none; what depends
// on the time or the user of the run stays too. So do calls with a lambda, which
// may loop for long: planning cannot be cancelled, the run can.
func foldConstants(eval Eval) func(plan.Node) (plan.Node, error) {
	return func(n plan.Node) (plan.Node, error) {
		if eval == nil {
			return n, nil
		}
		return mapExprs(n, func(e plan.Expr) plan.Expr { return Fold(e, eval, false) }), nil
	}
}

// Fold replaces the constant parts of an expression by literals. running tells
// that eval knows the run's time and user, so that now() is a constant too.
func Fold(e plan.Expr, eval Eval, running bool) plan.Expr {
	return plan.RewriteExpr(e, func(e plan.Expr) (plan.Expr, bool) {
		switch e.(type) {
		case *plan.Literal, *plan.Column, *plan.LambdaParam:
			return e, true
		case *plan.Lambda:
			return nil, false
		}
		if !plan.IsConstant(e) || loops(e) || (!running && dependsOnRun(e)) {
			return nil, false
		}
		l, ok := eval(e)
		if !ok {
			return nil, false
		}
		return l, true
	})
}

// loops reports whether a lambda is part of e.
func loops(e plan.Expr) bool {
	found := false
	plan.WalkExpr(e, func(e plan.Expr) bool {
		if _, ok := e.(*plan.Lambda); ok {
			found = true
		}
		return !found
	})
	return found
}

// ofTheRun are functions whose value is fixed when the query starts, not before.
var ofTheRun = map[string]bool{
	"now": true, "current_timestamp": true, "current_date": true, "current_time": true,
	"$current_timestamp": true, "localtimestamp": true, "localtime": true, "current_timezone": true, "current_user": true,
}

func dependsOnRun(e plan.Expr) bool {
	depends := false
	plan.WalkExpr(e, func(e plan.Expr) bool {
		switch e := e.(type) {
		case *plan.Call:
			depends = depends || ofTheRun[e.Function.Name]
		case *plan.Cast: // a time becomes one of today
			from, to := e.Expr.Type().Kind, e.Typ.Kind
			depends = depends || from == types.Time && (to == types.Timestamp || to == types.TimestampTZ)
		}
		return !depends
	})
	return depends
}

// mapExprs applies fn to every expression of a plan.
func mapExprs(n plan.Node, fn func(plan.Expr) plan.Expr) plan.Node {
	out, _ := plan.Transform(n, func(n plan.Node) (plan.Node, error) { return plan.MapExprs(n, fn), nil })
	return out
}

// ForRun folds what became constant when the run began: eval now knows the
// time and the user, so hints such as "eventtime > now() - 1 day" reach the
// tables as literals.
func ForRun(n plan.Node, eval Eval) plan.Node {
	return mapExprs(n, func(e plan.Expr) plan.Expr { return Fold(e, eval, true) })
}
