package function

import "github.com/traillake/traillake/query/ast"

// fault makes a user error without a place; the binder or the executor adds it.
func fault(code ast.ErrorCode, format string, args ...any) error {
	return ast.Errorf(code, ast.Span{}, format, args...)
}

func invalidArgument(format string, args ...any) error {
	return fault(ast.InvalidFunctionArgument, format, args...)
}

func outOfRange(format string, args ...any) error {
	return fault(ast.NumericValueOutOfRange, format, args...)
}

func badCast(format string, args ...any) error {
	return fault(ast.InvalidCastArgument, format, args...)
}

var errDivisionByZero = fault(ast.DivisionByZero, "Division by zero")
