package engine

import (
	"context"
	"errors"
	"time"

	"github.com/traillake/traillake/query"
	"github.com/traillake/traillake/query/ast"
)

// PlanNode is a node of a query's plan with what it counted; see query.PlanNode.
type PlanNode = query.PlanNode

// ScanFigures tell what a scan reads of a store; see query.ScanFigures.
type ScanFigures = query.ScanFigures

// ExplainQueryInput asks for a plan. Analyze runs the statement to its end first
// and drops its rows.
type ExplainQueryInput struct {
	StatementInput
	Analyze bool
}

// Explanation is a plan. What is counted, and the members beside Root, are zero
// unless the statement was run.
type Explanation struct {
	Root          *PlanNode
	Rows          int64 // of the result
	ExecutionTime time.Duration
	PeakMemory    int64 // bytes
}

// ExplainQuery returns a statement's plan: with an estimate of each scan, or with
// what each node counted in a run. A run is bounded as a query is, and there are as
// many at a time; more are MaxConcurrentQueries.
func (e *Engine) ExplainQuery(ctx context.Context, caller Principal, in ExplainQueryInput) (*Explanation, error) {
	leave, err := e.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	compiled, catalog, err := e.compile(ctx, in.StatementInput)
	if err != nil {
		return nil, err
	}
	defer catalog.release()
	opts := query.RunOptions{
		Now: catalog.now, Partitions: e.opts.Query.Partitions, MemoryLimit: e.opts.Query.MemoryBytes,
		User: caller.UserName, CreateTemp: e.createTemp, Clock: e.opts.Now,
	}
	if !in.Analyze {
		root, err := compiled.PlanTree(ctx, opts)
		if err != nil {
			return nil, internal(err)
		}
		return &Explanation{Root: root}, nil
	}
	select {
	case e.analyzing <- struct{}{}:
		defer func() { <-e.analyzing }()
	default:
		return nil, Errorf(MaxConcurrentQueries, "%d queries are being analyzed, which is the limit; try again when one has ended", cap(e.analyzing))
	}
	ctx, cancel := context.WithTimeoutCause(ctx, e.opts.Query.Timeout, errTimedOut)
	defer cancel()
	defer context.AfterFunc(e.background, cancel)() // Close ends it
	began := e.opts.Now()
	out := &Explanation{}
	var stats query.Stats
	err = guard(func() error {
		var err error
		out.Root, stats, err = compiled.Analyze(ctx, opts)
		return err
	})
	var user *ast.Error
	switch {
	case err == nil:
		out.Rows, out.PeakMemory, out.ExecutionTime = stats.RowsReturned, stats.PeakMemory, e.opts.Now().Sub(began)
		return out, nil
	case errors.Is(context.Cause(ctx), errTimedOut):
		return nil, &Error{Code: InvalidQueryStatement, Message: "the query ran longer than " + e.opts.Query.Timeout.String() + "; narrow eventTime", Err: err}
	case errors.As(err, &user):
		return nil, queryError(err)
	}
	return nil, internal(err)
}
