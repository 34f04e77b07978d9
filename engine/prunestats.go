package engine

import (
	"slices"
	"strings"

	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/prune"
	"github.com/traillake/traillake/query/types"
	"github.com/traillake/traillake/storage"
	"github.com/traillake/traillake/storage/segment"
)

type storageSegment = storage.SegmentInfo

// keep reports whether a segment can hold rows that satisfy the conjuncts.
func (t *table) keep(s storageSegment, req plan.ScanRequest) bool {
	return prune.MayMatch(req.Conjuncts, req.Columns, segmentStats{table: t, info: s})
}

// keepRowGroup is keep for one row group of an opened segment.
func (t *table) keepRowGroup(s storageSegment, r *segment.Reader, i int, req plan.ScanRequest) bool {
	return prune.MayMatch(req.Conjuncts, req.Columns, rowGroupStats{segmentStats: segmentStats{table: t, info: s}, reader: r, index: i})
}

// segmentStats is what the commit log knows of a segment, for pruning.
type segmentStats struct {
	table *table
	info  storageSegment
}

// made bounds the values of a made column in the segment; none is NULL.
func (s segmentStats) made(c plan.ColumnPath) (low, high any, ok bool) {
	switch s.table.columns[c.Column].Name {
	case commitColumn:
		if len(s.info.Sources) > 0 {
			return s.info.MinCommit, s.info.MaxCommit, true
		}
		return s.info.Version, s.info.Version, true
	case segmentColumn:
		return s.info.ID, s.info.ID, true
	}
	return nil, nil, false
}

func (s segmentStats) find(c plan.ColumnPath) (segment.ColumnStats, bool) {
	if c.Key != nil {
		return segment.ColumnStats{}, false
	}
	stats, ok := s.info.Columns[strings.Join(s.table.path(c), ".")]
	return stats, ok
}

// Range implements prune.Stats.
func (s segmentStats) Range(c plan.ColumnPath) (low, high any, ok bool) {
	if low, high, ok := s.made(c); ok {
		return low, high, true
	}
	stats, ok := s.find(c)
	if !ok || stats.Min == nil || stats.Max == nil {
		return nil, nil, false
	}
	return stats.Min, stats.Max, true
}

// Nulls implements prune.Stats.
func (s segmentStats) Nulls(c plan.ColumnPath) (nulls, rows int64, ok bool) {
	if _, _, ok := s.made(c); ok {
		return 0, s.info.Rows, true
	}
	stats, ok := s.find(c)
	return stats.Nulls, stats.Nulls + stats.Values, ok
}

// MayContain implements prune.Stats.
func (s segmentStats) MayContain(c plan.ColumnPath, value any) bool {
	stats, ok := s.find(c)
	text, isText := value.(string)
	if !ok || !isText || stats.Set == nil {
		return true
	}
	_, found := slices.BinarySearch(stats.Set, text)
	return found
}

// rowGroupStats is what the footer and filters of a segment know of a row group.
type rowGroupStats struct {
	segmentStats
	reader *segment.Reader
	index  int
}

func (s rowGroupStats) find(c plan.ColumnPath) (segment.ColumnStats, bool) {
	if c.Key != nil || s.table.columns[c.Column].virtual {
		return segment.ColumnStats{}, false
	}
	return s.reader.Stats(s.index, strings.Join(s.table.path(c), "."))
}

// Range implements prune.Stats.
func (s rowGroupStats) Range(c plan.ColumnPath) (low, high any, ok bool) {
	if low, high, ok := s.made(c); ok {
		return low, high, true
	}
	stats, ok := s.find(c)
	if !ok || stats.Min == nil || stats.Max == nil {
		return nil, nil, false
	}
	return stats.Min, stats.Max, true
}

// Nulls implements prune.Stats.
func (s rowGroupStats) Nulls(c plan.ColumnPath) (nulls, rows int64, ok bool) {
	if _, _, ok := s.made(c); ok {
		return 0, s.reader.RowGroup(s.index).Rows, true
	}
	stats, ok := s.find(c)
	return stats.Nulls, stats.Nulls + stats.Values, ok
}

// MayHold implements prune.TextStats. The texts of a map are the values of all its
// keys. A filter that cannot be read proves nothing.
func (s rowGroupStats) MayHold(c plan.ColumnPath, text string) bool {
	if s.table.columns[c.Column].virtual {
		return true
	}
	names := s.table.path(c)
	if c.Key != nil || c.Type.Kind == types.Map {
		names = append(names, "value")
	}
	may, err := s.reader.MayHold(s.index, strings.Join(names, "."), text)
	return may || err != nil
}

// MayContain implements prune.Stats. A filter that cannot be read proves nothing.
func (s rowGroupStats) MayContain(c plan.ColumnPath, value any) bool {
	if _, ok := s.find(c); !ok {
		return true
	}
	may, err := s.reader.MayContain(s.index, strings.Join(s.table.path(c), "."), value)
	return may || err != nil
}
