package apitest

import (
	"context"
	"io"

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

// ExportQueryResults answers Export, or a file of three rows.
func (e *Engine) ExportQueryResults(ctx context.Context, p engine.Principal, in engine.ExportQueryResultsInput) (*engine.ResultExport, error) {
	return reply(ctx, e, "ExportQueryResults", p, in, func() *engine.ResultExport {
		if e.Export != nil {
			return e.Export
		}
		return &engine.ResultExport{FileName: "query-x.csv", ContentType: "text/csv; charset=utf-8", Write: func(w io.Writer) error {
			_, err := io.WriteString(w, "n\n1\n2\n3\n")
			return err
		}}
	})
}

// Statistics are what Engine tells of a result: a column with values and one without.
func Statistics() []engine.ColumnStatistics {
	low, high := "a", "z"
	return []engine.ColumnStatistics{
		{
			ResultColumn: engine.ResultColumn{Name: "eventName", Type: "varchar"}, Values: 5, Nulls: 2, Distinct: 3, DistinctApproximate: true,
			Min: &low, Max: &high, TopValues: []engine.ValueCount{{Value: "m", Count: 4}}, TopValuesApproximate: true,
		},
		{ResultColumn: engine.ResultColumn{Name: "n", Type: "unknown"}, Nulls: 7},
	}
}

// GetQueryResultStatistics answers Statistics.
func (e *Engine) GetQueryResultStatistics(ctx context.Context, p engine.Principal, in engine.QueryRef) ([]engine.ColumnStatistics, error) {
	if err := e.asked(ctx, "GetQueryResultStatistics", p, in); err != nil {
		return nil, err
	}
	return Statistics(), nil
}
