package bind

import (
	"strings"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// lambdaScope holds the parameters of the lambdas around an expression,
// innermost first.
type lambdaScope struct {
	params []*plan.LambdaParam
	outer  *lambdaScope
}

func (s *lambdaScope) find(name string) *plan.LambdaParam {
	for ; s != nil; s = s.outer {
		for _, p := range s.params {
			if strings.EqualFold(p.Name, name) {
				return p
			}
		}
	}
	return nil
}

// lambdaKey tells when a lambda was bound before: the function library asks for
// its type, more than once, before its arguments are bound.
type lambdaKey struct {
	lambda *ast.Lambda
	params string
	scope  *scope
	outer  *lambdaScope
}

// lambda binds a lambda for given parameter types. Inside, names mean its
// parameters first, then what they mean around it.
func (x *exprBinder) lambda(l *ast.Lambda, params []types.Type) (*plan.Lambda, error) {
	if len(params) != len(l.Params) {
		return nil, ast.Errorf(ast.InvalidArguments, l.Span(), "Expected a lambda that takes %d argument(s) but got %d", len(params), len(l.Params))
	}
	key := lambdaKey{lambda: l, params: types.FunctionOf(params, types.UnknownType).String(), scope: x.scope, outer: x.lambdas}
	if known := x.typed[key]; known != nil {
		return known, nil
	}
	x.binder.lambdas++
	if x.binder.lambdas > maxLambdas {
		return nil, ast.Errorf(ast.NotSupported, l.Span(), "Query is too large: lambdas are nested too deep")
	}
	out := &plan.Lambda{ID: x.binder.lambdas, Params: params}
	inner := &lambdaScope{outer: x.lambdas}
	for i, p := range l.Params {
		inner.params = append(inner.params, &plan.LambdaParam{ID: out.ID, Index: i, Name: p.Name, Typ: params[i]})
	}
	nested := *x
	nested.lambdas, nested.whole = inner, l.Body
	body, err := nested.expr(l.Body)
	if err != nil {
		return nil, err
	}
	out.Body = body
	x.typed[key] = out
	return out, nil
}

// outsideLambda refuses what Trino does not allow in a lambda's body.
func (x *exprBinder) outsideLambda(e *ast.Call) error {
	if x.lambdas == nil {
		return nil
	}
	return ast.Errorf(ast.ExpressionNotScalar, x.place(e), "Lambda expression cannot contain aggregations, window functions or grouping operations: [%s]", ast.Format(e))
}
