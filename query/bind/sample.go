package bind

import (
	"strconv"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// sample binds TABLESAMPLE: each row is taken by itself with the probability that
// is asked for. That is Trino's BERNOULLI; SYSTEM leaves to the table how many
// rows are taken together, here one.
func (b *binder) sample(t *ast.Sample, e *env) (*relation, error) {
	rel, err := b.tableExpr(t.Input, e)
	if err != nil {
		return nil, err
	}
	percentage, err := strconv.ParseFloat(t.Percentage.Text, 64)
	if err != nil {
		return nil, ast.Errorf(ast.InvalidLiteral, t.Percentage.Span(), "Invalid number: %s", t.Percentage.Text)
	}
	if percentage > 100 {
		return nil, ast.Errorf(ast.NumericValueOutOfRange, t.Percentage.Span(), "Sample percentage must be less than or equal to 100")
	}
	draw, err := function.Resolve("random", nil, nil)
	if err != nil {
		return nil, err
	}
	less, err := function.Resolve("<", []function.Arg{{Type: types.DoubleType}, {Type: types.DoubleType}}, nil)
	if err != nil {
		return nil, err
	}
	share := &plan.Literal{Value: percentage / 100, Typ: types.DoubleType}
	rel.node = &plan.Filter{Input: rel.node, Cond: &plan.Call{Function: less, Args: []plan.Expr{&plan.Call{Function: draw}, share}}}
	return rel, nil
}
