package query

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/traillake/traillake/query/exec"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/optimize"
	"github.com/traillake/traillake/query/plan"
)

// PlanNode is a node of a plan with what is known or was counted of it.
type PlanNode struct {
	Name   string // Scan, Filter, InnerJoin, …
	Detail string // the rest of what EXPLAIN shows of the node; may be empty
	// Of a run: rows and bytes it yielded, in so many batches; the time spent in the
	// node itself, over all partitions; the most bytes it kept; what it spilled.
	Rows, Batches, Bytes     int64
	Time                     time.Duration
	Memory                   int64
	SpillFiles, SpilledBytes int64
	Scan                     *ScanFigures // of a Scan of a table that can tell, else nil
	Inputs                   []*PlanNode
}

// ScanFigures tell what a scan reads of a table, or, after a run, has read.
type ScanFigures struct {
	Segments, SegmentsPruned   int64
	RowGroups, RowGroupsPruned int64
	Rows, Bytes                int64
}

// PlanTree is the plan of a query as a run with these options would have it, with
// an estimate of each scan.
func (q *Query) PlanTree(ctx context.Context, opts RunOptions) (*PlanNode, error) {
	opts = opts.withDefaults()
	root := optimize.ForRun(q.root, folder(function.Context{Now: opts.Now, Zone: opts.Zone, User: opts.User}))
	var failed error
	tree := planTree(root, func(n plan.Node, out *PlanNode) {
		scan, ok := n.(*plan.Scan)
		if !ok || failed != nil {
			return
		}
		var st *plan.ScanStats
		if st, failed = estimate(ctx, scan); st != nil {
			out.Scan = scanFigures(st)
		}
	})
	return tree, failed
}

// Analyze runs a query to its end, drops its rows and returns its plan with what
// each node counted, and the run's figures. It does so for EXPLAIN too.
func (q *Query) Analyze(ctx context.Context, opts RunOptions) (tree *PlanNode, stats Stats, err error) {
	plain := *q
	plain.explain = notExplain
	run, err := plain.Run(ctx, opts)
	if err != nil {
		return nil, Stats{}, err
	}
	defer func() { err = errors.Join(err, run.Close()) }()
	for {
		rec, err := run.Next(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, Stats{}, err
		}
		rec.Release()
	}
	counted := run.env.Stats
	tree = planTree(run.root, func(n plan.Node, out *PlanNode) { count(counted, n, out) })
	return tree, run.Stats(), nil
}

func count(stats *exec.Stats, n plan.Node, out *PlanNode) {
	o := stats.Operator(n)
	out.Rows, out.Batches, out.Bytes, out.Time = o.Rows.Load(), o.Batches.Load(), o.Bytes.Load(), o.TimeSpent()
	out.Memory, out.SpillFiles, out.SpilledBytes = o.Memory.Load(), o.SpillFiles.Load(), o.SpillBytes.Load()
	if scan, ok := n.(*plan.Scan); ok {
		out.Scan = scanFigures(stats.Scan(scan))
	}
}

func planTree(n plan.Node, fill func(plan.Node, *PlanNode)) *PlanNode {
	out := &PlanNode{}
	out.Name, out.Detail, _ = strings.Cut(plan.Line(n), " ")
	fill(n, out)
	for _, in := range n.Inputs() {
		out.Inputs = append(out.Inputs, planTree(in, fill))
	}
	return out
}

func scanFigures(st *plan.ScanStats) *ScanFigures {
	return &ScanFigures{
		Segments: st.Segments.Load(), SegmentsPruned: st.SegmentsPruned.Load(),
		RowGroups: st.RowGroups.Load(), RowGroupsPruned: st.RowGroupsPruned.Load(),
		Rows: st.Rows.Load(), Bytes: st.Bytes.Load(),
	}
}
