package exec

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/plan"
)

// measured stands over every operator: it stops on a cancelled context, counts
// what the operator yields, and turns a used-up budget or a panic into an error.
type measured struct {
	plan.Stream
	env    *Env
	stats  *OperatorStats // nil for an exchange
	counts bool           // rows count: false for the first half of a two-step operator
	times  int            // the column that says how many rows each stands for, or -1
	inputs []*measured    // that run inside this one's Next
	// elapsed is the time spent in Next, inputs included.
	elapsed time.Duration
	failed  error
}

// measure puts a measured over an operator of node n (nil: none) that reads inputs.
func (b *builder) measure(s plan.Stream, n plan.Node, counts bool, inputs ...plan.Stream) plan.Stream {
	m := &measured{Stream: s, env: b.env, counts: counts, times: -1}
	if n != nil {
		m.stats = b.env.Stats.Operator(n)
		if times, ok := plan.Times(n); ok {
			m.times = times.Index
		}
	}
	for _, in := range inputs {
		if im, ok := in.(*measured); ok {
			m.inputs = append(m.inputs, im)
		}
	}
	return m
}

// Next implements plan.Stream.
func (m *measured) Next(ctx context.Context) (arrow.Record, error) {
	if m.failed != nil {
		return nil, m.failed
	}
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	if m.env.Clock == nil {
		return m.next(ctx)
	}
	start, inner := m.env.Clock(), m.innerTime()
	rec, err := m.next(ctx)
	spent := m.env.Clock().Sub(start)
	m.elapsed += spent
	if m.stats != nil {
		m.stats.Time.Add(int64(spent - (m.innerTime() - inner)))
	}
	return rec, err
}

func (m *measured) innerTime() (d time.Duration) {
	for _, in := range m.inputs {
		d += in.elapsed
	}
	return d
}

func (m *measured) next(ctx context.Context) (rec arrow.Record, err error) {
	defer func() {
		if r := recover(); r != nil {
			rec, err = nil, recovered(r)
			m.failed = err
		}
	}()
	rec, err = m.Stream.Next(ctx)
	if err != nil {
		return nil, err
	}
	if err := m.env.Budget.Err(); err != nil {
		rec.Release()
		m.failed = err
		return nil, err
	}
	if m.stats != nil && m.counts {
		m.stats.Rows.Add(rowsOf(rec, m.times))
		m.stats.Batches.Add(1)
		m.stats.Bytes.Add(recordBytes(rec))
	}
	return rec, nil
}

// rowsOf is how many rows a batch stands for, by its column times if that is one.
func rowsOf(rec arrow.Record, times int) (rows int64) {
	if times < 0 {
		return rec.NumRows()
	}
	each, ok := timesOf(rec.Column(times))
	if !ok {
		return rec.NumRows()
	}
	for _, n := range each {
		rows += n
	}
	return rows
}

// recovered is the error of a panic. One that is a fault of ours becomes an error
// as well: it fails its query, not the process and the queries beside it.
func recovered(r any) error {
	if e, ok := r.(exceededPanic); ok {
		return e.err
	}
	if err, ok := vector.Recovered(r); ok {
		return err
	}
	return fmt.Errorf("query execution panicked: %v\n%s", r, debug.Stack())
}
