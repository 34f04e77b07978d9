package difftest

import (
	"regexp"
	"slices"
	"strings"

	"github.com/traillake/traillake/query/ast"
)

// verdict is what comparing two answers came to.
type verdict struct {
	kind verdictKind
	// what: the message of a refusal, or the kind of a difference.
	what string
}

type verdictKind int

const (
	equal       verdictKind = iota
	errorsAgree             // both failed for the same reason
	refused                 // we say that we do not support it
	peerRefused             // the peer does not support it, or failed itself
	different
)

// compare compares our answer with a peer's.
func compare(s *Statement, ours, theirs Answer) verdict {
	switch {
	case ours.refusal():
		return verdict{kind: refused}
	case ours.Err != nil && theirs.Err != nil && ours.Err.Code == theirs.Err.Code:
		return verdict{kind: errorsAgree}
	case theirs.Err != nil && (peerFault(theirs.Err.Code) || ours.Err == nil && peerOnly(theirs.Err)):
		return verdict{peerRefused, string(theirs.Err.Code) + ": " + shape(theirs.Err.Message)}
	case ours.Err != nil && theirs.Err != nil:
		return compareErrors(s, ours.Err, theirs.Err)
	case ours.Err != nil:
		return verdict{different, "only ours fails: " + string(ours.Err.Code) + ": " + shape(ours.Err.Message)}
	case theirs.Err != nil:
		return verdict{different, "only theirs fails: " + string(theirs.Err.Code) + ": " + shape(theirs.Err.Message)}
	case theirs.Types != nil && !slices.Equal(ours.Types, theirs.Types):
		return verdict{different, "types"}
	}
	if theirs.Types == nil {
		ours, theirs = loosely(ours, theirs)
	}
	if !equalRows(ours.Rows, theirs.Rows, s.Ordered) {
		return verdict{different, "rows"}
	}
	return verdict{kind: equal}
}

// refusal reports whether we say that we do not have what the statement asks
// for. What a value does not support, as an order of arrays with NULLs, has no
// place in the statement and is an error like others.
func (a Answer) refusal() bool {
	if a.Err == nil {
		return false
	}
	return a.Err.Code == ast.NotSupported && strings.HasPrefix(a.Err.Message, "line ") ||
		a.Err.Code == ast.FunctionNotFound && strings.HasSuffix(a.Err.Message, "not registered")
}

func compareErrors(s *Statement, ours, theirs *Failure) verdict {
	if shape(ours.Message) == shape(theirs.Message) {
		return verdict{kind: errorsAgree}
	}
	// Of several operations that fail, it is not determined which is the first.
	if s.Fallible && ours.running() && theirs.running() {
		return verdict{kind: errorsAgree}
	}
	return verdict{different, "errors: " + shape(ours.Message) + " / " + string(theirs.Code)}
}

// running reports whether the error is one of the data: it says nothing of
// whether the statement is right.
func (f *Failure) running() bool {
	switch f.Code {
	case ast.DivisionByZero, ast.InvalidCastArgument, ast.InvalidFunctionArgument, ast.NumericValueOutOfRange, ast.SubqueryMultipleRows:
		return true
	}
	return false
}

// peerFault reports errors that say that the peer cannot, not that the
// statement is wrong.
func peerFault(code ast.ErrorCode) bool {
	switch code {
	case ast.NotSupported, "GENERIC_INTERNAL_ERROR", "COMPILER_ERROR", "EXCEEDED_TIME_LIMIT", "EXCEEDED_LOCAL_MEMORY_LIMIT",
		"QUERY_HAS_TOO_MANY_STAGES", "EXPRESSION_TOO_LARGE", "STACK_OVERFLOW", "UNREADABLE", "OPTIMIZER_TIMEOUT":
		return true
	}
	return false
}

// columnOf matches the column named in a message.
var columnOf = regexp.MustCompile(`Column '[^']*'`)

// shape is a message without what differs from case to case: its place, the
// names of columns.
func shape(msg string) string {
	if _, rest, ok := strings.Cut(msg, ": "); ok && strings.HasPrefix(msg, "line ") {
		msg = rest
	}
	msg, _, _ = strings.Cut(msg, "\n")
	msg = columnOf.ReplaceAllString(msg, "Column")
	if len(msg) > 100 {
		msg = msg[:100] + "…"
	}
	return msg
}

// peerOnly reports whether a peer refuses, before it runs it, what we answer by
// design. Trino: NULL beside text, which it may take for an array, and a lambda
// whose result is not exactly of the type that is asked for. DuckDB: an aggregate
// of an outer query in a condition, and what fails inside its planner.
func peerOnly(e *Failure) bool {
	switch e.Code {
	case ast.AmbiguousFunctionCall:
		return true
	case ast.FunctionNotFound:
		return strings.Contains(e.Message, "<function>")
	case ast.TypeMismatch:
		return strings.Contains(e.Message, "Pattern for LIKE expression must evaluate to a varchar")
	}
	return strings.Contains(e.Message, "WHERE clause cannot contain aggregates") || strings.HasPrefix(string(e.Code), "InternalException")
}
