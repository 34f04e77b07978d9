package bind

import (
	"strings"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// listagg binds LISTAGG(value [, separator] [ON OVERFLOW …]): what the clauses
// say is arguments of the function.
func (x *exprBinder) listagg(e *ast.Call) (f *function.Aggregate, args, plain []plan.Expr, err error) {
	value, err := x.expr(e.Args[0])
	if err != nil {
		return nil, nil, nil, err
	}
	if value.Type().Kind != types.Varchar {
		return nil, nil, nil, mismatch(e.Span(), "Expected expression of varchar, but '%s' has %s type", ast.Format(e.Args[0]), value.Type())
	}
	text := func(s string) plan.Expr { return &plan.Literal{Value: s, Typ: types.VarcharType} }
	yes := func(b bool) plan.Expr { return &plan.Literal{Value: b, Typ: types.BooleanType} }
	separator := text("")
	if len(e.Args) > 1 {
		if separator, err = x.expr(e.Args[1]); err != nil {
			return nil, nil, nil, err
		}
	}
	truncate, rest := "", e.Overflow
	if strings.HasPrefix(rest, "TRUNCATE") {
		rest = strings.TrimSpace(strings.TrimPrefix(rest, "TRUNCATE"))
		truncate = "..."
		if at := strings.LastIndexByte(rest, '\''); at > 0 {
			truncate, rest = strings.ReplaceAll(rest[1:at], "''", "'"), strings.TrimSpace(rest[at+1:])
		}
	}
	fails := !strings.HasPrefix(e.Overflow, "TRUNCATE")
	plain = []plan.Expr{value, separator, yes(fails), text(truncate), yes(strings.HasPrefix(rest, "WITH "))}
	f, err = function.ResolveAggregate("listagg", argTypes(plain), nil)
	if err != nil {
		return nil, nil, nil, at(err, e.Span())
	}
	for i, a := range plain {
		args = append(args, cast(a, f.Args[i]))
	}
	return f, args, plain, nil
}
