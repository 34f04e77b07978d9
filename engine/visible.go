package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/ingest/live"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/storage/segment"
)

// visible returns the snapshot's segments as queries see them, in its order:
// without those that are past their retention, and of one that is partly past it
// only what is left, which is counted in its rows. Rows in memory are like
// segments without an id.
func (t *table) visible(ctx context.Context) ([]storageSegment, error) {
	var out []storageSegment
	for _, s := range t.snapshot.Segments() {
		if s.Day != segment.NoDay && s.MaxTime < t.cutoff {
			continue
		}
		if t.mayHide(s) {
			var err error
			if s, err = t.visiblePart(ctx, s); err != nil {
				return nil, fmt.Errorf("count events of segment %s: %w", s.ID, err)
			}
		}
		if s.Rows > 0 {
			out = append(out, s)
		}
	}
	for _, g := range t.snapshot.live {
		for _, p := range g.Parts {
			if info := t.visibleLive(p); info.Rows > 0 {
				out = append(out, info)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b storageSegment) int { return cmp.Compare(a.Day, b.Day) })
	return out, nil
}

// visibleLive tells of rows in memory what is within the retention.
func (t *table) visibleLive(p live.Part) storageSegment {
	info := liveInfo(p)
	if info.NullTimes == info.Rows || info.MinTime >= t.cutoff {
		return info
	}
	info.Rows, info.MinTime = info.NullTimes, info.MaxTime
	for _, rec := range p.Records {
		times := rec.Column(rec.Schema().FieldIndices(t.store.family.TimeColumn)[0]).(*array.Timestamp)
		for i, at := range times.TimestampValues() {
			if times.IsValid(i) && int64(at) >= t.cutoff {
				info.Rows++
				info.MinTime = min(info.MinTime, int64(at))
			}
		}
	}
	return info
}

// mayHide reports whether some of a segment's rows may be past their retention.
func (t *table) mayHide(s storageSegment) bool {
	if t.ageColumn(s) == ingestTimeColumn {
		return t.store.record.Load().Created.UnixMicro() < t.cutoff // nothing came in before there was a store
	}
	return t.ageColumn(s) != ""
}

// visiblePart reads the times of a segment's events and tells of it what it would
// if only those within the retention were in it.
func (t *table) visiblePart(ctx context.Context, s storageSegment) (_ storageSegment, err error) {
	times := &scanColumns{
		wanted: []scanColumn{{field: arrow.Field{Name: t.store.family.TimeColumn}}},
		files:  []segment.Column{{Path: []string{t.store.family.TimeColumn}}},
	}
	stream := &scanStream{columns: times, work: &scanWork{
		table: t, segments: []storageSegment{s},
		req: plan.ScanRequest{Mem: memory.DefaultAllocator, Stats: &plan.ScanStats{}},
	}}
	defer func() { err = errors.Join(err, stream.Close()) }()
	s.Rows, s.NullTimes, s.MinTime = 0, 0, s.MaxTime
	for {
		batch, err := stream.Next(ctx)
		if err == io.EOF {
			return s, nil
		}
		if err != nil {
			return s, err
		}
		column, ok := batch.Column(0).(*array.Timestamp)
		if !ok {
			batch.Release()
			return s, fmt.Errorf("column %s is %s, not a timestamp", t.store.family.TimeColumn, batch.Column(0).DataType())
		}
		s.Rows += int64(column.Len())
		s.NullTimes += int64(column.NullN())
		for i, at := range column.TimestampValues() {
			if column.IsValid(i) {
				s.MinTime = min(s.MinTime, int64(at))
			}
		}
		batch.Release()
	}
}

// visibleSegments are what a store holds, as queries that start now see it: see
// table.visible.
func (e *Engine) visibleSegments(ctx context.Context, s *store) ([]storageSegment, error) {
	now, err := s.now()
	if err != nil {
		return nil, err
	}
	defer now.release()
	t, err := newTable(s, now, e.opts.Now())
	if err != nil {
		return nil, err
	}
	return t.visible(ctx)
}
