package query

import (
	"time"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/exec"
)

// RunOptions are the conditions of one run. Zero fields take the default named.
type RunOptions struct {
	Mem        memory.Allocator // Go's heap
	Now        time.Time        // what now() is; the time of the call
	Zone       *time.Location   // session time zone; UTC
	User       string           // current_user
	Partitions int              // goroutines of a pipeline; 1
	// MemoryLimit is the most bytes the query may hold; 0 is no limit.
	MemoryLimit int64
	// CreateTemp makes the files that operators spill to, from several goroutines
	// at once; nil: they do not spill.
	CreateTemp func() (exec.TempFile, error)
	// SpillBytes is how many bytes the query may hold before operators spill; 0 is
	// half of MemoryLimit.
	SpillBytes int64
	// Clock measures operators; nil is the system's.
	Clock func() time.Time
}

func (o RunOptions) withDefaults() RunOptions {
	if o.Mem == nil {
		o.Mem = memory.DefaultAllocator
	}
	if o.Clock == nil {
		o.Clock = time.Now //nolint:forbidigo // the default of the option
	}
	if o.Now.IsZero() {
		o.Now = o.Clock()
	}
	return o
}
