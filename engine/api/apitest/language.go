package apitest

import (
	"context"

	"github.com/traillake/traillake/engine"
)

// ValidateQuery answers one fault, one column and one store.
func (e *Engine) ValidateQuery(ctx context.Context, p engine.Principal, in engine.StatementInput) (*engine.Validation, error) {
	return reply(ctx, e, "ValidateQuery", p, in, func() *engine.Validation {
		return &engine.Validation{
			Errors: []engine.StatementError{{
				Message: "Column 'x' cannot be resolved. Did you mean 'y'?", Code: "COLUMN_NOT_FOUND", Hint: "Did you mean 'y'?",
				Line: 1, Column: 2, EndLine: 3, EndColumn: 4,
			}},
			Columns: []engine.StatementColumn{{Name: "eventName", Type: "varchar"}}, Stores: []string{StoreID}, Parameters: 5, QuotedParameters: 6,
		}
	})
}
