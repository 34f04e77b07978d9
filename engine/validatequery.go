package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/traillake/traillake/query"
	"github.com/traillake/traillake/query/ast"
)

// StatementInput is a statement to look at without running it, and its parameters.
type StatementInput struct {
	Statement  string
	Parameters []string
}

// StatementError is a fault of a statement. Lines and columns count from 1,
// columns in code points, in the statement without its parameters; 0: no place.
// The end is behind the last character.
type StatementError struct {
	Message string // what is wrong, and Hint
	// Code is Trino's name of the kind of fault, or the Code of a fault of a store.
	Code                             string
	Hint                             string // what would work; may be empty
	Line, Column, EndLine, EndColumn int
}

// StatementColumn is a column of a result; Type is in Trino's notation.
type StatementColumn struct{ Name, Type string }

// Validation is what ValidateQuery finds. Columns and Stores are empty when there
// are Errors.
type Validation struct {
	Errors  []StatementError
	Columns []StatementColumn
	Stores  []string // ids of the stores the statement reads
	// Parameters counts the ? that parameters replace, QuotedParameters those of
	// them inside quotes, which stay as they are when no parameters are given.
	Parameters, QuotedParameters int
}

// ValidateQuery tells what is wrong with a statement, or else what its result
// would have. Without parameters, a ? fits everywhere. Nothing is run: it costs as
// much as parsing. Faults of the statement are in the answer; the error is for
// what is no statement at all (InvalidParameter).
func (e *Engine) ValidateQuery(ctx context.Context, _ Principal, in StatementInput) (*Validation, error) {
	if err := checkStatement(in, 0); err != nil {
		return nil, err
	}
	now := e.opts.Now().UTC()
	catalog := e.newCatalog(now)
	defer catalog.release()
	v := &Validation{}
	v.Parameters, v.QuotedParameters = query.Parameters(in.Statement)
	checked, err := query.Check(ctx, in.Statement, in.Parameters, catalog, query.Options{Now: now})
	if err != nil {
		fault, err := statementError(in.Statement, err)
		if err != nil {
			return nil, err
		}
		v.Errors = []StatementError{fault}
		return v, nil
	}
	for _, c := range checked.Columns {
		v.Columns = append(v.Columns, StatementColumn{Name: c.Name, Type: c.Type.String()})
	}
	v.Stores = catalog.stores()
	return v, nil
}

// checkStatement holds a statement of at least so many characters and its
// parameters against the limits of StartQuery.
func checkStatement(in StatementInput, least int) error {
	if err := checkText("QueryStatement", in.Statement, least, 10000, nil); err != nil {
		return err
	}
	if len(in.Parameters) > 10 {
		return Errorf(InvalidParameter, "%d QueryParameters: at most 10", len(in.Parameters))
	}
	for i, p := range in.Parameters {
		if err := checkText(fmt.Sprintf("QueryParameters[%d]", i), p, 1, 1024, nil); err != nil {
			return err
		}
	}
	return nil
}

// statementError places a fault of a statement in it. What is no fault of the
// statement is the error.
func statementError(statement string, err error) (StatementError, error) {
	var out StatementError
	var user *ast.Error
	var known *Error
	switch {
	case errors.As(err, &user):
		out = StatementError{Code: string(user.Code), Message: user.Msg, Hint: user.Hint}
		if user.Hint != "" {
			out.Message += ". " + user.Hint
		}
	case errors.As(err, &known) && known.Code != Internal:
		out = StatementError{Code: string(known.Code), Message: known.Message}
	default:
		return out, internal(err)
	}
	if span := query.Place(err); !span.IsZero() {
		out.Line, out.Column = ast.LineColumn(statement, span.Start)
		out.EndLine, out.EndColumn = ast.LineColumn(statement, max(span.End, span.Start))
	}
	return out, nil
}
