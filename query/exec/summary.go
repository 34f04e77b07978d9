package exec

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
)

// summarize returns what a table knows of rows that an aggregate need not read, and
// the streams of the rows that are left to read. Without such knowledge known is nil.
func (b *builder) summarize(n *plan.Aggregate) (known *plan.Summarized, rest []plan.Stream, err error) {
	s, ok := plan.Summarize(n)
	if !ok {
		return nil, nil, nil
	}
	stats := b.env.Stats.Scan(s.Scan)
	stats.Segments.Add(s.Segments)
	stats.SegmentsPruned.Add(s.Segments)
	if s.Rest == nil {
		return s, []plan.Stream{&chain{schema: Schema(s.Scan.Outputs())}}, nil
	}
	rest, err = b.scanTable(s.Scan, s.Rest)
	return s, rest, err
}

// addSummary takes a summary into the aggregates of the one group there is.
func (t *groupTable) addSummary(s *plan.Summarized) error {
	for i, a := range t.aggs {
		a.acc.Grow(1)
		rows := s.Rows
		var column plan.ColumnSummary
		if at := s.Arguments[i]; at >= 0 {
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
