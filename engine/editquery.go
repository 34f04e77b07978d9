package engine

import (
	"context"
	"errors"

	"github.com/traillake/traillake/ingest/event"
	"github.com/traillake/traillake/query"
	"github.com/traillake/traillake/query/edit"
)

// QueryEdit is one change of a statement; see query/edit.
type QueryEdit = edit.Edit

// The kinds of QueryEdit and what they are made of.
type (
	EditColumn   = edit.Column
	ColumnFilter = edit.ColumnFilter
	LeafFilter   = edit.LeafFilter
	PathStep     = edit.Step
	SortEdit     = edit.Sort
	TimeRange    = edit.TimeRange
)

// maxEdits is how many edits one call may make.
const maxEdits = 20

// EditQueryInput is a statement and the edits to make, one after another.
type EditQueryInput struct {
	Statement string
	Edits     []QueryEdit
}

// EditQuery changes a statement and returns it. It is parsed and checked before and
// after, with any ? left open; nothing is run. A statement that is wrong is
// InvalidQueryStatement, an edit it cannot take InvalidParameter.
func (e *Engine) EditQuery(ctx context.Context, _ Principal, in EditQueryInput) (string, error) {
	if err := checkStatement(StatementInput{Statement: in.Statement}, 1); err != nil {
		return "", err
	}
	if n := len(in.Edits); n == 0 || n > maxEdits {
		return "", Errorf(InvalidParameter, "%d Edits: must be 1 to %d", n, maxEdits)
	}
	now := e.opts.Now().UTC()
	catalog := e.newCatalog(now)
	defer catalog.release()
	events := edit.Events{Time: event.CloudTrail.TimeColumn, Payload: event.CloudTrail.PayloadColumn}
	out, err := edit.Apply(in.Statement, in.Edits, events, func(sql string) (*query.Checked, error) {
		return query.Check(ctx, sql, nil, catalog, query.Options{Now: now})
	})
	var refused *edit.Refused
	if errors.As(err, &refused) {
		return "", &Error{Code: InvalidParameter, Message: err.Error(), Err: err}
	}
	if err != nil {
		return "", queryError(err)
	}
	if err := checkText("the edited QueryStatement", out, 1, 10000, nil); err != nil {
		return "", err
	}
	return out, nil
}
