package bind

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/function/jsonpath"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// jsonCall binds JSON_EXISTS, JSON_QUERY and JSON_VALUE. DEFAULT is a CASE, so
// that its expression is computed only for the rows that need it:
//
//	JSON_VALUE(x, 'lax $.a' DEFAULT d ON EMPTY)
//	→ CASE WHEN $json_state(x, …) = 1 THEN d ELSE $json_value(x, …) END
func (x *exprBinder) jsonCall(e *ast.Call, name string) (plan.Expr, error) {
	for _, a := range e.Args {
		if _, ok := a.(*ast.Lambda); ok {
			return nil, ast.Errorf(ast.NotSupported, a.Span(), "LambdaExpression is not supported as JSON path parameter")
		}
	}
	args, err := x.exprs(e.Args)
	if err != nil {
		return nil, err
	}
	if args[0], err = x.jsonInput(args[0], orJSON(e.JSON.Formats[0]), e.Args[0]); err != nil {
		return nil, err
	}
	clauses, err := x.jsonClauses(e, args)
	if err != nil {
		return nil, err
	}
	passed := args[2 : 2+len(e.JSON.Passing)]
	call := []plan.Expr{args[0], args[1], textLiteral(clauses.Text())}
	switch name {
	case "json_exists":
		out, err := resolve("$json_exists", append(call, passed...))
		return out, at(err, e.Span())
	case "json_query":
		out, err := resolve("$json_query", append(call, passed...))
		if err != nil {
			return nil, at(err, e.Span())
		}
		return x.jsonOutput(e, out)
	}
	t, err := x.jsonReturns(e)
	if err != nil {
		return nil, err
	}
	switch t.Kind {
	case types.JSON, types.Array, types.Map, types.Row, types.Varbinary, types.UUID, types.IPAddress, types.IntervalDaySecond, types.IntervalYearMonth:
		return nil, mismatch(e.Span(), "Invalid return type of function JSON_VALUE: %s", t)
	}
	call = append(append(call, &plan.Literal{Typ: t}), passed...)
	return x.jsonValue(e, call, args[2+len(passed):], t)
}

func textLiteral(text string) plan.Expr {
	return &plan.Literal{Value: text, Typ: types.VarcharType}
}

// jsonInput is a value that is read as JSON text.
func (x *exprBinder) jsonInput(e plan.Expr, format ast.JSONFormat, node ast.Expr) (plan.Expr, error) {
	if x.lenient && !e.Type().IsString() && e.Type().Kind != types.Varbinary {
		e = x.asText(e)
	}
	switch kind := e.Type().Kind; {
	case format == "JSON" && (e.Type().IsString() || kind == types.Unknown):
		return cast(e, types.VarcharType), nil
	case kind == types.Varbinary, kind == types.Unknown:
		return resolve("$json_decode", []plan.Expr{cast(e, types.VarbinaryType), textLiteral(string(format))})
	}
	return nil, mismatch(ast.Place(node), "Cannot read input of type %s as JSON using formatting %s", e.Type(), format)
}

// jsonOutput turns JSON text into the type after RETURNING.
func (x *exprBinder) jsonOutput(e *ast.Call, text plan.Expr) (plan.Expr, error) {
	t, err := x.jsonReturns(e)
	if err != nil {
		return nil, err
	}
	format := orJSON(e.JSON.ReturningFormat)
	switch {
	case format == "JSON" && t.IsString():
		return cast(text, t), nil
	case t.Kind == types.Varbinary:
		return resolve("$json_encode", []plan.Expr{text, textLiteral(string(format))})
	}
	return nil, mismatch(e.Span(), "Cannot output JSON value as %s using formatting %s", t, format)
}

// jsonFormat is the FORMAT of an argument: JSON, also unwritten, where that makes JSON itself.
func jsonFormat(e *ast.Call, i int) ast.JSONFormat {
	if made, ok := e.Args[i].(*ast.Call); ok && made.JSON != nil && e.JSON.Formats[i] == "" {
		switch strings.ToLower(made.Name.Name) {
		case "json_query", "json_object", "json_array":
			return "JSON"
		}
	}
	return e.JSON.Formats[i]
}

// orJSON is the format of what has JSON's unless it says otherwise.
func orJSON(f ast.JSONFormat) ast.JSONFormat {
	if f == "" {
		return "JSON"
	}
	return f
}

// jsonReturns is the type after RETURNING.
func (x *exprBinder) jsonReturns(e *ast.Call) (types.Type, error) {
	if e.JSON.Returning == "" {
		return types.VarcharType, nil
	}
	t, err := types.Parse(e.JSON.Returning)
	if err != nil {
		return t, typeError(err, &ast.Cast{At: e.At, Type: e.JSON.Returning, TypePos: e.JSON.ReturningPos})
	}
	return t, nil
}

