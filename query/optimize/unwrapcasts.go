package optimize

import (
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// unwrapCasts moves the conversion of a timestamp to one with a time zone from
// the column to the constant it is compared with.
//
//	Filter (cast(eventtime#0 as timestamp(3) with time zone) > date_add('day', -1, now()))
//
// becomes
//
//	Filter (eventtime#0 > cast(at_timezone(date_add('day', -1, now()), 'UTC') as timestamp(3)))
//
// Timestamps without a zone are UTC in the lake, so the moment is the same.
// Only then can statistics of the column decide what to read.
func unwrapCasts(n plan.Node) (plan.Node, error) {
	return mapExprs(n, func(e plan.Expr) plan.Expr { return plan.TransformExpr(e, unwrapComparison) }), nil
}

func unwrapComparison(e plan.Expr) plan.Expr {
	switch e := e.(type) {
	case *plan.Call:
		switch e.Function.Name {
		case "=", "<>", "<", "<=", ">", ">=":
		default:
			return e
		}
		args, ok := withoutZone(e.Args)
		if !ok {
			return e
		}
		f, err := function.Resolve(e.Function.Name, []function.Arg{{Type: args[0].Type()}, {Type: args[1].Type()}}, nil)
		if err != nil {
			return e
		}
		return &plan.Call{Function: f, Args: args}
	case *plan.Special:
		if e.Form != plan.Between && e.Form != plan.In {
			return e
		}
		args, ok := withoutZone(e.Args)
		if !ok {
			return e
		}
		op := map[plan.Form]string{plan.Between: "<=", plan.In: "="}[e.Form]
		f, err := function.Resolve(op, []function.Arg{{Type: args[0].Type()}, {Type: args[0].Type()}}, nil)
		if err != nil {
			return e
		}
		return &plan.Special{Form: e.Form, Args: args, Typ: e.Typ, Eq: f}
	}
	return e
}

// withoutZone compares values as timestamps when each is a converted timestamp
// or a constant, and one is the former.
func withoutZone(args []plan.Expr) ([]plan.Expr, bool) {
	if args[0].Type().Kind != types.TimestampTZ {
		return nil, false
	}
	t := types.TimestampOf(args[0].Type().Precision)
	out := make([]plan.Expr, len(args))
	converted := false
	for i, a := range args {
		if c, ok := a.(*plan.Cast); ok && !c.Try && c.Expr.Type().Kind == types.Timestamp {
			if _, isLiteral := c.Expr.(*plan.Literal); !isLiteral {
				converted = true
			}
			out[i] = retype(c.Expr, t)
			continue
		}
		if !plan.IsConstant(a) {
			return nil, false
		}
		utc, ok := atUTC(a, t)
		if !ok {
			return nil, false
		}
		out[i] = utc
	}
	return out, converted
}

func retype(e plan.Expr, t types.Type) plan.Expr {
	if e.Type().Equal(t) {
		return e
	}
	return &plan.Cast{Expr: e, Typ: t}
}

func atUTC(e plan.Expr, t types.Type) (plan.Expr, bool) {
	if l, ok := e.(*plan.Literal); ok && l.Value == nil {
		return &plan.Literal{Typ: t}, true
	}
	f, err := function.Resolve("at_timezone", []function.Arg{{Type: e.Type()}, {Type: types.VarcharType}}, nil)
	if err != nil || !f.Args[0].Equal(e.Type()) || f.Result.Kind != types.TimestampTZ {
		return nil, false
	}
	utc := &plan.Literal{Value: "UTC", Typ: types.VarcharType}
	return &plan.Cast{Expr: &plan.Call{Function: f, Args: []plan.Expr{e, utc}}, Typ: t}, true
}
