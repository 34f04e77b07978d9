package engine

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"time"

	"github.com/traillake/traillake/query"
	"github.com/traillake/traillake/query/ast"
)

var (
	accountIDPattern = regexp.MustCompile(`^\d+$`)
	sourcePattern    = regexp.MustCompile(`^\PC*$`) // no control characters, nor others without a form
)

// StartQuery checks a statement, registers the query and starts it. What is
// wrong with the statement itself is told here, as AWS does.
func (e *Engine) StartQuery(ctx context.Context, caller Principal, in StartQueryInput) (*Query, error) {
	leave, err := e.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	statement, err := e.statement(in)
	if err != nil {
		return nil, err
	}
	now := e.opts.Now().UTC()
	catalog := e.newCatalog(now)
	compiled, err := query.Compile(ctx, statement, catalog, query.Options{Now: now})
	if err != nil {
		catalog.release()
		return nil, queryError(err)
	}
	id, err := e.newID()
	if err != nil {
		catalog.release()
		return nil, internal(err)
	}
	running, cancel := context.WithTimeoutCause(e.background, e.opts.Query.Timeout, errTimedOut)
	q := &queryState{id: id, user: caller.UserName, ended: make(chan struct{}), cancel: cancel, record: queryRecord{
		ID: id, Statement: statement, Status: QueryQueued, Created: now, Stores: catalog.stores(), Owner: text(in.OwnerAccountID),
		UserARN: caller.ARN, AccessKeyID: caller.AccessKeyID, Source: text(in.Source),
		Columns: outputColumns(compiled.Columns()),
	}}
	if err := e.queries.add(q, e.opts.Query); err != nil {
		cancel()
		catalog.release()
		return nil, internal(err)
	}
	e.runQuery(running, q, compiled, catalog)
	return e.describeQuery(q), nil
}

// statement validates a StartQuery request and returns the text to run.
func (e *Engine) statement(in StartQueryInput) (string, error) {
	switch {
	case in.Statement == nil && in.Alias == nil:
		return "", Errorf(InvalidParameter, "QueryStatement: is required")
	case in.Statement != nil && in.Alias != nil:
		return "", Errorf(InvalidParameter, "QueryStatement and QueryAlias: give one of them")
	case in.Alias != nil:
		return "", Errorf(InvalidParameter, "QueryAlias %q: no query has that alias", clip(*in.Alias))
	}
	given := StatementInput{Statement: *in.Statement, Parameters: in.Parameters}
	if err := checkStatement(given, 1); err != nil {
		return "", err
	}
	if in.DeliveryS3URI != nil {
		return "", Errorf(UnsupportedOperation, "DeliveryS3Uri %q: delivery of results to S3 is not supported by this version; read them with GetQueryResults", clip(*in.DeliveryS3URI))
	}
	if err := e.checkOwner(in.OwnerAccountID); err != nil {
		return "", err
	}
	if in.Source != nil {
		if err := checkText("Source", *in.Source, 0, 128, sourcePattern); err != nil {
			return "", err
		}
	}
	if len(in.Parameters) == 0 {
		return *in.Statement, nil
	}
	statement, err := query.Substitute(*in.Statement, in.Parameters)
	if err != nil {
		return "", queryError(err)
	}
	return statement, nil
}

// checkOwner refuses queries on behalf of another account: one lake is one account.
func (e *Engine) checkOwner(owner *string) error {
	if owner == nil {
		return nil
	}
	if err := checkText("EventDataStoreOwnerAccountId", *owner, 12, 16, accountIDPattern); err != nil {
		return err
	}
	if *owner != e.opts.Account {
		return Errorf(InvalidParameter, "EventDataStoreOwnerAccountId %s: this lake is account %s", *owner, e.opts.Account)
	}
	return nil
}

// queryError maps what query.Compile and query.Substitute answer.
func queryError(err error) error {
	var user *ast.Error
	if errors.As(err, &user) {
		message := user.Error()
		if caret := user.Caret(); caret != "" {
			message += "\n" + caret
		}
		return &Error{Code: InvalidQueryStatement, Message: message, Err: err}
	}
	return internal(err)
}

// DescribeQuery tells how a query goes.
func (e *Engine) DescribeQuery(_ context.Context, _ Principal, ref QueryRef) (*Query, error) {
	if ref.RefreshID != nil {
		return nil, Errorf(InvalidParameter, "RefreshId %q: no dashboard was refreshed under it", clip(*ref.RefreshID))
	}
	if ref.QueryID == "" && ref.Alias != nil {
		return nil, Errorf(QueryIDNotFound, "QueryAlias %q: no query has that alias", clip(*ref.Alias))
	}
	q, err := e.findQuery(ref)
	if err != nil {
		return nil, err
	}
	return e.describeQuery(q), nil
}

