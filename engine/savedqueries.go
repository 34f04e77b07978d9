package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// maxSavedQueries bounds what the lake keeps in memory of saved queries.
const maxSavedQueries = 5000

// CreateSavedQuery keeps a statement under a name. It is durable when the call returns.
func (e *Engine) CreateSavedQuery(ctx context.Context, caller Principal, in SavedQueryContent) (*SavedQuery, error) {
	leave, err := e.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	if err := checkSavedQuery(in); err != nil {
		return nil, err
	}
	e.admin.Lock()
	defer e.admin.Unlock()
	e.mu.Lock()
	n := len(e.saved)
	e.mu.Unlock()
	if n >= maxSavedQueries {
		return nil, Errorf(SavedQueryMaxLimitExceeded, "there are %d saved queries, the limit is %d: delete some", n, maxSavedQueries)
	}
	id, err := e.newID()
	if err != nil {
		return nil, internal(err)
	}
	now := e.opts.Now().UTC()
	q := &SavedQuery{
		ID: id, SavedQueryContent: in, Owner: caller.ARN, OwnerAccessKeyID: caller.AccessKeyID, UpdatedBy: caller.ARN,
		Created: now, Updated: now, Version: 1,
	}
	return e.putSavedQuery(ctx, "create saved query "+id, q)
}

// GetSavedQuery returns a saved query.
func (e *Engine) GetSavedQuery(_ context.Context, _ Principal, id string) (*SavedQuery, error) {
	return e.findSavedQuery(id)
}

// ListSavedQueries lists saved queries by name.
func (e *Engine) ListSavedQueries(_ context.Context, _ Principal, in ListSavedQueriesInput) ([]SavedQuery, string, error) {
	words, err := searchWords(in.Phrase)
	if err != nil {
		return nil, "", err
	}
	e.mu.Lock()
	all := make([]SavedQuery, 0, len(e.saved))
	for _, q := range e.saved {
		if in.Tag != nil && !slices.Contains(q.Tags, *in.Tag) || !isOwner(in.Owner, q.Owner, q.OwnerAccessKeyID) ||
			!words.in(q.Name, q.Description, q.Statement, strings.Join(q.Tags, "\n")) {
			continue
		}
		all = append(all, *q)
	}
	e.mu.Unlock()
	call := callName("ListSavedQueries", text(in.Phrase), text(in.Tag), text(in.Owner))
	return paginate(e.tokens, all, in.Page, call, func(q *SavedQuery) string {
		return addressPlace(strings.ToLower(q.Name)) + "\x00" + q.ID
	})
}

// UpdateSavedQuery replaces the content of a saved query. A change that was made
// to another version than the newest is refused with Conflict.
func (e *Engine) UpdateSavedQuery(ctx context.Context, caller Principal, in UpdateSavedQueryInput) (*SavedQuery, error) {
	leave, err := e.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	if in.Version < 1 {
		return nil, Errorf(InvalidParameter, "Version %d: must be that of the saved query which the change was made to", in.Version)
	}
	if err := checkSavedQuery(in.SavedQueryContent); err != nil {
		return nil, err
	}
	e.admin.Lock()
	defer e.admin.Unlock()
	before, err := e.findSavedQuery(in.ID)
	if err != nil {
		return nil, err
	}
	if err := before.at(in.Version); err != nil {
		return nil, err
	}
	q := *before
	q.SavedQueryContent, q.UpdatedBy, q.Updated = in.SavedQueryContent, caller.ARN, e.opts.Now().UTC()
	q.Version++
	return e.putSavedQuery(ctx, "update saved query "+in.ID, &q)
}

// DeleteSavedQuery deletes a saved query. Its text stays in the lake's log, as
// every entry does.
func (e *Engine) DeleteSavedQuery(ctx context.Context, _ Principal, in DeleteSavedQueryInput) error {
	leave, err := e.enter()
	if err != nil {
		return err
	}
	defer leave()
	e.admin.Lock()
	defer e.admin.Unlock()
	q, err := e.findSavedQuery(in.ID)
	if err != nil {
		return err
	}
	if in.Version != nil {
		if err := q.at(*in.Version); err != nil {
			return err
		}
	}
	if _, err := e.lake.PutDocs(ctx, "delete saved query "+in.ID, map[string]json.RawMessage{savedQueryDoc(in.ID): nil}); err != nil {
		return internal(fmt.Errorf("delete saved query %s: %w", in.ID, err))
	}
	e.mu.Lock()
	delete(e.saved, in.ID)
	e.mu.Unlock()
	return nil
}

// putSavedQuery makes a saved query durable and then visible. The caller holds admin.
func (e *Engine) putSavedQuery(ctx context.Context, reason string, q *SavedQuery) (*SavedQuery, error) {
	docs, err := encodeDocs(map[string]any{savedQueryDoc(q.ID): q})
	if err != nil {
		return nil, internal(err)
	}
	if _, err := e.lake.PutDocs(ctx, reason, docs); err != nil {
		return nil, internal(fmt.Errorf("%s: %w", reason, err))
	}
	e.mu.Lock()
	e.saved[q.ID] = q
	e.mu.Unlock()
	out := *q
	return &out, nil
}

// findSavedQuery returns a copy of a saved query; what it points to never changes.
func (e *Engine) findSavedQuery(id string) (*SavedQuery, error) {
	if err := checkUUID("SavedQueryId", id); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	q, ok := e.saved[id]
	if !ok {
		return nil, Errorf(SavedQueryNotFound, "saved query %s does not exist", id)
	}
	out := *q
	return &out, nil
}

// at refuses a change that was made to another version.
func (q *SavedQuery) at(version int64) error {
	if version == q.Version {
		return nil
	}
	return Errorf(Conflict, "saved query %s: the change was made to version %d, but %s has made version %d of it at %s: read it again",
		q.ID, version, q.UpdatedBy, q.Version, q.Updated.Format(time.RFC3339))
}

// isOwner reports whether who, when not nil, is the ARN or the access key of an owner.
func isOwner(who *string, arn, accessKeyID string) bool {
	return who == nil || *who == arn || *who == accessKeyID
}
