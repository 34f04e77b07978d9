package auth

import (
	"fmt"
	"net/http"
)

// Kind is why a call was not let in, in AWS's words.
type Kind string

// The kinds.
const (
	MissingAuthenticationToken Kind = "MissingAuthenticationToken"
	IncompleteSignature        Kind = "IncompleteSignature"
	InvalidSignature           Kind = "InvalidSignatureException"
	UnrecognizedClient         Kind = "UnrecognizedClientException"
)

// Kinds lists every kind, so that a front can be held to answer all of them.
func Kinds() []Kind {
	return []Kind{MissingAuthenticationToken, IncompleteSignature, InvalidSignature, UnrecognizedClient}
}

// Error says why a call was not let in. Its message holds no secret: it may be
// answered to the caller as it is.
type Error struct {
	Kind    Kind
	Message string
}

// Error implements error.
func (e *Error) Error() string { return string(e.Kind) + ": " + e.Message }

// AWSStatus is the HTTP status that AWS answers with.
func (e *Error) AWSStatus() int { return http.StatusForbidden }

func newError(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

func errMissing() *Error {
	return newError(MissingAuthenticationToken, "Missing Authentication Token")
}
