package query

import (
	"context"
	"fmt"

	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/optimize"
	"github.com/traillake/traillake/query/plan"
)

// Estimate tells what a run with these options would read at most, from what is
// known of tables without reading their rows. A LIMIT or a join may leave some of
// it unread. Tables that cannot tell count nothing.
func (q *Query) Estimate(ctx context.Context, opts RunOptions) (Stats, error) {
	opts = opts.withDefaults()
	root := optimize.ForRun(q.root, folder(function.Context{Now: opts.Now, Zone: opts.Zone, User: opts.User}))
	var total Stats
	var failed error
	shared := map[int]bool{} // counted once
	plan.Walk(root, func(n plan.Node) bool {
		if failed != nil {
			return false
		}
		switch n := n.(type) {
		case *plan.Shared:
			counted := shared[n.ID]
			shared[n.ID] = true
			return !counted
		case *plan.Aggregate:
			known, ok := plan.Summarize(n)
			if ok {
				failed = total.addSummarized(ctx, known)
			}
			return !ok
		case *plan.Scan:
			failed = total.addScan(ctx, n)
		}
		return true
	})
	return total, failed
}

// addSummarized counts what a scan would read beside what its table knows.
func (s *Stats) addSummarized(ctx context.Context, known *plan.Summarized) error {
	s.Segments += known.Segments
	s.SegmentsPruned += known.Segments
	if known.Rest == nil {
		return nil
	}
	left := *known.Scan
	left.Table = known.Rest
	return s.addScan(ctx, &left)
}

// addScan counts what a scan would read.
func (s *Stats) addScan(ctx context.Context, scan *plan.Scan) error {
	st, err := estimate(ctx, scan)
	if st != nil {
		s.Segments += st.Segments.Load()
		s.SegmentsPruned += st.SegmentsPruned.Load()
		s.RowGroups += st.RowGroups.Load()
		s.RowGroupsPruned += st.RowGroupsPruned.Load()
		s.RowsScanned += st.Rows.Load()
		s.BytesScanned += st.Bytes.Load()
	}
	return err
}

// estimate asks a scan's table; nil when it cannot tell.
func estimate(ctx context.Context, scan *plan.Scan) (*plan.ScanStats, error) {
	table, ok := scan.Table.(plan.Estimator)
	if !ok {
		return nil, nil
	}
	st, err := table.Estimate(ctx, plan.ScanRequest{Columns: scan.Columns, Conjuncts: scan.Conjuncts, Limit: scan.Limit})
	if err != nil {
		return nil, fmt.Errorf("estimate scan of %s: %w", scan.Table.Name(), err)
	}
	return st, nil
}
