package bind

import (
	"errors"
	"slices"
	"strings"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// call binds a function call: a special form, an aggregate, a window function
// or a scalar function.
func (x *exprBinder) call(e *ast.Call) (plan.Expr, error) {
	name := strings.ToLower(e.Name.Name)
	switch {
	case name == "reduce_agg":
		return x.reduceAgg(e)
	case e.Window != nil:
		return x.window(e, name)
	case function.IsAggregate(name):
		return x.aggregate(e, name)
	case function.IsWindow(name):
		return nil, ast.Errorf(ast.MissingOver, e.Span(), "Window function system.builtin.%s requires an OVER clause", name)
	}
	if err := plainCall(e); err != nil {
		return nil, err
	}
	switch name {
	case "if":
		return x.ifForm(e)
	case "coalesce":
		return x.coalesce(e)
	case "nullif":
		return x.nullIf(e)
	case "try":
		return x.try(e)
	case "json_exists", "json_query", "json_value":
		if e.JSON != nil {
			return x.jsonCall(e, name)
		}
	case "json_object":
		if e.JSON != nil {
			return x.jsonObject(e)
		}
	case "json_array":
		if e.JSON != nil {
			return x.jsonArray(e)
		}
	case "normalize":
		e = withForm(e)
	case "format":
		return x.formatForm(e)
	case "grouping":
		return x.grouping(e)
	}
	if t, ok := currentTimes[name]; ok && (len(e.Args) == 1 || name == "current_time") {
		return currentTime(e, name, t)
	}
	f, args, err := x.arguments(e, name)
	if err != nil {
		return nil, err
	}
	return &plan.Call{Function: f, Args: args}, nil
}

// withForm is a call of normalize with the form that it has when none is written.
func withForm(e *ast.Call) *ast.Call {
	if len(e.Args) != 1 {
		return e
	}
	call := *e
	call.Args = []ast.Expr{e.Args[0], &ast.Literal{At: e.At, Kind: ast.StringLiteral, Text: "NFC"}}
	return &call
}

// plainCall refuses what only aggregates and window functions may have.
func plainCall(e *ast.Call) error {
	switch {
	case e.Distinct:
		return ast.Errorf(ast.FunctionNotAggregate, e.Span(), "DISTINCT is not supported for non-aggregation functions")
	case e.Filter != nil:
		return ast.Errorf(ast.FunctionNotAggregate, e.Span(), "Filter is only valid for aggregation functions")
	case len(e.OrderBy) > 0 || len(e.WithinGroup) > 0:
		return ast.Errorf(ast.FunctionNotAggregate, e.Span(), "ORDER BY is only valid for aggregation functions")
	case e.Star:
		return ast.Errorf(ast.FunctionNotFound, e.Span(), "Unexpected parameters (*) for function %s", strings.ToLower(e.Name.Name))
	case e.IgnoreNulls:
		return noNullTreatment(e, strings.ToLower(e.Name.Name))
	case e.Overflow != "":
		return notSupported(e.Span(), "ON OVERFLOW of "+strings.ToLower(e.Name.Name))
	}
	return nil
}

// arguments binds the arguments of a scalar function, lambdas included, and
// casts them to what the function takes.
func (x *exprBinder) arguments(e *ast.Call, name string) (*function.Scalar, []plan.Expr, error) {
	bound, known, err := x.firstPass(e.Args)
	if err != nil {
		return nil, nil, err
	}
	var f *function.Scalar
	err = x.texted(bound, func(args []plan.Expr) error {
		var err error
		bound = args
		f, err = function.Resolve(name, retyped(known, args), x.lambdaTypes(e.Args))
		return err
	})
	var arity *function.LambdaArity
	if errors.As(err, &arity) {
		return nil, nil, ast.Errorf(ast.InvalidParameterUsage, e.Args[arity.Arg].Span(), "%v", arity)
	}
	if err != nil {
		return nil, nil, at(unwrapped(err), faultIn(e, err))
	}
	args, err := x.secondPass(e.Args, bound, f.Args)
	return f, args, err
}

// faultIn is what is wrong in a call: its name when no function has it, else all of it.
func faultIn(e *ast.Call, err error) ast.Span {
	var user *ast.Error
	if errors.As(err, &user) && user.Code == ast.FunctionNotFound && e.Name.Span().Start == e.Span().Start {
		return e.Name.Span()
	}
	return e.Span()
}

// retyped are the arguments with the types that the bound ones now have.
func retyped(known []function.Arg, bound []plan.Expr) []function.Arg {
	out := slices.Clone(known)
	for i, e := range bound {
		if e != nil {
			out[i].Type = e.Type()
		}
	}
	return out
}

// firstPass binds all arguments but lambdas, which need the function's types.
func (x *exprBinder) firstPass(args []ast.Expr) ([]plan.Expr, []function.Arg, error) {
	bound := make([]plan.Expr, len(args))
	known := make([]function.Arg, len(args))
	for i, a := range args {
		if l, ok := a.(*ast.Lambda); ok {
			known[i] = function.Arg{Type: types.Type{Kind: types.Function, Elem: &types.Type{}}, LambdaParams: len(l.Params)}
			continue
		}
		e, err := x.expr(a)
		if err != nil {
			return nil, nil, err
		}
		bound[i], known[i] = e, function.Arg{Type: e.Type()}
	}
	return bound, known, nil
}

// lambdaTypes tells the function library the type of a lambda's body.
func (x *exprBinder) lambdaTypes(args []ast.Expr) function.LambdaBinder {
	return func(i int, params []types.Type) (types.Type, error) {
		l, err := x.lambda(args[i].(*ast.Lambda), params)
		if err != nil {
			return types.Type{}, err
		}
		return l.Body.Type(), nil
	}
}

// secondPass casts arguments to the settled types and binds the lambdas with them.
func (x *exprBinder) secondPass(args []ast.Expr, bound []plan.Expr, want []types.Type) ([]plan.Expr, error) {
	out := make([]plan.Expr, len(args))
	for i, a := range args {
		l, ok := a.(*ast.Lambda)
		if !ok {
			out[i] = cast(bound[i], want[i])
			continue
		}
		lambda, err := x.lambda(l, want[i].Params)
		if err != nil {
			return nil, err
		}
		out[i] = &plan.Lambda{ID: lambda.ID, Params: lambda.Params, Body: cast(lambda.Body, *want[i].Elem)}
	}
	return out, nil
}

// unwrapped finds the user's fault inside an error that the function library
// may have wrapped while typing a lambda.
func unwrapped(err error) error {
	var e *ast.Error
	if errors.As(err, &e) {
		return e
	}
	return err
}

func (x *exprBinder) arity(e *ast.Call, least, most int) error {
	if len(e.Args) < least || (most >= 0 && len(e.Args) > most) {
		switch name := strings.ToLower(e.Name.Name); name {
		case "coalesce":
			return ast.Errorf(ast.SyntaxError, e.Span(), "The 'coalesce' function must have at least two arguments")
		case "try":
			return ast.Errorf(ast.SyntaxError, e.Span(), "The 'try' function must have exactly one argument")
		default:
			return ast.Errorf(ast.SyntaxError, e.Span(), "Invalid number of arguments for '%s' function", name)
		}
	}
	return nil
}

func (x *exprBinder) ifForm(e *ast.Call) (plan.Expr, error) {
	if err := x.arity(e, 2, 3); err != nil {
		return nil, err
	}
	args, err := x.exprs(e.Args)
	if err != nil {
		return nil, err
	}
	if !types.CanCoerce(args[0].Type(), types.BooleanType) {
		return nil, mustBe(e.Args[0].Span(), "IF condition", types.BooleanType, args[0].Type())
	}
	if len(args) == 2 {
		args = append(args, &plan.Literal{Typ: types.UnknownType})
	}
	copy(args[1:], x.strings(args[1:]))
	t, clash, ok := common(args[1:])
	if !ok {
		return nil, mismatch(e.Span(), "Result types for IF must be the same: %s vs %s", clash[0], clash[1])
	}
	return &plan.Special{Form: plan.Case, Typ: t, Args: []plan.Expr{cast(args[0], types.BooleanType), cast(args[1], t), cast(args[2], t)}}, nil
}

func (x *exprBinder) coalesce(e *ast.Call) (plan.Expr, error) {
	if err := x.arity(e, 2, -1); err != nil {
		return nil, err
	}
	args, err := x.exprs(e.Args)
	if err != nil {
		return nil, err
	}
	args, t, err := unify(x.strings(args), "All COALESCE operands", spansOf(e.Args))
	if err != nil {
		return nil, err
	}
	return &plan.Special{Form: plan.Coalesce, Args: args, Typ: t}, nil
}

func (x *exprBinder) nullIf(e *ast.Call) (plan.Expr, error) {
	if err := x.arity(e, 2, 2); err != nil {
		return nil, err
	}
	args, err := x.exprs(e.Args)
	if err != nil {
		return nil, err
	}
	if !isTime(args[0].Type()) && !isTime(args[1].Type()) {
		args = x.strings(args)
	}
	_, compared, err := align(args[0], args[1])
	if err != nil {
		return nil, at(err, e.Span())
	}
	eq, err := function.Resolve("=", argTypes([]plan.Expr{args[0], compared}), nil)
	if err != nil {
		return nil, mismatch(e.Span(), "Types are not comparable with NULLIF: %s vs %s", args[0].Type(), args[1].Type())
	}
	return &plan.Special{Form: plan.NullIf, Args: []plan.Expr{args[0], compared}, Typ: args[0].Type(), Eq: eq}, nil
}

func (x *exprBinder) try(e *ast.Call) (plan.Expr, error) {
	if err := x.arity(e, 1, 1); err != nil {
		return nil, err
	}
	arg, err := x.expr(e.Args[0])
	if err != nil {
		return nil, err
	}
	return &plan.Special{Form: plan.Try, Args: []plan.Expr{arg}, Typ: arg.Type()}, nil
}

// castable refuses a cast that no value of the types could take.
func castable(from, to types.Type, span ast.Span) error {
	if from.Kind == types.Unknown {
		return nil
	}
	if _, err := function.Cast(from, to); err != nil {
		return mismatch(span, "Cannot cast %s to %s", from, to)
	}
	return nil
}
