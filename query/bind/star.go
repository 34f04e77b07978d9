package bind

import (
	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// star expands *, table.* and row.*.
func (q *selection) star(it ast.SelectItem) error {
	if it.Expr == nil && len(q.s.From) == 0 {
		return ast.Errorf(ast.ColumnNotFound, it.Span(), "SELECT * not allowed in queries without FROM clause")
	}
	start := len(q.items)
	if it.Expr != nil {
		if err := q.valueStar(it); err != nil {
			return err
		}
		return q.starAliases(it, start)
	}
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
	return q.starAliases(it, start)
}

// starAliases names the columns from start on as the item says.
func (q *selection) starAliases(it ast.SelectItem, start int) error {
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

// rowStar expands a.b.*, where a.b is no table but a row. Trino wants brackets and
// a table's name around a column alone; useridentity.* is too handy to refuse.
func (q *selection) rowStar(it ast.SelectItem) error {
	e, err := q.exprBinder("SELECT clause").scope.resolve(it.Qualifier, it.Span())
	if err != nil || e.Type().Kind != types.Row && len(it.Qualifier) == 1 {
		return ast.Errorf(ast.TableNotFound, it.Span(), "Unable to resolve reference %s", dotted(it.Qualifier))
	}
	return q.fieldsOf(it, e)
}

// valueStar expands (expr).*.
func (q *selection) valueStar(it ast.SelectItem) error {
	x := q.exprBinder("SELECT clause")
	x.aggregates, x.windows = true, true
	e, err := x.expr(it.Expr)
	if err != nil {
		return err
	}
	return q.fieldsOf(it, e)
}

// fieldsOf adds the fields of a row as items.
func (q *selection) fieldsOf(it ast.SelectItem, e plan.Expr) error {
	if e.Type().Kind != types.Row {
		return ast.Errorf(ast.TypeMismatch, it.Span(), "expected expression of type Row")
	}
	for i, f := range e.Type().Fields {
		q.items = append(q.items, item{name: f.Name, expr: &plan.Field{Expr: e, Index: i}, node: it})
	}
	return nil
}
