package bind

import (
	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
)

// bindOrder binds ORDER BY: positions, then output names, then FROM's columns.
func (q *selection) bindOrder(order []ast.OrderItem) error {
	var aliases []outputAlias
	for _, it := range q.items {
		if it.name != "" {
			aliases = append(aliases, outputAlias{it.name, it.expr})
		}
	}
	for _, o := range order {
		key := plan.SortKey{Desc: o.Desc, NullsFirst: o.NullsFirst}
		if n, ok := ordinal(o.Expr); ok {
			if n < 1 || n > len(q.items) {
				return badOrdinal("ORDER BY", n, o.Expr)
			}
			key.Expr = q.items[n-1].expr
		} else {
			x := q.exprBinder("ORDER BY clause")
			x.aggregates, x.windows, x.aliases = true, true, aliases
			var err error
			if key.Expr, err = x.expr(o.Expr); err != nil {
				return err
			}
		}
		if err := orderable(key.Expr.Type(), q.s.Span(), o.Expr); err != nil {
			return err
		}
		if q.s.Distinct && q.position(key.Expr) < 0 {
			return ast.Errorf(ast.ExpressionNotInDistinct, q.s.Span(), "For SELECT DISTINCT, ORDER BY expressions must appear in select list")
		}
		q.order = append(q.order, key)
		q.sorted = append(q.sorted, o.Expr)
	}
	return nil
}

// position is the output column that is an expression, or -1.
func (q *selection) position(e plan.Expr) int {
	for i, it := range q.items {
		if plan.Equal(it.expr, e) {
			return i
		}
	}
	return -1
}

func (q *selection) sort(keys []int, width int) plan.Node {
	refs := plan.ColumnRefs(q.node)
	sort := &plan.Sort{Input: q.node}
	for i, k := range q.order {
		k.Expr = refs[keys[i]]
		sort.Keys = append(sort.Keys, k)
	}
	if len(refs) == width {
		return sort
	}
	drop := &plan.Project{Input: sort, Exprs: refs[:width]}
	for _, it := range q.items {
		drop.Names = append(drop.Names, it.name)
	}
	return drop
}
