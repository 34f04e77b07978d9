package bind

import (
	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// formatForm binds format(). Values of types that Java's conversions do not know are printed as their cast to varchar.
func (x *exprBinder) formatForm(e *ast.Call) (plan.Expr, error) {
	if len(e.Args) < 2 {
		return nil, ast.Errorf(ast.SyntaxError, e.Span(), "The 'format' function must have at least two arguments")
	}
	args, err := x.exprs(e.Args)
	if err != nil {
		return nil, err
	}
	if t := args[0].Type(); t.Kind != types.Varchar {
		return nil, mismatch(e.Args[0].Span(), "Type of first argument to format() must be VARCHAR (actual: %s)", t)
	}
	for i := 1; i < len(args); i++ {
		if args[i], err = x.formatted(args[i], e.Args[i].Span()); err != nil {
			return nil, err
		}
	}
	call, err := resolve("format", args)
	return call, at(err, e.Span())
}

// formatted is an argument of format() in a type that it prints.
func (x *exprBinder) formatted(e plan.Expr, span ast.Span) (plan.Expr, error) {
	switch t := e.Type(); {
	case t.IsNumeric(), t.IsString(), t.Kind == types.Unknown, t.Kind == types.Boolean, t.Kind == types.Date,
		t.Kind == types.Time, t.Kind == types.Timestamp, t.Kind == types.TimestampTZ:
		return e, nil
	}
	if x.lenient {
		if text := x.asText(e); text.Type().IsString() {
			return text, nil
		}
	}
	if _, err := function.Cast(e.Type(), types.VarcharType); err != nil {
		return nil, ast.Errorf(ast.NotSupported, span, "Type not supported for formatting: %s", e.Type())
	}
	return cast(e, types.VarcharType), nil
}
