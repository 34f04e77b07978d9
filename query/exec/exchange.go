package exec

import (
	"context"
	"errors"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"golang.org/x/sync/errgroup"

	"github.com/traillake/traillake/query/plan"
)

// exchange runs partitions on goroutines and yields their batches as they come.
// The goroutines start at the first Next and have ended when Close returns; the
// channel between bounds how far they run ahead.
type exchange struct {
	inputs []plan.Stream
	limit  int

	out    chan arrow.Record // nil before the first Next; closed when all goroutines ended
	cancel context.CancelFunc
	group  *errgroup.Group
	err    error // of the group, valid when out is closed
	closed bool
}

func newExchange(inputs []plan.Stream, limit int) *exchange {
	return &exchange{inputs: inputs, limit: limit}
}

// Schema implements plan.Stream.
func (x *exchange) Schema() *arrow.Schema { return x.inputs[0].Schema() }

// Next implements plan.Stream.
func (x *exchange) Next(ctx context.Context) (arrow.Record, error) {
	if x.closed {
		return nil, errClosed
	}
	if x.out == nil {
		x.start(ctx)
	}
	select {
	case rec, ok := <-x.out:
		if ok {
			return rec, nil
		}
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if x.err != nil {
		return nil, x.err
	}
	return nil, io.EOF
}

// start runs one goroutine per input, and one that closes the channel after them.
// They outlive the first Next and its context, which may be that of a step of the
// reader's: Close ends them.
func (x *exchange) start(ctx context.Context) {
	ctx, x.cancel = context.WithCancel(context.WithoutCancel(ctx))
	x.group, ctx = errgroup.WithContext(ctx)
	x.out = make(chan arrow.Record, x.limit)
	for _, in := range x.inputs {
		x.group.Go(func() error { return x.pump(ctx, in) })
	}
	go func() {
		x.err = x.group.Wait()
		close(x.out)
	}()
}

// pump sends what one input yields. It alone uses the input, and closes it.
func (x *exchange) pump(ctx context.Context, in plan.Stream) error {
	for {
		rec, err := in.Next(ctx)
		if errors.Is(err, io.EOF) {
			return in.Close()
		}
		if err != nil {
			return err
		}
		select {
		case x.out <- rec:
		case <-ctx.Done():
			rec.Release()
			return context.Cause(ctx)
		}
	}
}

// Close implements plan.Stream.
func (x *exchange) Close() error {
	x.closed = true
	if x.out != nil {
		x.cancel()
		for rec := range x.out {
			rec.Release()
		}
	}
	return closeAll(x.inputs)
}

// inParallel calls fn for 0 to n-1 on goroutines of their own, cancels the
// others' context at the first error, and waits for all.
func inParallel(ctx context.Context, n int, fn func(ctx context.Context, i int) error) error {
	if n == 1 {
		return fn(ctx, 0)
	}
	group, ctx := errgroup.WithContext(ctx)
	for i := range n {
		group.Go(func() (err error) {
			defer func() {
				if r := recover(); r != nil {
					err = recovered(r)
				}
			}()
			return fn(ctx, i)
		})
	}
	return group.Wait()
}
