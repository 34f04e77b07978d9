package apitest

import (
	"context"
	"time"

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

// EstimateQuery answers six figures.
func (e *Engine) EstimateQuery(ctx context.Context, p engine.Principal, in engine.StatementInput) (*engine.Estimate, error) {
	return reply(ctx, e, "EstimateQuery", p, in, func() *engine.Estimate {
		return &engine.Estimate{Segments: 1, SegmentsPruned: 2, RowGroups: 3, RowGroupsPruned: 4, Rows: 5, Bytes: 6}
	})
}

// ListFunctions answers one function.
func (e *Engine) ListFunctions(ctx context.Context, p engine.Principal) ([]engine.Function, error) {
	if err := e.asked(ctx, "ListFunctions", p, nil); err != nil {
		return nil, err
	}
	return []engine.Function{{Name: "f", Kind: "scalar", Signatures: []string{"f() -> T"}, Description: "told"}}, nil
}

// ListEventDataStoreColumns answers one column.
func (e *Engine) ListEventDataStoreColumns(ctx context.Context, p engine.Principal, id string) ([]engine.StoreColumn, error) {
	if err := e.asked(ctx, "ListEventDataStoreColumns", p, id); err != nil {
		return nil, err
	}
	return []engine.StoreColumn{{Path: "a.b", Type: "map(varchar, varchar)", Hidden: true, Keys: true, Synonym: "c"}}, nil
}

// ListEventDataStoreValues answers one value.
func (e *Engine) ListEventDataStoreValues(ctx context.Context, p engine.Principal, in engine.ListValuesInput) (*engine.StoreValues, error) {
	return reply(ctx, e, "ListEventDataStoreValues", p, in, func() *engine.StoreValues {
		return &engine.StoreValues{Values: []engine.StoreValue{{Value: "ConsoleLogin", Count: 7}}, Events: 8, Complete: true}
	})
}

// EditQuery answers a statement.
func (e *Engine) EditQuery(ctx context.Context, p engine.Principal, in engine.EditQueryInput) (string, error) {
	return "SELECT 7", e.asked(ctx, "EditQuery", p, in)
}

// ExplainQuery answers a plan of two nodes.
func (e *Engine) ExplainQuery(ctx context.Context, p engine.Principal, in engine.ExplainQueryInput) (*engine.Explanation, error) {
	return reply(ctx, e, "ExplainQuery", p, in, func() *engine.Explanation {
		scan := &engine.PlanNode{Name: "Scan", Scan: &engine.ScanFigures{Segments: 1, SegmentsPruned: 2, RowGroups: 3, RowGroupsPruned: 4, Rows: 5, Bytes: 6}}
		return &engine.Explanation{Root: &engine.PlanNode{
			Name: "Filter", Detail: "a = 1", Rows: 11, Batches: 12, Bytes: 13, Time: 14 * time.Microsecond, Memory: 15, SpillFiles: 16, SpilledBytes: 17,
			Inputs: []*engine.PlanNode{scan},
		}, Rows: 21, ExecutionTime: 22 * time.Millisecond, PeakMemory: 23}
	})
}
