package exec

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/traillake/traillake/query/plan"
)

// Stats holds what the operators of one run counted. Safe for concurrent use.
type Stats struct {
	mu        sync.Mutex // guards the maps, not what they point to
	operators map[plan.Node]*OperatorStats
	scans     map[*plan.Scan]*plan.ScanStats
}

// OperatorStats are the counters of one node, summed over its partitions.
type OperatorStats struct {
	Rows, Batches, Bytes atomic.Int64 // yielded
	Time                 atomic.Int64 // nanoseconds spent in the operator itself
	Memory               atomic.Int64 // most bytes a blocking operator kept at a time
	SpillFiles           atomic.Int64 // temporary files made
	SpillBytes           atomic.Int64 // written to them
}

// NewStats returns counters at zero.
func NewStats() *Stats {
	return &Stats{operators: map[plan.Node]*OperatorStats{}, scans: map[*plan.Scan]*plan.ScanStats{}}
}

// Operator returns the counters of a node.
func (s *Stats) Operator(n plan.Node) *OperatorStats {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.operators[n]
	if o == nil {
		o = &OperatorStats{}
		s.operators[n] = o
	}
	return o
}

// Scan returns what a scan counts.
func (s *Stats) Scan(n *plan.Scan) *plan.ScanStats {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.scans[n]
	if st == nil {
		st = &plan.ScanStats{}
		s.scans[n] = st
	}
	return st
}

// Total sums the counts of all scans.
func (s *Stats) Total() ScanTotal {
	s.mu.Lock()
	defer s.mu.Unlock()
	var t ScanTotal
	for _, c := range s.scans {
		t.Segments += c.Segments.Load()
		t.SegmentsPruned += c.SegmentsPruned.Load()
		t.RowGroups += c.RowGroups.Load()
		t.RowGroupsPruned += c.RowGroupsPruned.Load()
		t.RowGroupsTotal += c.RowGroupsTotal.Load()
		t.RowGroupsDone += c.RowGroupsDone.Load()
		t.Rows += c.Rows.Load()
		t.Bytes += c.Bytes.Load()
	}
	return t
}

// Spilled sums the temporary files of all operators and the bytes written to them.
func (s *Stats) Spilled() (files, bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.operators {
		files += o.SpillFiles.Load()
		bytes += o.SpillBytes.Load()
	}
	return files, bytes
}

// ScanTotal is the sum of plan.ScanStats over the scans of a query.
type ScanTotal struct {
	Segments, SegmentsPruned, RowGroups, RowGroupsPruned, RowGroupsTotal, RowGroupsDone, Rows, Bytes int64
}

// TimeSpent is Time as a duration.
func (o *OperatorStats) TimeSpent() time.Duration { return time.Duration(o.Time.Load()) }
