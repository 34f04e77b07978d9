package plan

import "github.com/traillake/traillake/query/types"

// Conjuncts splits a condition at its ANDs, outermost first, nested ones
// flattened. A nil condition has none.
func Conjuncts(e Expr) []Expr { return split(e, And) }

// Disjuncts splits a condition at its ORs.
func Disjuncts(e Expr) []Expr { return split(e, Or) }

func split(e Expr, form Form) []Expr {
	if e == nil {
		return nil
	}
	s, ok := e.(*Special)
	if !ok || s.Form != form {
		return []Expr{e}
	}
	var out []Expr
	for _, a := range s.Args {
		out = append(out, split(a, form)...)
	}
	return out
}

// Conjoin is the AND of conditions; nil for none, the condition itself for one.
func Conjoin(conds []Expr) Expr {
	switch len(conds) {
	case 0:
		return nil
	case 1:
		return conds[0]
	}
	return &Special{Form: And, Args: conds, Typ: types.BooleanType}
}
