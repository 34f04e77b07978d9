package bind

import (
	"errors"
	"strings"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

func (x *exprBinder) unary(e *ast.Unary) (plan.Expr, error) {
	if l, ok := e.Expr.(*ast.Literal); ok && e.Op == "-" && isNumber(l.Kind) {
		return number(l, true, e.Span())
	}
	value, err := x.expr(e.Expr)
	if err != nil {
		return nil, err
	}
	switch e.Op {
	case "NOT":
		if !types.CanCoerce(value.Type(), types.BooleanType) {
			return nil, mustBe(e.Expr.Span(), "Value of logical NOT expression", types.BooleanType, value.Type())
		}
		return not(cast(value, types.BooleanType)), nil
	case "+":
		if !value.Type().IsNumeric() {
			return nil, mismatch(e.Span(), "Unary '+' operator cannot by applied to %s type", value.Type())
		}
		return value, nil
	case "-":
		out, err := resolve("negate", []plan.Expr{value})
		return out, at(err, e.Span())
	}
	return nil, notSupported(e.Span(), "Operator "+e.Op)
}

func isNumber(k ast.LiteralKind) bool {
	return k == ast.IntegerLiteral || k == ast.DecimalLiteral || k == ast.DoubleLiteral
}

// not negates a condition.
func not(e plan.Expr) plan.Expr {
	return &plan.Special{Form: plan.Not, Args: []plan.Expr{e}, Typ: types.BooleanType}
}

func negated(e plan.Expr, yes bool) plan.Expr {
	if yes {
		return not(e)
	}
	return e
}

func (x *exprBinder) binary(e *ast.Binary) (plan.Expr, error) {
	if e.Op == "AND" || e.Op == "OR" {
		return x.logical(e)
	}
	l, err := x.expr(e.Left)
	if err != nil {
		return nil, err
	}
	r, err := x.expr(e.Right)
	if err != nil {
		return nil, err
	}
	switch e.Op {
	case "=", "<>", "<", "<=", ">", ">=":
		return x.compared(e.Op, l, r, e.OpPos)
	case "IS DISTINCT FROM", "IS NOT DISTINCT FROM":
		out, err := x.compared("is distinct from", l, r, e.OpPos)
		if err != nil {
			return nil, err
		}
		return negated(out, e.Op == "IS NOT DISTINCT FROM"), nil
	}
	var out plan.Expr
	err = x.texted([]plan.Expr{l, r}, func(args []plan.Expr) error {
		out, err = operator(e.Op, args[0], args[1], e.OpPos)
		return err
	})
	var wrong *ast.Error
	if errors.As(err, &wrong) && wrong.Code == ast.AmbiguousFunctionCall && (x.isPlaceholder(e.Left) || x.isPlaceholder(e.Right)) {
		return &plan.Literal{Typ: types.UnknownType}, nil // what it is depends on the parameter
	}
	return out, err
}

// logical binds a chain of one connective as one form, however deep the
// parser nested it.
func (x *exprBinder) logical(e *ast.Binary) (plan.Expr, error) {
	form := plan.And
	if e.Op == "OR" {
		form = plan.Or
	}
	var terms []plan.Expr
	var add func(t ast.Expr) error
	add = func(t ast.Expr) error {
		if inner, ok := t.(*ast.Binary); ok && inner.Op == e.Op {
			if err := add(inner.Left); err != nil {
				return err
			}
			return add(inner.Right)
		}
		bound, err := x.expr(t)
		if err != nil {
			return err
		}
		if !types.CanCoerce(bound.Type(), types.BooleanType) {
			return mustBe(t.Span(), "Logical expression term", types.BooleanType, bound.Type())
		}
		terms = append(terms, cast(bound, types.BooleanType))
		return nil
	}
	if err := add(e); err != nil {
		return nil, err
	}
	return &plan.Special{Form: form, Args: terms, Typ: types.BooleanType}, nil
}

func (x *exprBinder) isNull(e *ast.IsNull) (plan.Expr, error) {
	value, err := x.expr(e.Expr)
	if err != nil {
		return nil, err
	}
	return negated(&plan.Special{Form: plan.IsNull, Args: []plan.Expr{value}, Typ: types.BooleanType}, e.Not), nil
}

func (x *exprBinder) between(e *ast.Between) (plan.Expr, error) {
	args, err := x.exprs([]ast.Expr{e.Expr, e.Low, e.High})
	if err != nil {
		return nil, err
	}
	aligned, err := x.aligned(args, e.Span())
	if err != nil {
		return nil, err
	}
	t, _, ok := common(aligned)
	var le *function.Scalar
	if ok {
		le, err = comparisonOf("<=", t, e.OpPos)
	}
	if !ok || err != nil {
		return nil, mismatch(e.OpPos, "Cannot check if %s is BETWEEN %s and %s", args[0].Type(), args[1].Type(), args[2].Type())
	}
	for i, a := range aligned {
		aligned[i] = cast(a, t)
	}
	var test plan.Expr = &plan.Special{Form: plan.Between, Args: aligned, Typ: types.BooleanType, Eq: le}
	if e.Symmetric {
		swapped := []plan.Expr{aligned[0], aligned[2], aligned[1]}
		test = &plan.Special{Form: plan.Or, Typ: types.BooleanType, Args: []plan.Expr{
			test, &plan.Special{Form: plan.Between, Args: swapped, Typ: types.BooleanType, Eq: le},
		}}
	}
	return negated(test, e.Not), nil
}

// alignAll gives the first value and each of the others the lake's conversions.
// Text against a list of times is read as a time once, so the list must agree.
func alignAll(args []plan.Expr, span ast.Span) ([]plan.Expr, error) {
	out := append([]plan.Expr(nil), args...)
	for i := 1; i < len(out); i++ {
		var err error
		if out[0], out[i], err = align(out[0], out[i]); err != nil {
			return nil, at(err, span)
		}
	}
	// The first value may have become a time after earlier ones were looked at.
	for i := 1; i < len(out); i++ {
		var err error
		if out[0], out[i], err = align(out[0], out[i]); err != nil {
			return nil, at(err, span)
		}
	}
	return out, nil
}

func (x *exprBinder) inList(e *ast.InList) (plan.Expr, error) {
	args, err := x.exprs(append([]ast.Expr{e.Expr}, e.List...))
	if err != nil {
		return nil, err
	}
	aligned, err := x.aligned(args, e.Span())
	if err != nil {
		return nil, err
	}
	values, t, err := unify(aligned, "IN value and list items", spansOf(append([]ast.Expr{e.Expr}, e.List...)))
	if err != nil {
		return nil, err
	}
	eq, err := comparisonOf("=", t, e.Span())
	if err != nil {
		return nil, err
	}
	return negated(&plan.Special{Form: plan.In, Args: values, Typ: types.BooleanType, Eq: eq}, e.Not), nil
}

func (x *exprBinder) like(e *ast.Like) (plan.Expr, error) {
	operands := []ast.Expr{e.Expr, e.Pattern}
	labels := []string{"Left side of LIKE expression", "Pattern for LIKE expression", "Escape for LIKE expression"}
	if e.Escape != nil {
		operands = append(operands, e.Escape)
	}
	args, err := x.exprs(operands)
	if err != nil {
		return nil, err
	}
	args, _ = x.allText(args)
	for i, a := range args {
		if !a.Type().IsString() && a.Type().Kind != types.Unknown {
			return nil, mustBe(operands[i].Span(), labels[i], types.VarcharType, a.Type())
		}
	}
	out, err := resolve("like", args)
	if err != nil {
		return nil, at(err, e.Span())
	}
	return negated(out, e.Not), nil
}

func (x *exprBinder) caseExpr(e *ast.Case) (plan.Expr, error) {
	var operand plan.Expr
	var err error
	if e.Operand != nil {
		if operand, err = x.expr(e.Operand); err != nil {
			return nil, err
		}
		// The operand is compared in every arm, so nested ones multiply.
		if len(e.Whens)*plan.Size(operand, maxCaseSize) >= maxCaseSize {
			return nil, ast.Errorf(ast.NotSupported, e.Operand.Span(), "Query is too large: CASE operands are nested too deep")
		}
	}
	var conds, results []plan.Expr
	var spans []ast.Span
	for _, w := range e.Whens {
		cond, err := x.when(operand, w.Cond)
		if err != nil {
			return nil, err
		}
		result, err := x.expr(w.Result)
		if err != nil {
			return nil, err
		}
		conds, results, spans = append(conds, cond), append(results, result), append(spans, w.Result.Span())
	}
	if e.Else != nil {
		otherwise, err := x.expr(e.Else)
		if err != nil {
			return nil, err
		}
		results, spans = append(results, otherwise), append(spans, e.Else.Span())
	}
	results, t, err := unify(x.strings(results), "All CASE results", spans)
	if err != nil {
		return nil, err
	}
	if e.Else == nil {
		results = append(results, &plan.Literal{Typ: t})
	}
	var args []plan.Expr
	for i, c := range conds {
		args = append(args, c, results[i])
	}
	return &plan.Special{Form: plan.Case, Args: append(args, results[len(results)-1]), Typ: t}, nil
}

// when binds the condition of one arm; with an operand that is a comparison.
func (x *exprBinder) when(operand plan.Expr, cond ast.Expr) (plan.Expr, error) {
	bound, err := x.expr(cond)
	if err != nil {
		return nil, err
	}
	if operand != nil {
		eq, err := x.compared("=", operand, bound, cond.Span())
		if err != nil {
			return nil, mismatch(cond.Span(), "CASE operand type does not match WHEN clause operand type: %s vs %s", operand.Type(), bound.Type())
		}
		return eq, nil
	}
	if !types.CanCoerce(bound.Type(), types.BooleanType) {
		return nil, mustBe(cond.Span(), "CASE WHEN clause", types.BooleanType, bound.Type())
	}
	return cast(bound, types.BooleanType), nil
}

func sameName(a, b string) bool { return a != "" && strings.EqualFold(a, b) }