// jsonClauses checks the path and what is passed to it.
func (x *exprBinder) jsonClauses(e *ast.Call, args []plan.Expr) (function.JSONClauses, error) {
	c := function.JSONClauses{
		OnEmpty: e.JSON.OnEmpty, OnError: e.JSON.OnError,
		Wrapper: e.JSON.Wrapper == "WITH", Conditional: e.JSON.Wrapper == "WITH CONDITIONAL", OmitQuotes: e.JSON.Quotes == "OMIT",
	}
	if c.Wrapper && e.JSON.Quotes != "" {
		return c, ast.Errorf(ast.InvalidFunctionArgument, e.Span(), "%s QUOTES behavior specified with WITH UNCONDITIONAL ARRAY WRAPPER behavior", e.JSON.Quotes)
	}
	known := map[string]bool{}
	for i, p := range e.JSON.Passing {
		name := p.Name
		if !p.Quoted {
			name = strings.ToUpper(name)
		}
		if known[name] {
			return c, ast.Errorf(ast.InvalidFunctionArgument, p.Pos, "%s JSON path parameter is specified more than once", name)
		}
		known[name] = true
		format := jsonFormat(e, 2+i)
		c.Passing = append(c.Passing, function.JSONPassed{Name: name, JSON: format != ""})
		if err := x.jsonPassed(&args[2+i], format, e, e.Args[2+i]); err != nil {
			return c, err
		}
	}
	path := e.Args[1].(*ast.Literal)
	names, err := function.JSONPath(path.Text)
	var fault *jsonpath.Error
	if errors.As(err, &fault) {
		place := pathPlace(path, fault.At)
		syntax := ast.Errorf(ast.SyntaxError, place, "%s", fault.Msg)
		if strings.Contains(fault.Msg, "'lax'") {
			syntax.Hint = "A path begins with lax or strict."
		}
		return c, syntax
	}
	for _, name := range names {
		if known[name] {
			continue
		}
		err := ast.Errorf(ast.InvalidPath, path.Span(), "no value passed for parameter %s", name)
		if slices.ContainsFunc(e.JSON.Passing, func(p ast.Ident) bool { return strings.EqualFold(p.Name, name) }) {
			err.Msg += `. Try quoting "` + name + `" in the PASSING clause to match case`
		}
		return c, err
	}
	args[1] = textLiteral(path.Text)
	return c, nil
}

// pathPlace is a place in the text of a path.
func pathPlace(path *ast.Literal, at int) ast.Span {
	span := path.Span()
	bytes := len(string([]rune(path.Text)[:min(at, utf8.RuneCountInString(path.Text))]))
	start := min(span.Start+1+bytes, span.End-1)
	return ast.Span{Start: start, End: min(start+1, span.End)}
}

// jsonPassed casts a value to a type that paths know.
func (x *exprBinder) jsonPassed(e *plan.Expr, format ast.JSONFormat, call *ast.Call, node ast.Expr) error {
	if format != "" {
		in, err := x.jsonInput(*e, format, node)
		*e = in
		return err
	}
	if t := (*e).Type(); isTime(t) || t.Kind == types.Time {
		return notSupported(node.Span(), "PASSING a value of type "+(*e).Type().String())
	}
	return jsonScalar(e, call, node, "JSON path parameter")
}

// jsonScalar is a value that JSON can hold: what is no number, boolean or text is
// cast to varchar. What names the use in messages.
func jsonScalar(e *plan.Expr, call *ast.Call, node ast.Expr, what string) error {
	t := (*e).Type()
	switch {
	case t.IsString(), t.IsNumeric(), t.Kind == types.Boolean, t.Kind == types.Unknown:
		return nil
	case t.Kind == types.Varbinary:
		return ast.Errorf(ast.NotSupported, ast.Place(node), "Unsupported type of %s: %s", what, function.TypeText(t))
	case castable(t, types.VarcharType, call.Span()) != nil:
		return ast.Errorf(ast.NotSupported, call.Span(), "Unsupported type of %s: %s", what, function.TypeText(t))
	}
	*e = cast(*e, types.VarcharType)
	return nil
}

// jsonValue applies the behaviors of JSON_VALUE.
func (x *exprBinder) jsonValue(e *ast.Call, call, defaults []plan.Expr, t types.Type) (plan.Expr, error) {
	value, err := resolve("$json_value", call)
	if err != nil {
		return nil, at(err, e.Span())
	}
	if len(defaults) == 0 {
		return value, nil
	}
	state, err := resolve("$json_state", call)
	if err != nil {
		return nil, at(err, e.Span())
	}
	var args []plan.Expr
	behaviors := []string{e.JSON.OnEmpty, e.JSON.OnError}
	exprs := e.Args[2+len(e.JSON.Passing):]
	for i, b := range behaviors {
		if b != "DEFAULT" {
			continue
		}
		if from := defaults[0].Type(); castable(from, t, e.Span()) != nil {
			return nil, mismatch(exprs[0].Span(), "Function JSON_VALUE default %s result must evaluate to a %s (actual: %s)", []string{"ON EMPTY", "ON ERROR"}[i], t, from)
		}
		is, err := compare("=", state, &plan.Literal{Value: int64(i + 1), Typ: types.BigIntType}, e.Span())
		if err != nil {
			return nil, err
		}
		otherwise := cast(defaults[0], t)
		if !types.CanCoerce(defaults[0].Type(), t) {
			otherwise = &plan.Cast{Expr: defaults[0], Typ: t, Try: true} // what cannot be cast is as an error
		}
		args = append(args, is, otherwise)
		defaults, exprs = defaults[1:], exprs[1:]
	}
	return &plan.Special{Form: plan.Case, Typ: t, Args: append(args, value)}, nil
}
