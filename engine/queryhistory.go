package engine

import (
	"context"
	"slices"
	"strings"
)

// QueryHistoryInput filters the server's past queries.
type QueryHistoryInput struct {
	ListQueriesInput // an empty EventDataStore is every one
	// Phrase has words that must all occur in the statement or the error.
	Phrase *string
	Owner  *string // ARN or access key id of who started the query
	Source *string // as given to StartQuery; empty for queries without one
	// ExcludeSources leaves out the queries of these sources.
	ExcludeSources []string
}

// ListQueryHistory lists the queries of all stores whose results are kept, the
// newest first: those that run, and those that ended within Options.Query.ResultTTL
// (earlier ones when results take more room than they may).
func (e *Engine) ListQueryHistory(_ context.Context, _ Principal, in QueryHistoryInput) ([]Query, string, error) {
	store := ""
	if in.EventDataStore != "" {
		s, err := e.find(in.EventDataStore)
		if err != nil {
			return nil, "", err
		}
		store = s.id
	}
	if err := in.check(); err != nil {
		return nil, "", err
	}
	words, err := searchWords(in.Phrase)
	if err != nil {
		return nil, "", err
	}
	all := []Query{}
	for _, q := range e.queries.list() {
		d := e.describeQuery(q)
		if store != "" && !slices.Contains(d.Stores, store) || !in.takes(d) ||
			!isOwner(in.Owner, d.UserARN, d.AccessKeyID) || in.Source != nil && d.Source != *in.Source ||
			slices.Contains(in.ExcludeSources, d.Source) || !words.in(d.Statement, d.Error) {
			continue
		}
		all = append(all, *d)
	}
	call := callName("ListQueryHistory", store, text(in.Status), timeText(in.Start), timeText(in.End), text(in.Phrase), text(in.Owner),
		text(in.Source), strings.Join(in.ExcludeSources, "\x00"))
	return paginate(e.tokens, all, in.Page, call, func(q *Query) string { return newestFirst(q.Created, q.ID) })
}
