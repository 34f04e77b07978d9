package bind

import (
	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
)

// joinCondition joins two sides on conditions over the columns of both, with the
// subqueries in them. A subquery is computed for the rows of the side that it
// reads, before the join. One that reads both is computed for the pairs, which
// is only the same for an inner join.
type joinCondition struct {
	*binder
	found *findings
	l, r  *relation
	kind  ast.JoinKind
}

// fromRight is where columns of the right side begin while the left one may
// still grow.
const fromRight = 1 << 24

func (c *joinCondition) join(conds []plan.Expr) (*relation, error) {
	width := len(c.l.node.Outputs())
	left := &attachment{binder: c.binder, found: c.found, node: c.l.node}
	right := &attachment{binder: c.binder, found: c.found, node: c.r.node}
	var on, after []plan.Expr
	for _, cond := range conds {
		apart := plan.MapColumns(cond, func(i int) int {
			if i >= width {
				return i - width + fromRight
			}
			return i
		})
		attached, err := c.attach(apart, left, right)
		if err != nil {
			return nil, err
		}
		// What reads an outer row is a condition like any other of a WHERE.
		if attached == nil || c.kind == ast.InnerJoin && readsOuter(attached) {
			after = append(after, apart)
		} else {
			on = append(on, attached)
		}
	}
	l := &relation{node: left.node, cols: c.l.cols}
	r := &relation{node: right.node, cols: c.r.cols}
	grown := len(left.node.Outputs())
	together := func(e plan.Expr) plan.Expr {
		return plan.MapColumns(e, func(i int) int {
			if i >= fromRight {
				return i - fromRight + grown
			}
			return i
		})
	}
	cond := plan.Expr(boolean(true))
	if len(on) > 0 {
		cond = together(plan.Conjoin(on))
	}
	out := joinKind(l, r, c.kind, cond)
	if len(after) == 0 {
		return out, nil
	}
	pairs := &attachment{binder: c.binder, found: c.found, node: out.node}
	for i, e := range after {
		var err error
		if after[i], err = pairs.attach(together(e)); err != nil {
			return nil, err
		}
	}
	out.node = &plan.Filter{Input: pairs.node, Cond: plan.Conjoin(after)}
	return out, nil
}

// attach computes a condition's subqueries on the sides they read. It is nil when
// one reads both sides of an inner join.
func (c *joinCondition) attach(cond plan.Expr, left, right *attachment) (plan.Expr, error) {
	var failed error
	pairs := false
	out := plan.TransformExpr(cond, func(e plan.Expr) plan.Expr {
		s, call := c.found.standInOf(e)
		if s == nil || failed != nil || pairs {
			return e
		}
		var value plan.Expr
		switch side := sideOf(&plan.Call{Function: call.Function, Args: call.Args[:len(call.Args)-1]}, fromRight); {
		case side < 2:
			value, failed = left.once(s, call)
		case side == 2:
			own := plan.MapColumns(call, func(i int) int {
				if i >= fromRight {
					return i - fromRight
				}
				return i
			})
			if value, failed = right.once(s, own.(*plan.Call)); failed == nil {
				value = plan.MapColumns(value, func(i int) int { return i + fromRight })
			}
		case c.kind == ast.InnerJoin:
			pairs = true
		default:
			failed = notSupported(s.span, "Subquery over both sides in the condition of a "+c.kind.String())
		}
		if failed != nil || pairs {
			return e
		}
		return value
	})
	if failed != nil || pairs {
		return nil, failed
	}
	return out, nil
}
