package bind

import (
	"strings"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// jsonObject binds JSON_OBJECT.
func (x *exprBinder) jsonObject(e *ast.Call) (plan.Expr, error) {
	clauses := function.JSONMake{Absent: e.JSON.OnNull == "ABSENT", Unique: e.JSON.UniqueKeys}
	var args []plan.Expr
	for i := 0; i < len(e.Args); i += 2 {
		key, err := x.expr(e.Args[i])
		if err != nil {
			return nil, err
		}
		if x.lenient && !key.Type().IsString() {
			key = x.asText(key)
		}
		if !key.Type().IsString() {
			return nil, ast.Errorf(ast.InvalidFunctionArgument, ast.Place(e.Args[i]), "Invalid type of JSON object key: %s", function.TypeText(key.Type()))
		}
		value, err := x.jsonElement(e, i+1, "object value")
		if err != nil {
			return nil, err
		}
		clauses.JSON = append(clauses.JSON, jsonFormat(e, i+1) != "")
		args = append(args, cast(key, types.VarcharType), value)
	}
	return x.jsonMake(e, "$json_object", clauses, args)
}

// jsonArray binds JSON_ARRAY.
func (x *exprBinder) jsonArray(e *ast.Call) (plan.Expr, error) {
	clauses := function.JSONMake{Absent: e.JSON.OnNull != "NULL"}
	var args []plan.Expr
	for i := range e.Args {
		value, err := x.jsonElement(e, i, "array element")
		if err != nil {
			return nil, err
		}
		clauses.JSON = append(clauses.JSON, jsonFormat(e, i) != "")
		args = append(args, value)
	}
	return x.jsonMake(e, "$json_array", clauses, args)
}

// jsonElement binds a value of JSON_OBJECT or JSON_ARRAY.
func (x *exprBinder) jsonElement(e *ast.Call, i int, what string) (plan.Expr, error) {
	node := e.Args[i]
	if _, ok := node.(*ast.Lambda); ok {
		return nil, ast.Errorf(ast.NotSupported, node.Span(), "LambdaExpression is not supported as JSON %s", what)
	}
	value, err := x.expr(node)
	if err != nil {
		return nil, err
	}
	if format := jsonFormat(e, i); format != "" {
		if e.JSON.UniqueKeys {
			return nil, ast.Errorf(ast.NotSupported, e.Span(), "WITH UNIQUE KEYS behavior is not supported for JSON_OBJECT function when input expression has FORMAT")
		}
		return x.jsonInput(value, format, node)
	}
	name := "value passed to " + strings.ToUpper(e.Name.Name) + " function"
	err = jsonScalar(&value, e, node, name)
	if err != nil && x.lenient {
		if text := x.asText(value); text.Type().IsString() {
			return text, nil
		}
	}
	return value, err
}

func (x *exprBinder) jsonMake(e *ast.Call, name string, clauses function.JSONMake, args []plan.Expr) (plan.Expr, error) {
	text, err := resolve(name, append([]plan.Expr{textLiteral(clauses.Text())}, args...))
	if err != nil {
		return nil, at(err, e.Span())
	}
	return x.jsonOutput(e, text)
}
