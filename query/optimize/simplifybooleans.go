package optimize

import (
	"slices"

	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// simplifyBooleans flattens and shortens conditions.
//
//	Filter ((a#0 and true) and not (b#1 or c#2))    Filter (a#0 and not b#1 and not c#2)
//	Filter true                                     (nothing)
//	Filter false                                    Values without rows
//
// NULL is kept apart from false except directly under a Filter, where both
// drop the row.
func simplifyBooleans(n plan.Node) (plan.Node, error) {
	return plan.Transform(n, func(n plan.Node) (plan.Node, error) {
		n = plan.MapExprs(n, func(e plan.Expr) plan.Expr { return plan.TransformExpr(e, simplify) })
		switch n := n.(type) {
		case *plan.Filter:
			return simplifyFilter(n), nil
		case *plan.Join:
			return simplifyResidual(n), nil
		}
		return n, nil
	})
}

func simplifyFilter(f *plan.Filter) plan.Node {
	for _, c := range plan.Conjuncts(f.Cond) {
		if l, ok := c.(*plan.Literal); ok && l.Value != true {
			return &plan.Values{Columns: f.Outputs()}
		}
	}
	if isTrue(f.Cond) {
		return f.Input
	}
	return f
}

func simplifyResidual(j *plan.Join) plan.Node {
	if j.Residual == nil || !isTrue(j.Residual) {
		return j
	}
	c := *j
	c.Residual = nil
	return &c
}

func isTrue(e plan.Expr) bool {
	l, ok := e.(*plan.Literal)
	return ok && l.Value == true
}

// simplify shortens one form whose operands are already short.
func simplify(e plan.Expr) plan.Expr {
	s, ok := e.(*plan.Special)
	if !ok {
		return e
	}
	switch s.Form {
	case plan.And:
		return simplifyChain(s, true)
	case plan.Or:
		return factorOr(simplifyChain(s, false))
	case plan.Not:
		return simplifyNot(s)
	}
	return e
}

// simplifyChain flattens AND (neutral is true) or OR (neutral is false): the
// neutral literal goes, its opposite decides all, repetitions go.
func simplifyChain(s *plan.Special, neutral bool) plan.Expr {
	parts := plan.Conjuncts(s)
	if s.Form == plan.Or {
		parts = plan.Disjuncts(s)
	}
	var kept []plan.Expr
	for _, p := range parts {
		if l, ok := p.(*plan.Literal); ok && l.Value != nil {
			if l.Value == neutral {
				continue
			}
			return p
		}
		if !repeated(kept, p) {
			kept = append(kept, p)
		}
	}
	switch {
	case len(kept) == 0:
		return &plan.Literal{Value: neutral, Typ: types.BooleanType}
	case len(kept) == 1:
		return kept[0]
	case len(kept) == len(parts) && len(parts) == len(s.Args):
		return s
	}
	return &plan.Special{Form: s.Form, Args: kept, Typ: s.Typ}
}

// factorOr takes equations of columns out of an OR that are in each of its branches,
// so that a join can have them as keys:
//
//	(a#0 = b#2 and c#1 > 1) or (a#0 = b#2 and d#3 > 1)
//	a#0 = b#2 and (c#1 > 1 or d#3 > 1)
func factorOr(e plan.Expr) plan.Expr {
	s, ok := e.(*plan.Special)
	if !ok || s.Form != plan.Or {
		return e
	}
	branches := make([][]plan.Expr, len(s.Args))
	for i, a := range s.Args {
		branches[i] = plan.Conjuncts(a)
	}
	var common []plan.Expr
	for _, c := range branches[0] {
		if isColumnEquation(c) && !slices.ContainsFunc(branches, func(b []plan.Expr) bool { return !repeated(b, c) }) {
			common = append(common, c)
		}
	}
	if len(common) == 0 {
		return e
	}
	rest := &plan.Special{Form: plan.Or, Typ: s.Typ}
	for _, b := range branches {
		b = slices.DeleteFunc(slices.Clone(b), func(c plan.Expr) bool { return repeated(common, c) })
		if len(b) == 0 { // it asks for no more than all do
			return plan.Conjoin(common)
		}
		rest.Args = append(rest.Args, plan.Conjoin(b))
	}
	return plan.Conjoin(append(common, rest))
}

// isColumnEquation reports whether e compares two columns and cannot fail.
func isColumnEquation(e plan.Expr) bool {
	call, ok := e.(*plan.Call)
	if !ok || call.Function.Name != "=" {
		return false
	}
	for _, a := range call.Args {
		if _, ok := a.(*plan.Column); !ok || a.Type().Kind == types.Array || a.Type().Kind == types.Map || a.Type().Kind == types.Row {
			return false
		}
	}
	return true
}

func repeated(kept []plan.Expr, e plan.Expr) bool {
	if plan.IsVolatile(e) {
		return false
	}
	for _, k := range kept {
		if plan.Equal(k, e) {
			return true
		}
	}
	return false
}

// simplifyNot moves NOT inwards, so that conditions fall apart into conjuncts.
func simplifyNot(s *plan.Special) plan.Expr {
	switch arg := s.Args[0].(type) {
	case *plan.Literal:
		if v, ok := arg.Value.(bool); ok {
			return &plan.Literal{Value: !v, Typ: types.BooleanType}
		}
		return arg
	case *plan.Special:
		switch arg.Form {
		case plan.Not:
			return arg.Args[0]
		case plan.And, plan.Or:
			form := plan.And
			if arg.Form == plan.And {
				form = plan.Or
			}
			args := make([]plan.Expr, len(arg.Args))
			for i, a := range arg.Args {
				args[i] = simplifyNot(&plan.Special{Form: plan.Not, Args: []plan.Expr{a}, Typ: s.Typ})
			}
			return simplify(&plan.Special{Form: form, Args: args, Typ: s.Typ})
		}
	}
	return s
}
