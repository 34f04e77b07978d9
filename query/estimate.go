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
		if s, ok := n.(*plan.Shared); ok && !shared[s.ID] {
			shared[s.ID] = true
			return failed == nil
		} else if ok {
			return false
		}
		scan, ok := n.(*plan.Scan)
		if !ok || failed != nil {
			return failed == nil
		}
		var st *plan.ScanStats
		if st, failed = estimate(ctx, scan); st != nil {
			total.Segments += st.Segments.Load()
			total.SegmentsPruned += st.SegmentsPruned.Load()
			total.RowGroups += st.RowGroups.Load()
			total.RowGroupsPruned += st.RowGroupsPruned.Load()
			total.RowsScanned += st.Rows.Load()
			total.BytesScanned += st.Bytes.Load()
		}
		return true
	})
	return total, failed
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
