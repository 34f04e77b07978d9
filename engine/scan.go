package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/prune"
	"github.com/traillake/traillake/query/types"
	"github.com/traillake/traillake/storage/segment"
)

// Scan implements plan.Table: segments are pruned by what the commit log says of
// them, then row groups by their footers and filters, as the streams come to them.
func (t *table) Scan(_ context.Context, req plan.ScanRequest) ([]plan.Stream, error) {
	if req.Mem == nil {
		req.Mem = memory.DefaultAllocator
	}
	work := &scanWork{table: t, req: req, segments: t.prune(req, req.Stats), tasks: t.liveTasks(req)}
	columns, err := t.scanColumns(req.Columns)
	if err != nil {
		return nil, err
	}
	fields := make([]arrow.Field, len(req.Columns))
	for i, c := range req.Columns {
		fields[i] = types.ToField(c.Name, c.Type)
	}
	if req.Folded {
		fields = append(fields, timesField)
	}
	schema := arrow.NewSchema(fields, nil)
	streams := make([]plan.Stream, max(req.Partitions, 1))
	for i := range streams {
		s := &scanStream{work: work, columns: columns, schema: schema}
		if err := s.useSieve(); err != nil {
			for _, opened := range streams[:i] {
				err = errors.Join(err, opened.Close())
			}
			return nil, err
		}
		streams[i] = s
	}
	return streams, nil
}

// Estimate implements plan.Estimator.
func (t *table) Estimate(ctx context.Context, req plan.ScanRequest) (*plan.ScanStats, error) {
	stats := &plan.ScanStats{}
	req.Stats = stats
	columns, err := t.scanColumns(req.Columns)
	if err != nil {
		return nil, err
	}
	work := &scanWork{table: t, req: req, segments: t.prune(req, stats), tasks: t.liveTasks(req)}
	for {
		task, err := work.next(ctx)
		if err == io.EOF {
			return stats, nil
		}
		if err != nil {
			return nil, err
		}
		if task.live != nil {
			stats.Rows.Add(task.live.NumRows())
			continue
		}
		stats.Bytes.Add(task.reader.ColumnBytes(task.rowGroup, columns.reads(t, task)))
		stats.Rows.Add(task.reader.RowGroup(task.rowGroup).Rows)
	}
}

// prune returns the segments that can hold wanted rows.
func (t *table) prune(req plan.ScanRequest, stats *plan.ScanStats) []storageSegment {
	all := t.segments()
	kept := slices.DeleteFunc(slices.Clone(all), func(s storageSegment) bool { return !t.keep(s, req) })
	for _, s := range kept {
		stats.RowGroupsTotal.Add(guessRowGroups(s))
	}
	stats.Segments.Add(int64(len(all)))
	stats.SegmentsPruned.Add(int64(len(all) - len(kept)))
	return kept
}

// scanTask is one row group to read, or rows in memory.
type scanTask struct {
	segment  storageSegment // of rows in memory: what is known of them
	live     arrow.Record   // rows in memory; nil: a row group
	reader   *segment.Reader
	rowGroup int
}

// scanWork hands row groups to the streams of a scan.
type scanWork struct {
	table  *table
	req    plan.ScanRequest
	sifted siftCounts // rows that sieves have seen and left
	folded siftCounts // rows that came folded, and what they became

	mu       sync.Mutex // guards what follows; held while a footer is read
	segments []storageSegment
	tasks    []scanTask
	sieve    plan.Sieve // of one of the streams, for its bounds; nil: none
}

// next returns a row group that nobody has yet, or io.EOF.
func (w *scanWork) next(ctx context.Context) (scanTask, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		if err := ctx.Err(); err != nil {
			return scanTask{}, err
		}
		bounded := w.boundedLocked()
		for len(w.tasks) > 0 {
			task := w.tasks[0]
			w.tasks = w.tasks[1:]
			if task.live != nil {
				if w.table.keepLive(task.segment, bounded) {
					return task, nil
				}
				continue
			}
			if w.table.keepRowGroup(task.segment, task.reader, task.rowGroup, bounded) {
				return task, nil
			}
			w.req.Stats.RowGroupsPruned.Add(1)
			w.req.Stats.RowGroupsDone.Add(1)
		}
		if len(w.segments) == 0 {
			return scanTask{}, io.EOF
		}
		s := w.segments[0]
		w.segments = w.segments[1:]
		if !w.table.keep(s, bounded) {
			w.req.Stats.SegmentsPruned.Add(1)
			w.req.Stats.RowGroupsTotal.Add(-guessRowGroups(s))
			continue
		}
		if err := w.openLocked(ctx, s); err != nil {
			return scanTask{}, err
		}
	}
}

// boundedLocked is the request with what is known by now of the rows still wanted.
func (w *scanWork) boundedLocked() plan.ScanRequest {
	req := plan.ScanRequest{Columns: w.req.Columns}
	if w.sieve != nil {
		req.Conjuncts = w.sieve.Bounds()
	}
	return req
}

// openLocked adds the row groups of a segment that can hold wanted rows.
func (w *scanWork) openLocked(ctx context.Context, s storageSegment) error {
	r, err := w.table.snapshot.Open(ctx, s.ID)
	if err != nil {
		return fmt.Errorf("open segment %s: %w", s.ID, err)
	}
	stats := w.req.Stats
	stats.RowGroupsTotal.Add(int64(r.NumRowGroups()) - guessRowGroups(s))
	for i := range r.NumRowGroups() {
		stats.RowGroups.Add(1)
		if !w.table.keepRowGroup(s, r, i, w.req) {
			stats.RowGroupsPruned.Add(1)
			stats.RowGroupsDone.Add(1)
			continue
		}
		w.tasks = append(w.tasks, scanTask{segment: s, reader: r, rowGroup: i})
	}
	sortParts(w, w.tasks, func(t scanTask) prune.Stats {
		return w.table.taskStats(t)
	})
	return nil
}

// guessRowGroups is how many row groups a segment has that nobody has opened: as
// many as its rows fill, or its payloads, beside which the other columns together
// have about as many bytes.
func guessRowGroups(s storageSegment) int64 {
	return max(1, 1+(s.Rows-1)/segment.DefaultRowGroupRows, 1+(2*s.PayloadBytes-1)/segment.DefaultRowGroupBytes)
}
