package optimize

import "github.com/traillake/traillake/query/plan"

// mergeProjects makes one projection of two, and drops one that does nothing.
//
//	Project [n := (a#0 + 1)]
//	  Project [a := x#3]            Project [n := (x#3 + 1)]
//	    Scan t [...]                  Scan t [...]
//
// An expression of the lower one is computed once now; it moves up only where
// that stays so: it is a column, a field or a literal, or it is used once.
func mergeProjects(n plan.Node) (plan.Node, error) {
	return plan.Transform(n, func(n plan.Node) (plan.Node, error) {
		p, ok := n.(*plan.Project)
		if !ok {
			return n, nil
		}
		if lower, ok := p.Input.(*plan.Project); ok && mergeable(p, lower) {
			exprs := make([]plan.Expr, len(p.Exprs))
			for i, e := range p.Exprs {
				exprs[i] = plan.Substitute(e, lower.Exprs)
			}
			p = &plan.Project{Input: lower.Input, Exprs: exprs, Names: p.Names}
		}
		if isIdentity(p) {
			return p.Input, nil
		}
		return p, nil
	})
}

func mergeable(upper, lower *plan.Project) bool {
	uses := make([]int, len(lower.Exprs))
	for _, e := range upper.Exprs {
		countUses(e, uses, 1)
	}
	for i, e := range lower.Exprs {
		if uses[i] > 1 && !isCheap(e) {
			return false
		}
		if plan.IsVolatile(e) {
			return false
		}
	}
	return true
}

// countUses counts references; one inside a lambda counts as many.
func countUses(e plan.Expr, uses []int, weight int) {
	switch e := e.(type) {
	case *plan.Column:
		uses[e.Index] += weight
		return
	case *plan.Lambda:
		weight = 2
	}
	for _, c := range plan.Children(e) {
		countUses(c, uses, weight)
	}
}

func isCheap(e plan.Expr) bool {
	switch e := e.(type) {
	case *plan.Column, *plan.Literal:
		return true
	case *plan.Field:
		return isCheap(e.Expr)
	}
	return false
}

// isIdentity reports whether a projection passes its input on as it is, names
// included.
func isIdentity(p *plan.Project) bool {
	in := p.Input.Outputs()
	if len(in) != len(p.Exprs) {
		return false
	}
	for i, e := range p.Exprs {
		c, ok := e.(*plan.Column)
		if !ok || c.Index != i || in[i].Name != p.Names[i] {
			return false
		}
	}
	return true
}
