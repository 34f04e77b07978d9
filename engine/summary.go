package engine

import (
	"github.com/traillake/traillake/query/plan"
)

// Summarize implements plan.Summarizer: the commit log has the rows of each segment
// and the bounds of their times. Rows of which some may be hidden, by the retention
// or by a version of before, are left to be read, and so are rows in memory.
func (t *table) Summarize(columns []plan.ColumnPath) (plan.Summary, plan.Table, bool) {
	for _, c := range columns {
		if t.columns[c.Column].Name != t.store.family.TimeColumn || len(c.Fields) > 0 || c.Key != nil || c.Test != nil {
			return plan.Summary{}, nil, false
		}
	}
	var times plan.ColumnSummary
	known := plan.Summary{Columns: make([]plan.ColumnSummary, len(columns))}
	rest := 0
	for _, s := range t.segments() {
		if !t.knows(s) {
			rest++
			continue
		}
		if valued := s.Rows - s.NullTimes; valued > 0 {
			if known.Rows == times.Nulls { // the first with a time
				times.Min, times.Max = s.MinTime, s.MaxTime
			}
			times.Min, times.Max = min(times.Min, s.MinTime), max(times.Max, s.MaxTime)
		}
		known.Segments++
		known.Rows, times.Nulls = known.Rows+s.Rows, times.Nulls+s.NullTimes
	}
	for i := range known.Columns {
		known.Columns[i] = times
	}
	if known.Rows == 0 {
		return known, nil, false
	}
	if rest == 0 && len(t.snapshot.live) == 0 {
		return known, nil, true
	}
	unknown := *t
	unknown.summarized = true
	return known, &unknown, true
}

// knows reports whether all that a summary tells of a segment is known.
func (t *table) knows(s storageSegment) bool {
	_, later := t.until(scanTask{segment: s})
	return !later && !t.mayHide(s)
}
