package function

import (
	"fmt"
	"slices"
	"strings"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/types"
)

// notRegistered is the error for a name that is no function of ours.
func notRegistered(name string) error {
	if err := unsupported(name); err != nil {
		return err
	}
	err := ast.Errorf(ast.FunctionNotFound, ast.Span{}, "Function '%s' not registered", name)
	if near := nearest(name, functions().names); near != "" {
		err.Hint = "Did you mean " + near + "?"
	}
	return err
}

// LambdaArity is the error for a lambda with another number of parameters than
// the only function of that many arguments hands to it.
type LambdaArity struct{ Arg, Want, Got int }

// Error is worded as Trino words it.
func (e *LambdaArity) Error() string {
	return fmt.Sprintf("Expected a lambda that takes %d argument(s) but got %d", e.Want, e.Got)
}

// lambdaArity finds a lambda that does not fit, when it is clear what would.
func lambdaArity[E any](found []overload[E], args []Arg) error {
	if len(found) != 1 || len(found[0].sig.args) != len(args) {
		return nil
	}
	for i, p := range found[0].sig.args {
		want := len(p.params) - 1
		if got := args[i].LambdaParams; p.kind == types.Function && got > 0 && got != want {
			return &LambdaArity{i, want, got}
		}
	}
	return nil
}

// mismatch is the error for arguments that no overload takes, worded for operators and functions.
func mismatch[E any](name string, found []overload[E], args []Arg) error {
	if err := lambdaArity(found, args); err != nil {
		return err
	}
	texts := make([]string, len(args))
	for i, a := range args {
		texts[i] = TypeText(a.Type)
	}
	fail := func(format string, args ...any) error {
		return ast.Errorf(ast.TypeMismatch, ast.Span{}, format, args...)
	}
	if name == "||" { // Trino calls concat, and says so
		if concat, ok := any(functions().scalars["concat"]).([]overload[E]); ok {
			name, found = "concat", concat
		}
	}
	untyped := !slices.ContainsFunc(args, func(a Arg) bool { return a.Type.Kind != types.Unknown })
	switch {
	case untyped && (name == "negate" || isOperator(name)):
		return fault(ast.AmbiguousFunctionCall, "Could not choose a best candidate operator. Explicit type casts must be added.")
	case name == "negate" && len(args) == 1:
		return fail("Cannot negate %s", texts[0])
	case name == "[]" && len(args) == 2:
		return fail("Cannot use %s for subscript of %s", texts[1], texts[0])
	case name == "like":
		return fail("%s", likeMismatch(args))
	case isOperator(name) && len(args) == 2:
		return fail("Cannot apply operator: %s %s %s", texts[0], strings.ToUpper(name), texts[1])
	}
	for i, a := range args {
		texts[i] = signatureText(a.Type)
		if a.LambdaParams > 0 {
			texts[i] = "<function>"
		}
	}
	expected := make([]string, len(found))
	for i, o := range found {
		expected[i] = o.sig.expected()
	}
	slices.Sort(expected)
	expected = slices.Compact(expected)
	err := ast.Errorf(ast.FunctionNotFound, ast.Span{}, "Unexpected parameters (%s) for function %s. Expected: %s",
		strings.Join(texts, ", "), name, strings.Join(expected, ", "))
	return err
}

// ambiguous is the error for arguments that several overloads take equally well.
func ambiguous[E any](best []match[E], args []Arg) error {
	actual := make([]types.Type, len(args))
	for i, a := range args {
		actual[i] = a.Type
	}
	var b strings.Builder
	for _, m := range best {
		fmt.Fprintf(&b, "\t * (%s):%s\n", signatureTexts(m.want, ","), signatureText(m.result))
	}
	return fault(ast.AmbiguousFunctionCall, "Could not choose a best candidate operator. Explicit type casts must be added.\nActual types: (%s)\nCandidates are:\n%s",
		signatureTexts(actual, ", "), b.String())
}

// signatureText is a type as Trino's messages about functions show it: without
// blanks between parameters, names of row fields quoted.
func signatureText(t types.Type) string { return typeText(t, ",") }

// TypeText is a type as Trino's messages show it: with the names of row fields quoted.
func TypeText(t types.Type) string { return typeText(t, ", ") }

// typeText is a type with the names of row fields quoted.
func typeText(t types.Type, comma string) string {
	switch t.Kind {
	case types.Array:
		return "array(" + typeText(*t.Elem, comma) + ")"
	case types.Map:
		return "map(" + typeText(*t.Key, comma) + comma + typeText(*t.Elem, comma) + ")"
	case types.Row:
		parts := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			parts[i] = typeText(f.Type, comma)
			if f.Name != "" {
				parts[i] = `"` + strings.ReplaceAll(f.Name, `"`, `""`) + `" ` + parts[i]
			}
		}
		return "row(" + strings.Join(parts, comma) + ")"
	}
	return t.String()
}

func signatureTexts(ts []types.Type, comma string) string {
	parts := make([]string, len(ts))
	for i, t := range ts {
		parts[i] = signatureText(t)
	}
	return strings.Join(parts, comma)
}

func likeMismatch(args []Arg) string {
	words := []string{"Left side of LIKE expression", "Pattern for LIKE expression", "Escape for LIKE expression"}
	for i, a := range args {
		if !a.Type.IsString() && a.Type.Kind != types.Unknown && i < len(words) {
			return words[i] + " must evaluate to a varchar (actual: " + a.Type.String() + ")"
		}
	}
	return "LIKE takes a value, a pattern and an escape"
}

func isOperator(name string) bool {
	return strings.ContainsAny(name, "=<>+-*/%|") || name == "is distinct from"
}
