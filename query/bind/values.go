package bind

import (
	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// values binds VALUES; columns get no names and the types that fit all rows.
func (b *binder) values(v *ast.Values, e *env) (*relation, error) {
	x := &exprBinder{binder: b, env: e, scope: &scope{rel: &relation{}, outer: e.around()}, clause: "VALUES", found: &findings{}}
	var rows [][]plan.Expr
	for _, r := range v.Rows {
		isRow := false
		if len(r) == 1 {
			var row *ast.Row
			if row, isRow = r[0].(*ast.Row); isRow {
				r = row.Elems
			}
		}
		bound, err := x.exprs(r)
		if err != nil {
			return nil, err
		}
		if !isRow && len(bound) == 1 && bound[0].Type().Kind == types.Row {
			bound = rowFields(bound[0])
		}
		if len(rows) > 0 && len(rows[0]) != len(bound) {
			return nil, mismatch(v.Span(), "Values rows have mismatched sizes: %d vs %d", len(rows[0]), len(bound))
		}
		rows = append(rows, bound)
	}
	node := &plan.Values{Rows: rows}
	for i := range rows[0] {
		t := types.UnknownType
		for _, r := range rows {
			super, ok := types.CommonSuperType(t, r[i].Type())
			if !ok {
				return nil, mismatch(v.Span(), "Values rows have mismatched types: %s vs %s", t, r[i].Type())
			}
			t = super
		}
		for _, r := range rows {
			r[i] = cast(r[i], t)
		}
		node.Columns = append(node.Columns, plan.Output{Name: "", Type: t})
	}
	if len(x.found.entries) > 0 {
		return b.computedRows(node, x.found)
	}
	return newRelation(node, make([]string, len(node.Columns))), nil
}

// computedRows are VALUES with subqueries: a projection for each row.
func (b *binder) computedRows(v *plan.Values, found *findings) (*relation, error) {
	names := make([]string, len(v.Columns))
	union := &plan.Union{}
	for _, row := range v.Rows {
		a := &attachment{binder: b, found: found, node: &plan.Values{Rows: [][]plan.Expr{{}}}}
		p := &plan.Project{Names: names}
		for _, e := range row {
			attached, err := a.attach(e)
			if err != nil {
				return nil, err
			}
			p.Exprs = append(p.Exprs, attached)
		}
		p.Input = a.node
		union.Sources = append(union.Sources, p)
	}
	if len(union.Sources) == 1 {
		return newRelation(union.Sources[0], names), nil
	}
	return newRelation(union, names), nil
}

// rowFields are the fields of a row in VALUES, which are columns.
func rowFields(row plan.Expr) []plan.Expr {
	out := make([]plan.Expr, len(row.Type().Fields))
	for i := range out {
		out[i] = &plan.Field{Expr: row, Index: i}
	}
	return out
}