// CancelQuery ends a query that has not ended.
func (e *Engine) CancelQuery(ctx context.Context, _ Principal, ref QueryRef) (*Query, error) {
	q, err := e.findQuery(ref)
	if err != nil {
		return nil, err
	}
	if status := q.now().Status; status.Ended() {
		return nil, Errorf(InactiveQuery, "query %s has ended: it is %s", q.id, status)
	}
	q.cancel()
	select {
	case <-q.ended:
	case <-ctx.Done():
		return nil, internal(ctx.Err())
	}
	d := e.describeQuery(q)
	if d.Status != QueryCancelled { // it was faster
		return nil, Errorf(InactiveQuery, "query %s has ended: it is %s", q.id, d.Status)
	}
	return d, nil
}

// ListQueries lists the queries of a store in the last seven days, the newest first.
func (e *Engine) ListQueries(_ context.Context, _ Principal, in ListQueriesInput) ([]Query, string, error) {
	s, err := e.findActive(in.EventDataStore)
	if err != nil {
		return nil, "", err
	}
	if err := in.check(); err != nil {
		return nil, "", err
	}
	oldest := e.opts.Now().Add(-7 * 24 * time.Hour)
	all := []Query{}
	for _, q := range e.queries.list() {
		d := e.describeQuery(q)
		if !slices.Contains(d.Stores, s.id) || d.Created.Before(oldest) || !in.takes(d) {
			continue
		}
		all = append(all, *d)
	}
	call := callName("ListQueries", s.id, text(in.Status), timeText(in.Start), timeText(in.End))
	return paginate(e.tokens, all, in.Page, call, func(q *Query) string { return newestFirst(q.Created, q.ID) })
}

// check refuses a status that is none and a range that ends before it begins.
func (in ListQueriesInput) check() error {
	if in.Status != nil && !oneOf(*in.Status, QueryQueued, QueryRunning, QueryFinished, QueryFailed, QueryCancelled, QueryTimedOut) {
		return Errorf(InvalidQueryStatus, "QueryStatus %q: must be QUEUED, RUNNING, FINISHED, FAILED, CANCELLED or TIMED_OUT", clip(string(*in.Status)))
	}
	if in.Start != nil && in.End != nil && in.Start.After(*in.End) {
		return Errorf(InvalidDateRange, "StartTime %s is after EndTime %s", in.Start.UTC().Format(time.RFC3339), in.End.UTC().Format(time.RFC3339))
	}
	return nil
}

// takes reports whether a query is in the range and of the status, if they were given.
func (in ListQueriesInput) takes(q *Query) bool {
	return (in.Start == nil || !q.Created.Before(*in.Start)) && (in.End == nil || !q.Created.After(*in.End)) &&
		(in.Status == nil || q.Status == *in.Status)
}

// findQuery returns the query a reference names and checks what else it says.
func (e *Engine) findQuery(ref QueryRef) (*queryState, error) {
	if err := checkUUID("QueryId", ref.QueryID); err != nil {
		return nil, err
	}
	if err := e.checkOwner(ref.OwnerAccountID); err != nil {
		return nil, err
	}
	if ref.EventDataStore != nil {
		if _, err := e.findActive(*ref.EventDataStore); err != nil {
			return nil, err
		}
	}
	q, ok := e.queries.find(ref.QueryID)
	if !ok {
		return nil, Errorf(QueryIDNotFound, "query %s does not exist, or its results were older than %d days", ref.QueryID, int(e.opts.Query.ResultTTL.Hours()/24))
	}
	for _, id := range q.now().Stores {
		if _, err := e.findActive(id); err != nil && AsError(err).Code == InactiveEventDataStore {
			return nil, err
		}
	}
	return q, nil
}

// describeQuery is the query as operations answer it.
func (e *Engine) describeQuery(q *queryState) *Query {
	r := q.now()
	_, rows, _ := q.spool.state()
	return &Query{
		ID: r.ID, Statement: r.Statement, Status: r.Status, Error: r.Error, Created: r.Created, Ended: r.Ended,
		UserARN: r.UserARN, AccessKeyID: r.AccessKeyID, Source: r.Source,
		EventsMatched: r.EventsMatched, EventsScanned: r.EventsScanned, BytesScanned: r.BytesScanned,
		ExecutionTime: r.ExecutionTime, ResultRows: rows, OwnerAccountID: orText(r.Owner, e.opts.Account), Stores: r.Stores,
		Segments: r.Segments, SegmentsPruned: r.SegmentsPruned, RowGroups: r.RowGroups, RowGroupsPruned: r.RowGroupsPruned,
		RowGroupsDone: r.RowGroupsDone, RowGroupsTotal: r.RowGroupsTotal,
	}
}

func timeText(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
