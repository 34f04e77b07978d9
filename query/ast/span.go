// Package ast is the syntax tree of the lake's SQL: Trino's SELECT grammar,
// one node type per construct, each with the span of user text it came from.
//
// The tree is what the parser was asked, nothing more: names are not resolved,
// types are not known, and no node is shared. query/parse builds it,
// query/bind reads it.
package ast

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Span is a half-open byte range [Start, End) of the user's text.
// The zero Span means "no place known".
type Span struct {
	Start, End int
}

// IsZero reports whether the span names no place.
func (s Span) IsZero() bool { return s == Span{} }

// Union returns the smallest span that covers both; a zero span adds nothing.
func (s Span) Union(o Span) Span {
	switch {
	case s.IsZero():
		return o
	case o.IsZero():
		return s
	}
	return Span{Start: min(s.Start, o.Start), End: max(s.End, o.End)}
}

// ErrorCode is Trino's name of the kind of a user error, such as SYNTAX_ERROR
// (https://trino.io/docs/current/develop/spi-overview.html, StandardErrorCode).
type ErrorCode string

// The codes the pipeline uses.
const (
	SyntaxError             ErrorCode = "SYNTAX_ERROR"
	NotSupported            ErrorCode = "NOT_SUPPORTED"
	ColumnNotFound          ErrorCode = "COLUMN_NOT_FOUND"
	AmbiguousName           ErrorCode = "AMBIGUOUS_NAME"
	TableNotFound           ErrorCode = "TABLE_NOT_FOUND"
	SchemaNotFound          ErrorCode = "SCHEMA_NOT_FOUND"
	CatalogNotFound         ErrorCode = "CATALOG_NOT_FOUND"
	FunctionNotFound        ErrorCode = "FUNCTION_NOT_FOUND"
	AmbiguousFunctionCall   ErrorCode = "AMBIGUOUS_FUNCTION_CALL"
	TypeMismatch            ErrorCode = "TYPE_MISMATCH"
	ExpressionNotAggregate  ErrorCode = "EXPRESSION_NOT_AGGREGATE"
	InvalidArguments        ErrorCode = "INVALID_ARGUMENTS"
	InvalidLiteral          ErrorCode = "INVALID_LITERAL"
	DivisionByZero          ErrorCode = "DIVISION_BY_ZERO"
	InvalidCastArgument     ErrorCode = "INVALID_CAST_ARGUMENT"
	InvalidFunctionArgument ErrorCode = "INVALID_FUNCTION_ARGUMENT"
	NumericValueOutOfRange  ErrorCode = "NUMERIC_VALUE_OUT_OF_RANGE"
	ExceededMemoryLimit     ErrorCode = "EXCEEDED_LOCAL_MEMORY_LIMIT"
	SubqueryMultipleRows    ErrorCode = "SUBQUERY_MULTIPLE_ROWS"
	InvalidParameterUsage   ErrorCode = "INVALID_PARAMETER_USAGE"
)

// Error is a fault in the user's statement or in the data it touched, worded
// as Trino words it. Span is zero for run-time errors without a place.
type Error struct {
	Code ErrorCode
	Msg  string // without position, as in "Column 'x' cannot be resolved"
	Hint string // what would work; may be empty
	Span Span
	Text string // the user's whole statement; set by query.Compile
}

// Errorf makes an Error at a span.
func Errorf(code ErrorCode, span Span, format string, args ...any) *Error {
	return &Error{Code: code, Span: span, Msg: fmt.Sprintf(format, args...)}
}

// Position returns the 1-based line and column (in code points) of the span's start.
func (e *Error) Position() (line, column int) {
	if e.Span.IsZero() || e.Text == "" {
		return 0, 0
	}
	return LineColumn(e.Text, e.Span.Start)
}

// LineColumn returns the 1-based line and column (in code points) of a byte
// offset in a text; one behind the text is its end.
func LineColumn(text string, offset int) (line, column int) {
	head := text[:min(offset, len(text))]
	line = strings.Count(head, "\n") + 1
	return line, utf8.RuneCountInString(head[strings.LastIndexByte(head, '\n')+1:]) + 1
}

// Error is Trino's one-line form: "line 1:8: Column 'x' cannot be resolved".
func (e *Error) Error() string {
	msg := e.Msg
	if e.Hint != "" {
		msg += ". " + e.Hint
	}
	if line, col := e.Position(); line > 0 {
		return fmt.Sprintf("line %d:%d: %s", line, col, msg)
	}
	return msg
}

// Caret returns the source line of the error with a caret line under it, or ""
// when the error has no place.
func (e *Error) Caret() string {
	line, col := e.Position()
	if line == 0 {
		return ""
	}
	src := strings.Split(e.Text, "\n")[line-1]
	return strings.TrimRight(src, "\r") + "\n" + strings.Repeat(" ", col-1) + "^"
}
