package apitest

import (
	"context"

	"github.com/traillake/traillake/engine"
)

// Window is the window of rows that Engine answers: a NULL, a value that was cut,
// and a column name given twice.
func Window() *engine.QueryRows {
	text := func(s string) *string { return &s }
	return &engine.QueryRows{
		Status:  engine.QueryRunning,
		Columns: []engine.ResultColumn{{Name: "eventName", Type: "varchar"}, {Name: "n", Type: "bigint"}, {Name: "n", Type: "bigint"}},
		Offset:  5, TotalRows: 7,
		Rows: [][]*string{{text("Console"), nil, text("2")}, {text(""), text("3"), nil}},
		Cut:  []engine.CutCell{{Row: 0, Column: 0, Characters: 12}},
	}
}

// GetQueryRows answers Window.
func (e *Engine) GetQueryRows(ctx context.Context, p engine.Principal, in engine.GetQueryRowsInput) (*engine.QueryRows, error) {
	return reply(ctx, e, "GetQueryRows", p, in, Window)
}
