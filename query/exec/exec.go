// Package exec runs logical plans: one physical operator per file, each a pull
// stream of Arrow batches over the streams of its inputs.
//
// Build turns a node into one stream per partition for as long as the node's
// work can be done partition by partition (scan, filter, project, unnest, the
// probing side of a join, the first half of an aggregation or a top-N). Where
// rows of different partitions must meet, exchange runs the partitions on
// goroutines and merges what they yield; nothing else in the package starts one.
//
// Sort, window, aggregate and the build side of a join read all of their input
// before they yield a row. Their memory, like that of every batch, is taken from
// the query's Budget; what does not fit goes to temporary files.
package exec

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
)

// batchRows is how many rows an operator that makes new batches puts into one.
const batchRows = 8192

// Env is what the operators of one run of a query share.
type Env struct {
	Context    *function.Context // its Mem is Budget
	Budget     *Budget
	Partitions int // goroutines a pipeline may use; 0 is one
	// CreateTemp makes a temporary file for an operator that has to spill; nil:
	// it goes on in memory until the budget is used up. The goroutines of one
	// query call it at once.
	CreateTemp func() (TempFile, error)
	// SpillBytes is how much the query holds when its operators begin to spill; 0
	// is half of the budget.
	SpillBytes int64
	Clock      func() time.Time // measures operators; nil: no times
	Stats      *Stats

	blocking int // operators that share the memory
}

// Build opens the tables of a plan and returns the stream of its rows. The
// caller closes it. ctx is used to open the tables only.
func Build(ctx context.Context, n plan.Node, env *Env) (plan.Stream, error) {
	env.blocking = countBlocking(n)
	b := &builder{ctx: ctx, env: env, kept: map[int]*sharedRows{}}
	return b.single(n)
}

type builder struct {
	ctx   context.Context
	env   *Env
	kept  map[int]*sharedRows // by the ID of plan.Shared
	steps map[int]*keptRows   // what a plan.Previous reads, by ID
}

// single is one stream of all partitions of a node.
func (b *builder) single(n plan.Node) (plan.Stream, error) {
	streams, err := b.build(n)
	if err != nil {
		return nil, err
	}
	return b.merge(streams), nil
}

// merge makes one stream of several, in parallel.
func (b *builder) merge(streams []plan.Stream) plan.Stream {
	if len(streams) == 1 {
		return streams[0]
	}
	return b.measure(newExchange(streams, b.partitions()), nil, false)
}

func (b *builder) partitions() int { return max(1, b.env.Partitions) }

// build returns one stream per partition.
func (b *builder) build(n plan.Node) ([]plan.Stream, error) {
	switch n := n.(type) {
	case *plan.Scan:
		return b.scan(n)
	case *plan.Values:
		return b.one(n, newValues)
	case *plan.Filter:
		return each(b, n, n.Input, newFilter)
	case *plan.Project:
		return each(b, n, n.Input, newProject)
	case *plan.Unnest:
		return each(b, n, n.Input, newUnnest)
	case *plan.Union:
		return b.union(n)
	case *plan.Aggregate:
		return b.aggregate(n)
	case *plan.Sort:
		return b.sort(n)
	case *plan.Limit:
		return b.over(n, n.Input, newLimit(n))
	case *plan.Ties:
		return b.over(n, n.Input, func(in plan.Stream, env *Env) (plan.Stream, error) { return newTies(n, in, env) })
	case *plan.OneRow:
		return b.over(n, n.Input, newOneRow)
	case *plan.Window:
		return b.window(n)
	case *plan.Expand:
		return each(b, n, n.Input, newExpand)
	case *plan.Repeat:
		return each(b, n, n.Input, newRepeat)
	case *plan.Join:
		return b.join(n)
	case *plan.Shared:
		return b.shared(n)
	case *plan.Recursion:
		return b.recursion(n)
	case *plan.Previous:
		return b.previous(n)
	}
	return nil, fmt.Errorf("plan node %T cannot be run", n)
}

// one makes the operator of a node without inputs.
func (b *builder) one(n *plan.Values, make func(*plan.Values, *Env) (plan.Stream, error)) ([]plan.Stream, error) {
	s, err := make(n, b.env)
	if err != nil {
		return nil, err
	}
	return []plan.Stream{b.measure(s, n, true)}, nil
}

// each puts an operator over every partition of its input.
func each[N plan.Node](b *builder, n N, input plan.Node, make func(N, plan.Stream, *Env) (plan.Stream, error)) ([]plan.Stream, error) {
	streams, err := b.build(input)
	if err != nil {
		return nil, err
	}
	for i, in := range streams {
		s, err := make(n, in, b.env)
		if err != nil {
			return nil, errors.Join(err, closeAll(streams))
		}
		streams[i] = b.measure(s, n, true, in)
	}
	return streams, nil
}

// over puts an operator over all rows of its input.
func (b *builder) over(n, input plan.Node, make func(plan.Stream, *Env) (plan.Stream, error)) ([]plan.Stream, error) {
	in, err := b.single(input)
	if err != nil {
		return nil, err
	}
	s, err := make(in, b.env)
	if err != nil {
		return nil, errors.Join(err, in.Close())
	}
	return []plan.Stream{b.measure(s, n, true, in)}, nil
}

func closeAll(streams []plan.Stream) error {
	var errs []error
	for _, s := range streams {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}
