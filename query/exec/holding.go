package exec

import (
	"sync/atomic"

	"github.com/traillake/traillake/query/plan"
)

// holding counts what one blocking operator keeps in memory and says when it has
// to give some of it to the disk.
//
// A query spills while it holds more than a bound, half of its memory limit
// unless told otherwise. So that one operator does not spill for what another
// one keeps, only those do that hold more than their share: half the bound over
// the number of blocking operators. All shares together stay below the limit,
// also when every operator has grown to its own. Safe for concurrent use.
type holding struct {
	env   *Env
	stats *OperatorStats
	bytes atomic.Int64
}

func newHolding(env *Env, n plan.Node) *holding {
	return &holding{env: env, stats: env.Stats.Operator(n)}
}

// add counts bytes, which are negative when they are given back.
func (h *holding) add(bytes int64) { raise(&h.stats.Memory, h.bytes.Add(bytes)) }

// reserve is add for memory that the budget cannot see.
func (h *holding) reserve(bytes int64) {
	h.env.Budget.Reserve(bytes)
	h.add(bytes)
}

// raise sets a counter to a value unless it is higher already.
func raise(peak *atomic.Int64, value int64) {
	for {
		old := peak.Load()
		if value <= old || peak.CompareAndSwap(old, value) {
			return
		}
	}
}

// full reports whether the operator has to spill.
func (h *holding) full() bool { return h.fullTo(1) }

// fullTo is full for an operator that needs parts times the memory to spill.
func (h *holding) fullTo(parts int64) bool {
	bound := h.env.spillBound()
	return bound > 0 && h.env.Budget.Used() > bound/parts && h.bytes.Load() > bound/2/parts/int64(max(1, h.env.blocking))
}

// spillBound is the number of bytes over which the query spills; 0 is never.
func (e *Env) spillBound() int64 {
	switch {
	case e.CreateTemp == nil:
		return 0
	case e.SpillBytes > 0:
		return e.SpillBytes
	}
	return e.Budget.limit / 2
}

// countBlocking is the number of operators that keep rows. What is shared is one,
// wherever it is read.
func countBlocking(n plan.Node) int {
	count, shared := 0, map[int]bool{}
	plan.Walk(n, func(n plan.Node) bool {
		switch n := n.(type) {
		case *plan.Sort, *plan.Aggregate, *plan.Join, *plan.Window:
			count++
		case *plan.Shared:
			if shared[n.ID] {
				return false
			}
			shared[n.ID] = true
			count++
		case *plan.Recursion:
			count++
		}
		return true
	})
	return count
}
