package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/traillake/traillake/query"
	"github.com/traillake/traillake/query/ast"
)

// Why a query's context ended.
var (
	errTimedOut = errors.New("the query ran longer than allowed")
)

// runQuery runs a compiled query in the background and releases the catalog's
// snapshots when it has ended.
func (e *Engine) runQuery(ctx context.Context, q *queryState, compiled *query.Query, catalog *catalog) {
	e.counters.queriesStarted.Add(1)
	e.work.Go(func() {
		defer close(q.ended)
		defer q.cancel()
		defer catalog.release()
		began := e.opts.Now()
		q.mu.Lock()
		q.record.Status = QueryRunning
		q.mu.Unlock()
		err := guard(func() error { return e.produce(ctx, q, compiled, catalog) })
		err = errors.Join(err, q.spool.finish())
		e.endQuery(ctx, q, err, e.opts.Now().Sub(began))
	})
}

// produce runs the query and spools its rows.
func (e *Engine) produce(ctx context.Context, q *queryState, compiled *query.Query, catalog *catalog) (err error) {
	run, err := compiled.Run(ctx, query.RunOptions{
		Now: catalog.now, Partitions: e.opts.Query.Partitions, MemoryLimit: e.opts.Query.MemoryBytes,
		User: q.user, CreateTemp: e.createTemp, Clock: e.opts.Now,
	})
	if err != nil {
		return err
	}
	began := e.opts.Now()
	q.mu.Lock()
	q.live = func(r *queryRecord) {
		s := run.Stats()
		r.EventsScanned, r.BytesScanned = s.RowsScanned, s.BytesScanned
		r.Segments, r.SegmentsPruned, r.RowGroups, r.RowGroupsPruned = s.Segments, s.SegmentsPruned, s.RowGroups, s.RowGroupsPruned
		r.RowGroupsDone, r.RowGroupsTotal = s.RowGroupsDone, s.RowGroupsTotal
		r.EventsMatched = s.RowsReturned
		r.ExecutionTime = e.opts.Now().Sub(began)
	}
	q.mu.Unlock()
	defer func() {
		q.now() // the last counters
		q.mu.Lock()
		q.live = nil
		q.mu.Unlock()
		err = errors.Join(err, run.Close())
	}()
	for {
		rec, err := run.Next(ctx)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		err = q.spool.write(rec)
		rec.Release()
		if err != nil {
			return err
		}
	}
}

// endQuery keeps the final state of a query and then makes it visible.
func (e *Engine) endQuery(ctx context.Context, q *queryState, err error, took time.Duration) {
	r := q.now()
	now := e.opts.Now().UTC()
	r.Ended, r.ExecutionTime = &now, took
	r.Chunks, _, _ = q.spool.state()
	switch cause := context.Cause(ctx); {
	case err == nil:
		r.Status = QueryFinished
	case errors.Is(cause, errTimedOut):
		r.Status, r.Error = QueryTimedOut, "the query ran longer than "+e.opts.Query.Timeout.String()+"; narrow eventTime"
	case e.background.Err() != nil:
		r.Status, r.Error = QueryFailed, interrupted
	case cause != nil:
		r.Status = QueryCancelled
	default:
		r.Status, r.Error = QueryFailed, queryFailure(err)
		if r.Error == internalFault {
			e.log.Error("query failed", "query", q.id, "error", err)
		}
	}
	kept := r
	if q.spool.inMemory() {
		kept.Status, kept.Error, kept.Chunks = QueryFailed, heldResult, nil
	}
	if err := e.queries.save(kept); err != nil {
		e.log.Error("keep the end of a query", "query", q.id, "error", err)
	}
	q.mu.Lock()
	q.record = r
	q.mu.Unlock()
	e.counters.ended(r)
	e.log.Debug("query ended", "query", q.id, "status", string(r.Status), "took", took)
}

// heldResult is why a query is FAILED after a restart whose result was never on disk.
const heldResult = "no space was left in the data directory for the result, which was held in memory until the server stopped; start the query again"

// internalFault is what callers read of a fault that is not theirs.
const internalFault = "internal error: the server's log says more"

// guard turns a panic of a job into its error: one job must not end the others.
func guard(job func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panicked: %v\n%s", p, debug.Stack())
		}
	}()
	return job()
}

// queryFailure is what callers read of why a query failed: 4 to 1000 characters
// (CloudTrail API, ErrorMessage).
func queryFailure(err error) string {
	var user *ast.Error
	message := internalFault
	switch {
	case errors.Is(err, errResultTooLarge):
		message = errResultTooLarge.Error()
	case errors.Is(err, errNoRoom):
		message = errNoRoom.Error()
	case errors.Is(err, syscall.ENOSPC):
		message = "no space is left in the data directory for what the query must write to disk: make room, or ask for less"
	case errors.As(err, &user):
		message = user.Error()
	}
	if utf8.RuneCountInString(message) > 1000 {
		message = string([]rune(message)[:999]) + "…"
	}
	return message
}
