package bind

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// cast converts e to t, which it is known to convert into. Constants whose
// value does not change are retyped at once.
func cast(e plan.Expr, t types.Type) plan.Expr {
	if e.Type().Equal(t) {
		return e
	}
	l, ok := e.(*plan.Literal)
	if !ok {
		return &plan.Cast{Expr: e, Typ: t}
	}
	if l.Value == nil {
		return &plan.Literal{Typ: t}
	}
	from := l.Typ
	switch v := l.Value.(type) {
	case int64:
		if from.IsInteger() && t.IsInteger() && t.Kind >= from.Kind {
			return &plan.Literal{Value: v, Typ: t}
		}
		if from.IsInteger() && t.Kind == types.Double && from.Kind != types.BigInt {
			return &plan.Literal{Value: float64(v), Typ: t}
		}
		if from.Kind == types.Timestamp && t.Kind == types.Timestamp && t.Precision >= from.Precision {
			return &plan.Literal{Value: v, Typ: t}
		}
	case string:
		if from.Kind == types.Varchar && t.Kind == types.Varchar && (t.Length == types.Unbounded || t.Length >= utf8.RuneCountInString(v)) {
			return &plan.Literal{Value: v, Typ: t}
		}
	}
	return &plan.Cast{Expr: e, Typ: t}
}

// align gives two compared values the lake's own conversions, which Trino does
// not have: text compared with a time is read as one, and text compared with
// TRUE or FALSE is compared with the words.
func align(l, r plan.Expr) (plan.Expr, plan.Expr, error) {
	switch {
	case isTime(l.Type()) && r.Type().IsString():
		r, err := readTime(r, l.Type())
		return l, r, err
	case isTime(r.Type()) && l.Type().IsString():
		l, err := readTime(l, r.Type())
		return l, r, err
	case l.Type().IsString():
		return l, booleanWord(r), nil
	case r.Type().IsString():
		return booleanWord(l), r, nil
	}
	return l, r, nil
}

func isTime(t types.Type) bool {
	return t.Kind == types.Date || t.Kind == types.Timestamp || t.Kind == types.TimestampTZ
}

// readTime reads text as a value that compares with type t.
func readTime(text plan.Expr, t types.Type) (plan.Expr, error) {
	if t.Kind == types.Date {
		return &plan.Cast{Expr: text, Typ: types.DateType}, nil
	}
	return resolve("$lake_timestamp", []plan.Expr{text})
}

// booleanWord turns TRUE and FALSE into text; other expressions stay.
func booleanWord(e plan.Expr) plan.Expr {
	l, ok := e.(*plan.Literal)
	if !ok || l.Typ.Kind != types.Boolean || l.Value == nil {
		return e
	}
	word := "false"
	if l.Value.(bool) {
		word = "true"
	}
	return &plan.Literal{Value: word, Typ: types.VarcharType}
}

// resolve calls a function without lambda arguments.
func resolve(name string, args []plan.Expr) (plan.Expr, error) {
	f, err := function.Resolve(name, argTypes(args), nil)
	if err != nil {
		return nil, err
	}
	return apply(f, args), nil
}

func argTypes(args []plan.Expr) []function.Arg {
	out := make([]function.Arg, len(args))
	for i, a := range args {
		out[i] = function.Arg{Type: a.Type()}
	}
	return out
}

// apply casts the arguments to what the function takes.
func apply(f *function.Scalar, args []plan.Expr) plan.Expr {
	converted := make([]plan.Expr, len(args))
	for i, a := range args {
		converted[i] = cast(a, f.Args[i])
	}
	return &plan.Call{Function: f, Args: converted}
}

// operator applies a binary operator; types that do not fit are reported as
// Trino reports them.
func operator(op string, l, r plan.Expr, span ast.Span) (plan.Expr, error) {
	e, err := resolve(op, []plan.Expr{l, r})
	return e, at(err, span)
}

// compare applies a comparison, with the lake's conversions.
func compare(op string, l, r plan.Expr, span ast.Span) (plan.Expr, error) {
	al, ar, err := align(l, r)
	if err != nil {
		return nil, at(err, span)
	}
	e, err := resolve(op, []plan.Expr{al, ar})
	if err != nil {
		return nil, cannotCompare(op, l, r, span)
	}
	return e, nil
}

func cannotCompare(op string, l, r plan.Expr, span ast.Span) *ast.Error {
	if op[0] == '>' {
		op = "<" + op[1:] // Trino turns these around before it looks
	}
	err := mismatch(span, "Cannot apply operator: %s %s %s", l.Type(), op, r.Type())
	if op == "is distinct from" {
		err = mismatch(span, "Cannot check if %s is identical to %s", l.Type(), r.Type())
	}
	if l.Type().IsString() != r.Type().IsString() {
		err.Hint = "Convert one side with CAST(… AS …)"
	}
	return err
}

// comparisonOf resolves an operator on two values of one type, for the forms
// that compare by themselves.
func comparisonOf(op string, t types.Type, span ast.Span) (*function.Scalar, error) {
	f, err := function.Resolve(op, []function.Arg{{Type: t}, {Type: t}}, nil)
	if err != nil {
		return nil, mismatch(span, "Cannot apply operator: %s %s %s", t, op, t)
	}
	return f, nil
}

// common finds the type all expressions convert into. The second result names
// the first two types that do not go together when there is none.
func common(exprs []plan.Expr) (t types.Type, clash [2]types.Type, ok bool) {
	t = types.UnknownType
	for _, e := range exprs {
		super, fits := types.CommonSuperType(t, e.Type())
		if !fits {
			return types.Type{}, [2]types.Type{t, e.Type()}, false
		}
		t = super
	}
	return t, clash, true
}

// typeNames are the types of expressions, each once.
func typeNames(exprs []plan.Expr) []string {
	var names []string
	for _, e := range exprs {
		if name := function.TypeText(e.Type()); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// unify casts expressions to their common type. what is the start of the
// message when there is none: "All CASE results".
func unify(exprs []plan.Expr, what string, spans []ast.Span) ([]plan.Expr, types.Type, error) {
	t, clash, ok := common(exprs)
	if !ok {
		span := spans[0]
		for i, e := range exprs {
			if e.Type().Equal(clash[1]) {
				span = spans[min(i, len(spans)-1)]
				break
			}
		}
		return nil, t, mismatch(span, "%s must be the same type or coercible to a common type. Cannot find common type between %s and %s, all types (without duplicates): [%s]",
			what, clash[0], clash[1], strings.Join(typeNames(exprs), ", "))
	}
	out := make([]plan.Expr, len(exprs))
	for i, e := range exprs {
		out[i] = cast(e, t)
	}
	return out, t, nil
}
