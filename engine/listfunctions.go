package engine

import (
	"context"

	"github.com/traillake/traillake/query/function"
)

// Function tells of an SQL function.
type Function struct {
	Name string
	// Kind is scalar, aggregate, window, or form for what has a grammar of its own.
	Kind        string
	Signatures  []string // one for each overload, in Trino's notation of types
	Description string   // one line
}

// ListFunctions lists the SQL functions by name.
func (e *Engine) ListFunctions(context.Context, Principal) ([]Function, error) {
	all := function.Describe()
	out := make([]Function, len(all))
	for i, d := range all {
		out[i] = Function{Name: d.Name, Kind: d.Kind, Signatures: d.Signatures, Description: d.Text}
	}
	return out, nil
}
