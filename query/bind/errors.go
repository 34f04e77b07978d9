package bind

import (
	"errors"
	"fmt"
	"strings"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// TableError is an error of the catalog with the place of the table it is about.
type TableError struct {
	Span ast.Span
	Err  error
}

// Error is the catalog's own.
func (e *TableError) Error() string { return e.Err.Error() }

// Unwrap returns the catalog's error.
func (e *TableError) Unwrap() error { return e.Err }

// placed gives an error of the catalog its place; a user's fault has one.
func placed(err error, span ast.Span) error {
	var user *ast.Error
	if errors.As(err, &user) {
		return err
	}
	return &TableError{Span: span, Err: err}
}

// notSupported refuses a construct by name: "FULL JOIN is not supported".
func notSupported(span ast.Span, what string) *ast.Error {
	return ast.Errorf(ast.NotSupported, span, "%s is not supported", what)
}

// mismatch is an error about types, which it shows as Trino does.
func mismatch(span ast.Span, format string, args ...any) *ast.Error {
	for i, a := range args {
		if t, ok := a.(types.Type); ok {
			args[i] = function.TypeText(t)
		}
	}
	return ast.Errorf(ast.TypeMismatch, span, format, args...)
}

// typeError is the error for a cast to what types.Parse does not take as a type.
func typeError(err error, e *ast.Cast) error {
	span := spanOr(e.TypePos, e.Span())
	switch {
	case errors.Is(err, types.ErrNotSupported):
		return ast.Errorf(ast.NotSupported, span, "%v", err)
	case strings.HasPrefix(err.Error(), "Unknown type"):
		return ast.Errorf(ast.TypeMismatch, e.Span(), "Unknown type: %s", e.Type)
	}
	return ast.Errorf(ast.InvalidFunctionArgument, span, "%v", err)
}

// at gives an error of the function library its place; errors that already
// have one keep it.
func at(err error, span ast.Span) error {
	var e *ast.Error
	if !errors.As(err, &e) || !e.Span.IsZero() {
		return err
	}
	placed := *e
	placed.Span = span
	return &placed
}

// source is the user's text of a node, or "" when the text is not known.
func (b *binder) source(n ast.Node) string {
	s := n.Span()
	if s.Start < 0 || s.End > len(b.text) || s.Start >= s.End {
		return ""
	}
	return b.text[s.Start:s.End]
}

// display is the user's text of a node on one line, or another text when it is
// not known.
func (b *binder) display(n ast.Node, otherwise string) string {
	if text := b.source(n); text != "" {
		return strings.Join(strings.Fields(text), " ")
	}
	return otherwise
}

// mustBe reports a value of the wrong type in Trino's words.
func mustBe(span ast.Span, what string, want, got types.Type) *ast.Error {
	return mismatch(span, "%s must evaluate to a %s (actual: %s)", what, want, got)
}

// condition casts a clause's expression to boolean or refuses it.
func condition(e plan.Expr, clause string, span ast.Span) (plan.Expr, error) {
	if !types.CanCoerce(e.Type(), types.BooleanType) {
		return nil, mismatch(span, "%s must evaluate to a boolean: actual type %s", clause, e.Type())
	}
	return cast(e, types.BooleanType), nil
}

// nearest returns the candidate that a typing error would most likely have
// meant, or "".
func nearest(name string, candidates []string) string {
	best, bestDistance := "", min(max(1, len(name)/3)+1, len(name))
	for _, c := range candidates {
		if d := function.EditDistance(strings.ToLower(name), strings.ToLower(c), bestDistance); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

func didYouMean(name string, candidates []string) string {
	if n := nearest(name, candidates); n != "" {
		return fmt.Sprintf("Did you mean '%s'?", n)
	}
	return ""
}

// outputName is the name a result column is shown under.
func outputName(name string, position int) string {
	if name == "" {
		return fmt.Sprintf("_col%d", position)
	}
	return name
}
