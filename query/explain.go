package query

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/exec"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// explainKind tells whether rows, the plan, or the plan with counts are wanted.
type explainKind uint8

const (
	notExplain explainKind = iota
	explainPlan
	explainAnalyze
)

// explainColumns is the result of EXPLAIN: one row of text.
var explainColumns = []plan.Output{{Name: "Query Plan", Type: types.VarcharType}}

func explainOf(explain, analyze bool) explainKind {
	switch {
	case analyze:
		return explainAnalyze
	case explain:
		return explainPlan
	}
	return notExplain
}

// explained yields the text of a plan. EXPLAIN ANALYZE runs the query to its end
// first and shows under each node what it counted.
type explained struct {
	query *Query
	root  plan.Node
	env   *exec.Env
	rows  plan.Stream // nil for EXPLAIN
	done  bool
}

// Schema implements plan.Stream.
func (s *explained) Schema() *arrow.Schema { return exec.Schema(explainColumns) }

// Next implements plan.Stream.
func (s *explained) Next(ctx context.Context) (arrow.Record, error) {
	if s.done {
		return nil, io.EOF
	}
	s.done = true
	text, err := s.text(ctx)
	if err != nil {
		return nil, err
	}
	b := array.NewStringBuilder(s.env.Context.Mem)
	defer b.Release()
	b.Append(text)
	arr := b.NewArray()
	defer arr.Release()
	return array.NewRecord(s.Schema(), []arrow.Array{arr}, 1), nil
}

func (s *explained) text(ctx context.Context) (string, error) {
	if s.rows == nil {
		return s.estimated(ctx)
	}
	for {
		rec, err := s.rows.Next(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
		rec.Release()
	}
	text := plan.FormatWith(s.root, s.counted)
	return text + fmt.Sprintf("peak memory %s\n", exec.SizeText(s.env.Budget.Peak())), nil
}

// estimated is the plan with what each scan would touch, from statistics.
func (s *explained) estimated(ctx context.Context) (string, error) {
	var failed error
	text := plan.FormatWith(s.root, func(n plan.Node) []string {
		scan, ok := n.(*plan.Scan)
		if !ok {
			return nil
		}
		st, err := estimate(ctx, scan)
		if st == nil {
			failed = errors.Join(failed, err)
			return nil
		}
		return []string{touched(st), fmt.Sprintf("estimated: %s to read", exec.SizeText(st.Bytes.Load()))}
	})
	return text, failed
}

// counted are the lines under a node that was run.
func (s *explained) counted(n plan.Node) []string {
	o := s.env.Stats.Operator(n)
	lines := []string{fmt.Sprintf("rows %d, batches %d, %s, time %s",
		o.Rows.Load(), o.Batches.Load(), exec.SizeText(o.Bytes.Load()), o.TimeSpent().Round(time.Microsecond))}
	if kept := o.Memory.Load(); kept > 0 {
		lines = append(lines, "kept "+exec.SizeText(kept))
	}
	if files := o.SpillFiles.Load(); files > 0 {
		lines = append(lines, fmt.Sprintf("spilled %s in %d files", exec.SizeText(o.SpillBytes.Load()), files))
	}
	if scan, ok := n.(*plan.Scan); ok {
		st := s.env.Stats.Scan(scan)
		lines = append(lines, touched(st), fmt.Sprintf("rows read %d, %s read", st.Rows.Load(), exec.SizeText(st.Bytes.Load())))
	}
	return lines
}

// touched says how much of a table pruning left out.
func touched(st *plan.ScanStats) string {
	return fmt.Sprintf("segments %d of %d pruned, row groups %d of %d pruned",
		st.SegmentsPruned.Load(), st.Segments.Load(), st.RowGroupsPruned.Load(), st.RowGroups.Load())
}

// Close implements plan.Stream.
func (s *explained) Close() error {
	s.done = true
	if s.rows == nil {
		return nil
	}
	return s.rows.Close()
}
