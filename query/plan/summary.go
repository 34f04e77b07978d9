package plan

// Summarizer is an optional ability of a Table: to know things of its rows without
// reading them.
type Summarizer interface {
	// Summarize tells of the columns, in as many rows of the table as it knows of, and
	// returns a table with the other rows, or nil when there are none. ok is false when
	// it knows nothing of the columns in any row.
	Summarize(columns []ColumnPath) (known Summary, rest Table, ok bool)
}

// Summary is what is known of rows.
type Summary struct {
	Rows    int64
	Columns []ColumnSummary // of the columns asked for, in their order
}

// ColumnSummary is what is known of a column of rows, whose type is a timestamp.
type ColumnSummary struct {
	Nulls    int64
	Min, Max int64 // microseconds; they mean nothing when all rows are NULL
}
