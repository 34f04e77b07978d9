package plan

import "github.com/traillake/traillake/query/types"

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
	Rows     int64
	Segments int64           // that need not be read for them
	Columns  []ColumnSummary // of the columns asked for, in their order
}

// ColumnSummary is what is known of a column of rows, whose type is a timestamp.
type ColumnSummary struct {
	Nulls    int64
	Min, Max int64 // microseconds; they mean nothing when all rows are NULL
}

// Summarized is an aggregate of which a table knows a part without reading.
type Summarized struct {
	Summary
	// Arguments has for each call the column of its argument, -1 without one.
	Arguments []int
	Scan      *Scan
	Rest      Table // with the rows that are left to read; nil: none
}

// Summarize asks a table what it knows of its rows, when all that an aggregate wants
// of them is their number and the bounds of columns; ok is false when it wants more,
// or nothing is known.
func Summarize(n *Aggregate) (s *Summarized, ok bool) {
	scan, ok := n.Input.(*Scan)
	if !ok || len(n.Keys) > 0 || len(scan.Conjuncts) > 0 || scan.Limit > 0 || scan.Top != nil {
		return nil, false
	}
	table, ok := scan.Table.(Summarizer)
	if !ok {
		return nil, false
	}
	s = &Summarized{Scan: scan}
	for i := range n.Aggs {
		argument, ok := summaryArgument(&n.Aggs[i])
		if !ok {
			return nil, false
		}
		s.Arguments = append(s.Arguments, argument)
	}
	s.Summary, s.Rest, ok = table.Summarize(scan.Columns)
	return s, ok
}

// summaryArgument is the column that a call is about, -1 for count(*); ok is false
// for a call that wants more than a summary tells.
func summaryArgument(call *AggCall) (column int, ok bool) {
	if call.Distinct || call.Filter != nil || len(call.OrderBy) > 0 {
		return 0, false
	}
	switch {
	case call.Function.Name == "count" && len(call.Args) == 0:
		return -1, true
	case len(call.Args) != 1 || call.Function.Name != "count" && call.Function.Name != "min" && call.Function.Name != "max":
		return 0, false
	}
	c, ok := call.Args[0].(*Column)
	if !ok || c.Typ.Kind != types.Timestamp {
		return 0, false
	}
	return c.Index, true
}
