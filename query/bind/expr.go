package bind

import (
	"slices"
	"strconv"
	"strings"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// exprBinder binds the expressions of one clause.
type exprBinder struct {
	*binder
	env    *env
	scope  *scope
	clause string   // for messages: "WHERE clause"
	whole  ast.Expr // what the clause holds, when that is one expression
	// found collects aggregates, window functions and subqueries; what of them
	// is not allowed here is refused.
	found      *findings
	aggregates bool   // allowed here
	windows    bool   // allowed here
	within     string // the aggregate around, if any
	withinSpan ast.Span
	windowPart string   // the part of a window call around, if any
	selectSpan ast.Span // of the SELECT
	// aliases are the output columns that ORDER BY sees before those of FROM.
	aliases []outputAlias
	lambdas *lambdaScope
	// windowDefs are the WINDOW clause of the SELECT.
	windowDefs []ast.WindowDef
}

// outputAlias is a named expression of the SELECT list.
type outputAlias struct {
	name string
	expr plan.Expr
}

// expr binds one expression.
func (x *exprBinder) expr(e ast.Expr) (plan.Expr, error) {
	if value, ok := x.placeholder(e); ok {
		return value, nil
	}
	switch e := e.(type) {
	case *ast.Literal:
		return literal(e)
	case *ast.Interval:
		return interval(e)
	case *ast.Name:
		return x.name(e)
	case *ast.Field:
		return x.field(e)
	case *ast.Subscript:
		return x.subscript(e)
	case *ast.Unary:
		return x.unary(e)
	case *ast.Binary:
		return x.binary(e)
	case *ast.IsNull:
		return x.isNull(e)
	case *ast.Between:
		return x.between(e)
	case *ast.InList:
		return x.inList(e)
	case *ast.Like:
		return x.like(e)
	case *ast.Case:
		return x.caseExpr(e)
	case *ast.Cast:
		return x.cast(e)
	case *ast.Extract:
		return x.extract(e)
	case *ast.AtTimeZone:
		return x.atTimeZone(e)
	case *ast.Call:
		return x.call(e)
	case *ast.Array:
		return x.array(e)
	case *ast.Row:
		return x.row(e)
	case *ast.InSubquery:
		return x.inSubquery(e)
	case *ast.Exists:
		return x.exists(e)
	case *ast.ScalarSubquery:
		return x.scalarSubquery(e)
	case *ast.Quantified:
		return x.quantified(e)
	case *ast.Lambda:
		return nil, ast.Errorf(ast.TypeMismatch, e.Span(), "Lambda expression should always be used inside a function")
	case *ast.Parameter:
		return nil, ast.Errorf(ast.InvalidArguments, e.Span(), "Incorrect number of parameters: parameter %d has no value", e.Index+1)
	}
	return nil, notSupported(e.Span(), "This expression")
}

// exprs binds a list.
func (x *exprBinder) exprs(list []ast.Expr) ([]plan.Expr, error) {
	out := make([]plan.Expr, len(list))
	for i, e := range list {
		bound, err := x.expr(e)
		if err != nil {
			return nil, err
		}
		out[i] = bound
	}
	return out, nil
}

// name looks a name up: lambda parameters first, then output columns where
// they are visible, then the columns of FROM.
func (x *exprBinder) name(e *ast.Name) (plan.Expr, error) {
	bound, err := x.find(e.Parts, e.Span())
	if bound == nil && err == nil {
		err = x.scope.unknown(e.Parts, e.Span())
	}
	if err != nil && x.lenient {
		return x.otherwise(e, err)
	}
	return bound, err
}

// find is name without an error for a name that means nothing: nil then.
func (x *exprBinder) find(parts []ast.Ident, span ast.Span) (plan.Expr, error) {
	if p := x.lambdas.find(parts[0].Name); p != nil {
		return fields(p, &path{parts: parts, span: span}, 1)
	}
	if len(x.aliases) > 0 {
		bound, err := x.alias(parts, span)
		if bound != nil || err != nil {
			return bound, err
		}
	}
	return x.scope.find(parts, span)
}

// alias finds an output column by its name; nil when there is none.
func (x *exprBinder) alias(parts []ast.Ident, span ast.Span) (plan.Expr, error) {
	var found plan.Expr
	for _, a := range x.aliases {
		if !sameName(a.name, parts[0].Name) {
			continue
		}
		if found != nil && !plan.Equal(found, a.expr) {
			return nil, ast.Errorf(ast.AmbiguousName, span, "Column '%s' is ambiguous", strings.ToLower(parts[0].Name))
		}
		found = a.expr
	}
	if found == nil {
		return nil, nil
	}
	if x.within != "" {
		// Inside an aggregate the name means the column of FROM, if that is the same.
		below, err := x.scope.resolve(parts, span)
		if err == nil && (len(parts) > 1 || plan.Equal(below, found)) {
			return below, nil
		}
		return nil, ast.Errorf(ast.ColumnNotFound, span, "Invalid reference to output projection attribute from ORDER BY aggregation")
	}
	if len(parts) > 1 && found.Type().Kind != types.Row {
		return nil, nil
	}
	return fields(found, &path{parts: parts, span: span}, 1)
}

func (x *exprBinder) field(e *ast.Field) (plan.Expr, error) {
	base, err := x.expr(e.Expr)
	if err != nil {
		return nil, err
	}
	if key := x.mapKey(base, e.Field.Name); key != nil {
		return key, nil
	}
	if n, named := e.Expr.(*ast.Name); named {
		return fields(base, &path{parts: append(slices.Clone(n.Parts), e.Field), span: e.Span()}, len(n.Parts))
	}
	return fields(base, &path{base: x.source(e.Expr), parts: []ast.Ident{e.Field}, span: e.Span()}, 0)
}

func (x *exprBinder) subscript(e *ast.Subscript) (plan.Expr, error) {
	base, err := x.expr(e.Expr)
	if err != nil {
		return nil, err
	}
	if base.Type().Kind == types.Row {
		return rowSubscript(base, e.Index)
	}
	index, err := x.expr(e.Index)
	if err != nil {
		return nil, err
	}
	out, err := resolve("[]", []plan.Expr{base, index})
	if below := keyMap(base); err != nil && below != nil {
		out, err = resolve("[]", []plan.Expr{below, index})
	}
	if err != nil {
		return nil, mismatch(e.Span(), "Cannot use %s for subscript of %s", index.Type(), base.Type())
	}
	return out, nil
}

func rowSubscript(base plan.Expr, index ast.Expr) (plan.Expr, error) {
	if u, ok := index.(*ast.Unary); ok && u.Op == "-" {
		if l, ok := u.Expr.(*ast.Literal); ok && l.Kind == ast.IntegerLiteral {
			return nil, ast.Errorf(ast.InvalidFunctionArgument, index.Span(), "Invalid subscript index: -%s. ROW indices start at 1", l.Text)
		}
	}
	l, ok := index.(*ast.Literal)
	if !ok || l.Kind != ast.IntegerLiteral {
		return nil, ast.Errorf(ast.InvalidArguments, index.Span(), "Subscript expression on ROW requires a constant index")
	}
	n, err := strconv.Atoi(l.Text)
	size := len(base.Type().Fields)
	if err != nil || n > size {
		return nil, ast.Errorf(ast.InvalidFunctionArgument, index.Span(), "Subscript index out of bounds: %s, max value is %d", l.Text, size)
	}
	if n < 1 {
		return nil, ast.Errorf(ast.InvalidFunctionArgument, index.Span(), "Invalid subscript index: %d. ROW indices start at 1", n)
	}
	return &plan.Field{Expr: base, Index: n - 1}, nil
}

func (x *exprBinder) cast(e *ast.Cast) (plan.Expr, error) {
	to, err := types.Parse(e.Type)
	if err != nil {
		return nil, typeError(err, e)
	}
	value, err := x.expr(e.Expr)
	if err != nil {
		return nil, err
	}
	from := value.Type()
	if from.Equal(to) {
		return value, nil
	}
	if err := castable(from, to, e.Span()); err != nil {
		if text := x.strings([]plan.Expr{value, &plan.Literal{Typ: types.VarcharType}})[0]; text != value && to.IsString() {
			return &plan.Cast{Expr: text, Typ: to, Try: e.Try}, nil
		}
		return nil, err
	}
	if l, ok := value.(*plan.Literal); ok && l.Value == nil {
		return &plan.Literal{Typ: to}, nil
	}
	return &plan.Cast{Expr: value, Typ: to, Try: e.Try}, nil
}

func (x *exprBinder) extract(e *ast.Extract) (plan.Expr, error) {
	i := slices.IndexFunc(extractFields, func(f extractField) bool { return f.name == strings.ToUpper(e.Field) })
	if i < 0 {
		names := make([]string, len(extractFields))
		for i, f := range extractFields {
			names[i] = f.name
		}
		return nil, ast.Errorf(ast.SyntaxError, e.Span(), "Invalid EXTRACT field %s, valid fields are: %s", e.Field, strings.Join(names, ", "))
	}
	value, err := x.expr(e.Expr)
	if err != nil {
		return nil, err
	}
	refused := mismatch(e.Expr.Span(), "Cannot extract %s from %s", extractFields[i].name, value.Type())
	if !slices.Contains(extractFields[i].from, value.Type().Kind) {
		return nil, refused
	}
	out, err := resolve(extractFields[i].function, []plan.Expr{value})
	if err != nil {
		return nil, refused
	}
	return out, nil
}

// extractField is a field of EXTRACT, the function that reads it, and of what.
type extractField struct {
	name, function string
	from           []types.Kind
}

// extractFields are in the order in which Trino lists them.
var extractFields = func() []extractField {
	dates := []types.Kind{types.Date, types.Timestamp, types.TimestampTZ}
	years := append(slices.Clone(dates), types.IntervalYearMonth)
	clocks := []types.Kind{types.Time, types.Timestamp, types.TimestampTZ, types.IntervalDaySecond}
	zones := []types.Kind{types.TimestampTZ}
	return []extractField{
		{"YEAR", "year", years}, {"QUARTER", "quarter", dates}, {"MONTH", "month", years}, {"WEEK", "week", dates},
		{"DAY", "day", append(slices.Clone(dates), types.IntervalDaySecond)}, {"DAY_OF_MONTH", "day", dates},
		{"DAY_OF_WEEK", "day_of_week", dates}, {"DOW", "day_of_week", dates},
		{"DAY_OF_YEAR", "day_of_year", dates}, {"DOY", "day_of_year", dates},
		{"YEAR_OF_WEEK", "year_of_week", dates}, {"YOW", "year_of_week", dates},
		{"HOUR", "hour", clocks}, {"MINUTE", "minute", clocks}, {"SECOND", "second", clocks},
		{"TIMEZONE_MINUTE", "timezone_minute", zones}, {"TIMEZONE_HOUR", "timezone_hour", zones},
	}
}()

func (x *exprBinder) atTimeZone(e *ast.AtTimeZone) (plan.Expr, error) {
	args, err := x.exprs([]ast.Expr{e.Expr, e.Zone})
	if err != nil {
		return nil, err
	}
	switch args[0].Type().Kind {
	case types.Timestamp, types.TimestampTZ:
	case types.Time:
		return nil, notSupported(e.Span(), "time with time zone")
	default:
		return nil, mismatch(e.Expr.Span(), "Type of value must be a time or timestamp with or without time zone (actual %s)", args[0].Type())
	}
	out, err := resolve("at_timezone", args)
	return out, at(err, e.Span())
}

func (x *exprBinder) array(e *ast.Array) (plan.Expr, error) {
	elems, err := x.exprs(e.Elems)
	if err != nil {
		return nil, err
	}
	elems, t, err := unify(elems, "All ARRAY elements", spansOf(e.Elems))
	if err != nil {
		return nil, err
	}
	return &plan.Special{Form: plan.MakeArray, Args: elems, Typ: types.ArrayOf(t)}, nil
}

func (x *exprBinder) row(e *ast.Row) (plan.Expr, error) {
	elems, err := x.exprs(e.Elems)
	if err != nil {
		return nil, err
	}
	fields := make([]types.Field, len(elems))
	for i, el := range elems {
		fields[i].Type = el.Type()
		if len(e.Names) > 0 && e.Names[i] != nil {
			// Trino keeps a name without quotes in upper case.
			if fields[i].Name = e.Names[i].Name; !e.Names[i].Quoted {
				fields[i].Name = strings.ToUpper(fields[i].Name)
			}
		}
	}
	return &plan.Special{Form: plan.MakeRow, Args: elems, Typ: types.RowOf(fields...)}, nil
}

func spansOf(exprs []ast.Expr) []ast.Span {
	out := make([]ast.Span, len(exprs))
	for i, e := range exprs {
		out[i] = e.Span()
	}
	return out
}

func spanOr(s, other ast.Span) ast.Span {
	if s.IsZero() {
		return other
	}
	return s
}
