package exec

import (
	"fmt"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/ast"
)

// Budget is an Arrow allocator with a ceiling, one per query. It also counts
// what operators hold outside Arrow arrays.
//
// An allocator cannot fail, so going over the limit is noted and every operator
// asks Err before it hands on a batch. An allocation far over the limit is not
// made: it panics, and the operator that recovers turns that into the same error.
// Safe for concurrent use.
type Budget struct {
	mem        memory.Allocator
	limit      int64
	used, peak atomic.Int64
	exceeded   atomic.Bool
}

// slack is what a query may allocate over its limit before the operator at work
// is stopped in the middle of a batch.
const slack = 64 << 20

// NewBudget returns a Budget of limit bytes from mem; limit 0 is none.
func NewBudget(mem memory.Allocator, limit int64) *Budget { return &Budget{mem: mem, limit: limit} }

// exceededPanic is the panic of an allocation far over the limit.
type exceededPanic struct{ err error }

// Reserve counts delta bytes that are held elsewhere, or given back when negative.
func (b *Budget) Reserve(delta int64) {
	used := b.used.Add(delta)
	for {
		peak := b.peak.Load()
		if used <= peak || b.peak.CompareAndSwap(peak, used) {
			break
		}
	}
	if b.limit > 0 && used > b.limit {
		b.exceeded.Store(true)
	}
}

// Used is the number of bytes held now.
func (b *Budget) Used() int64 { return b.used.Load() }

// Peak is the most bytes held at a time.
func (b *Budget) Peak() int64 { return b.peak.Load() }

// Err is the error of a query that went over its limit, or nil.
func (b *Budget) Err() error {
	if !b.exceeded.Load() {
		return nil
	}
	return ast.Errorf(ast.ExceededMemoryLimit, ast.Span{}, "Query exceeded per-node memory limit of %s", SizeText(b.limit))
}

func (b *Budget) check(size int) {
	if b.limit > 0 && b.used.Load()+int64(size) > b.limit+slack {
		b.exceeded.Store(true)
		panic(exceededPanic{b.Err()})
	}
}

// Allocate implements memory.Allocator.
func (b *Budget) Allocate(size int) []byte {
	b.check(size)
	b.Reserve(int64(size))
	return b.mem.Allocate(size)
}

// Reallocate implements memory.Allocator.
func (b *Budget) Reallocate(size int, old []byte) []byte {
	b.check(size - len(old))
	b.Reserve(int64(size - len(old)))
	return b.mem.Reallocate(size, old)
}

// Free implements memory.Allocator.
func (b *Budget) Free(old []byte) {
	b.Reserve(-int64(len(old)))
	b.mem.Free(old)
}

// SizeText is a size as Trino prints it: 512MB, 1.50GB.
func SizeText(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	v, u := float64(n), 0
	for v >= 1024 && u < len(units)-1 {
		v, u = v/1024, u+1
	}
	if v == float64(int64(v)) {
		return fmt.Sprintf("%d%s", int64(v), units[u])
	}
	return fmt.Sprintf("%.2f%s", v, units[u])
}
