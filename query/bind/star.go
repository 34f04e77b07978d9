package bind

import (
	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// star expands *, table.* and row.*.
func (q *selection) star(it ast.SelectItem) error {
	if len(q.s.From) == 0 {
		return ast.Errorf(ast.ColumnNotFound, it.Span(), "SELECT * not allowed in queries without FROM clause")
	}
	start := len(q.items)
	for i := range q.from.cols {
		if c := &q.from.cols[i]; !c.hidden && c.isIn(it.Qualifier) {
			q.items = append(q.items, item{name: c.name, expr: c.ref(), node: it})
		}
	}
	if len(q.items) == start && len(it.Qualifier) > 0 {
		if err := q.rowStar(it); err != nil {
			return err
		}
	}
	if n := len(q.items) - start; len(it.StarAliases) > 0 {
		if n != len(it.StarAliases) {
			return mismatch(it.Span(), "Column alias list has %d entries but relation has %d columns", len(it.StarAliases), n)
		}
		for i, a := range it.StarAliases {
			q.items[start+i].name = a.Name
		}
	}
	return nil
}

func (q *selection) rowStar(it ast.SelectItem) error {
	e, err := q.exprBinder("SELECT clause").scope.resolve(it.Qualifier, it.Span())
	if err != nil || e.Type().Kind != types.Row {
		return ast.Errorf(ast.TableNotFound, it.Span(), "Unable to resolve reference %s", dotted(it.Qualifier))
	}
	for i, f := range e.Type().Fields {
		q.items = append(q.items, item{name: f.Name, expr: &plan.Field{Expr: e, Index: i}, node: it})
	}
	return nil
}
