package engine

import (
	"context"

	"github.com/traillake/traillake/query"
)

// Estimate is what a query would read at most.
type Estimate struct {
	Segments, SegmentsPruned   int64
	RowGroups, RowGroupsPruned int64
	Rows                       int64 // of the row groups that are left
	Bytes                      int64 // compressed, of the columns and row groups that are left
}

// EstimateQuery tells what a statement would read, from what is known of the
// segments: it is not run. Its errors are StartQuery's.
func (e *Engine) EstimateQuery(ctx context.Context, caller Principal, in StatementInput) (*Estimate, error) {
	leave, err := e.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	compiled, catalog, err := e.compile(ctx, in)
	if err != nil {
		return nil, err
	}
	defer catalog.release()
	st, err := compiled.Estimate(ctx, query.RunOptions{Now: catalog.now, User: caller.UserName, Clock: e.opts.Now})
	if err != nil {
		return nil, internal(err)
	}
	return &Estimate{
		Segments: st.Segments, SegmentsPruned: st.SegmentsPruned, RowGroups: st.RowGroups, RowGroupsPruned: st.RowGroupsPruned,
		Rows: st.RowsScanned, Bytes: st.BytesScanned,
	}, nil
}

// compile compiles a statement with its parameters. The caller releases the catalog.
func (e *Engine) compile(ctx context.Context, in StatementInput) (*query.Query, *catalog, error) {
	if err := checkStatement(in, 1); err != nil {
		return nil, nil, err
	}
	statement, err := query.Substitute(in.Statement, in.Parameters)
	if err != nil {
		return nil, nil, queryError(err)
	}
	now := e.opts.Now().UTC()
	catalog := e.newCatalog(now)
	compiled, err := query.Compile(ctx, statement, catalog, query.Options{Now: now})
	if err != nil {
		catalog.release()
		return nil, nil, queryError(err)
	}
	return compiled, catalog, nil
}
