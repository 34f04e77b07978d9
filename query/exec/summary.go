package exec

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// summarized is what a table knows of rows that an aggregate over all of it need not read.
type summarized struct {
	plan.Summary
	arguments []int // for each call the column of its argument, -1 without one
}

// summarize asks a table what it knows of its rows, when all that the aggregate wants
// of them is their number and the bounds of columns. It returns the streams of the
// rows that are left to read.
func (b *builder) summarize(n *plan.Aggregate) (*summarized, []plan.Stream, error) {
	scan, ok := n.Input.(*plan.Scan)
	if !ok || len(n.Keys) > 0 || len(scan.Conjuncts) > 0 || scan.Limit > 0 || scan.Top != nil {
		return nil, nil, nil
	}
	table, ok := scan.Table.(plan.Summarizer)
	if !ok {
		return nil, nil, nil
	}
	s := &summarized{}
	for i := range n.Aggs {
		argument, ok := summaryArgument(&n.Aggs[i])
		if !ok {
			return nil, nil, nil
		}
		s.arguments = append(s.arguments, argument)
	}
	known, rest, ok := table.Summarize(scan.Columns)
	if !ok {
		return nil, nil, nil
	}
	s.Summary = known
	if rest == nil {
		return s, []plan.Stream{&chain{schema: Schema(scan.Outputs())}}, nil
	}
	streams, err := b.scanTable(scan, rest)
	return s, streams, err
}

// summaryArgument is the column that a call is about, -1 for count(*); ok is false
// for a call that wants more than a summary tells.
func summaryArgument(call *plan.AggCall) (column int, ok bool) {
	if call.Distinct || call.Filter != nil || len(call.OrderBy) > 0 {
		return 0, false
	}
	switch {
	case call.Function.Name == "count" && len(call.Args) == 0:
		return -1, true
	case len(call.Args) != 1 || call.Function.Name != "count" && call.Function.Name != "min" && call.Function.Name != "max":
		return 0, false
	}
	c, ok := call.Args[0].(*plan.Column)
	if !ok || c.Typ.Kind != types.Timestamp {
		return 0, false
	}
	return c.Index, true
}

// addSummary takes a summary into the aggregates of the one group there is.
func (t *groupTable) addSummary(s *summarized) error {
	for i, a := range t.aggs {
		a.acc.Grow(1)
		rows := s.Rows
		var column plan.ColumnSummary
		if at := s.arguments[i]; at >= 0 {
			column = s.Columns[at]
			rows -= column.Nulls
		}
		if a.call.Function.Name == "count" {
			a.acc.(function.RowCounter).CountRows(0, rows)
			continue
		}
		if rows == 0 {
			continue
		}
		b := array.NewBuilder(t.env.Context.Mem, a.call.Args[0].Type().Arrow()).(*array.TimestampBuilder)
		b.AppendValues([]arrow.Timestamp{arrow.Timestamp(column.Min), arrow.Timestamp(column.Max)}, nil)
		bounds := b.NewArray()
		b.Release()
		err := a.acc.Update([]int32{0, 0}, []function.Value{{Array: bounds}})
		bounds.Release()
		if err != nil {
			return err
		}
	}
	return nil
}
