package bind

import (
	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// wholeRows lets UNNEST of an array of rows give the rows themselves, one column
// for each array, as Athena does, where the alias list names that many columns
// and not one for each field: UNNEST(resources) AS t(resource).
func (b *binder) wholeRows(n *plan.Unnest, alias *ast.TableAlias) {
	if alias == nil || len(alias.Columns) == 0 {
		return
	}
	fields, whole := 0, 0
	for _, v := range n.Exprs {
		fields += len(plan.ElementTypes(v.Type()))
		whole++
		if v.Type().Kind == types.Map {
			whole++
		}
	}
	named := len(alias.Columns)
	if n.Ordinality {
		named--
	}
	if named != whole || named == fields {
		return
	}
	for i, v := range n.Exprs {
		if t := v.Type(); t.Kind == types.Array && t.Elem.Kind == types.Row {
			n.Exprs[i] = b.wrapped(v)
		}
	}
}

// wrapped puts each row of an array into a row of its own, of which UNNEST then
// takes the one field.
func (b *binder) wrapped(array plan.Expr) plan.Expr {
	b.lambdas++
	elem := *array.Type().Elem
	row := types.RowOf(types.Field{Type: elem})
	wrap := &plan.Lambda{ID: b.lambdas, Params: []types.Type{elem}, Body: &plan.Special{
		Form: plan.MakeRow, Args: []plan.Expr{&plan.LambdaParam{ID: b.lambdas, Name: "row", Typ: elem}}, Typ: row,
	}}
	args := []function.Arg{{Type: array.Type()}, {Type: wrap.Type(), LambdaParams: 1}}
	f, err := function.Resolve("transform", args, func(int, []types.Type) (types.Type, error) { return row, nil })
	if err != nil {
		return array
	}
	return apply(f, []plan.Expr{array, wrap})
}
