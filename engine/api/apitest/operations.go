package apitest

import (
	"context"
	"io"

	"github.com/traillake/traillake/engine"
)

// reply gives the answer unless the call is to fail.
func reply[T any](ctx context.Context, e *Engine, op string, p engine.Principal, input any, answer func() *T) (*T, error) {
	if err := e.asked(ctx, op, p, input); err != nil {
		return nil, err
	}
	return answer(), nil
}

// CreateEventDataStore answers Store.
func (e *Engine) CreateEventDataStore(ctx context.Context, p engine.Principal, in engine.CreateEventDataStoreInput) (*engine.EventDataStore, error) {
	return reply(ctx, e, "CreateEventDataStore", p, in, Store)
}

// GetEventDataStore answers Store.
func (e *Engine) GetEventDataStore(ctx context.Context, p engine.Principal, id string) (*engine.EventDataStore, error) {
	return reply(ctx, e, "GetEventDataStore", p, id, Store)
}

// ListEventDataStores answers Store and a next token.
func (e *Engine) ListEventDataStores(ctx context.Context, p engine.Principal, in engine.Page) ([]engine.EventDataStore, string, error) {
	if err := e.asked(ctx, "ListEventDataStores", p, in); err != nil {
		return nil, "", err
	}
	return []engine.EventDataStore{*Store()}, "next-stores", nil
}

// UpdateEventDataStore answers Store.
func (e *Engine) UpdateEventDataStore(ctx context.Context, p engine.Principal, in engine.UpdateEventDataStoreInput) (*engine.EventDataStore, error) {
	return reply(ctx, e, "UpdateEventDataStore", p, in, Store)
}

// DeleteEventDataStore does nothing.
func (e *Engine) DeleteEventDataStore(ctx context.Context, p engine.Principal, id string) error {
	return e.asked(ctx, "DeleteEventDataStore", p, id)
}

// RestoreEventDataStore answers Store.
func (e *Engine) RestoreEventDataStore(ctx context.Context, p engine.Principal, id string) (*engine.EventDataStore, error) {
	return reply(ctx, e, "RestoreEventDataStore", p, id, Store)
}

// StartEventDataStoreIngestion does nothing.
func (e *Engine) StartEventDataStoreIngestion(ctx context.Context, p engine.Principal, id string) error {
	return e.asked(ctx, "StartEventDataStoreIngestion", p, id)
}

// StopEventDataStoreIngestion does nothing.
func (e *Engine) StopEventDataStoreIngestion(ctx context.Context, p engine.Principal, id string) error {
	return e.asked(ctx, "StopEventDataStoreIngestion", p, id)
}

// Watch is the watched source that Engine holds.
func Watch() *engine.WatchedSource {
	return &engine.WatchedSource{
		ID: ImportID, EventDataStore: StoreARN, Source: engine.S3Source{LocationURI: "s3://trails/", Region: "us-east-1"}, QueueURL: "https://sqs/1/q",
		Start: At, Status: engine.Watching, Created: At, Updated: At, Listed: At, Error: "none",
		Statistics: engine.WatchStatistics{
			FilesCompleted: 1, EventsCompleted: 2, EventsRead: 3, Duplicates: 4, OutsideRetention: 5, NotSelected: 6, Quarantined: 7, FailedEntries: 8,
		},
	}
}

// CreateWatchedSource answers Watch.
func (e *Engine) CreateWatchedSource(ctx context.Context, p engine.Principal, in engine.CreateWatchedSourceInput) (*engine.WatchedSource, error) {
	return reply(ctx, e, "CreateWatchedSource", p, in, Watch)
}

// GetWatchedSource answers Watch.
func (e *Engine) GetWatchedSource(ctx context.Context, p engine.Principal, id string) (*engine.WatchedSource, error) {
	return reply(ctx, e, "GetWatchedSource", p, id, Watch)
}

// PauseWatchedSource answers Watch.
func (e *Engine) PauseWatchedSource(ctx context.Context, p engine.Principal, id string) (*engine.WatchedSource, error) {
	return reply(ctx, e, "PauseWatchedSource", p, id, Watch)
}

// ResumeWatchedSource answers Watch.
func (e *Engine) ResumeWatchedSource(ctx context.Context, p engine.Principal, id string) (*engine.WatchedSource, error) {
	return reply(ctx, e, "ResumeWatchedSource", p, id, Watch)
}

// DeleteWatchedSource answers nothing.
func (e *Engine) DeleteWatchedSource(ctx context.Context, p engine.Principal, id string) error {
	return e.asked(ctx, "DeleteWatchedSource", p, id)
}

// ListWatchedSources answers Watch.
func (e *Engine) ListWatchedSources(ctx context.Context, p engine.Principal, in engine.ListWatchedSourcesInput) ([]engine.WatchedSource, string, error) {
	if err := e.asked(ctx, "ListWatchedSources", p, in); err != nil {
		return nil, "", err
	}
	return []engine.WatchedSource{*Watch()}, "next-watches", nil
}

// ListWatchedSourceFailures answers one failure.
func (e *Engine) ListWatchedSourceFailures(ctx context.Context, p engine.Principal, id string, page engine.Page) ([]engine.ImportFailure, string, error) {
	if err := e.asked(ctx, "ListWatchedSourceFailures", p, []any{id, page}); err != nil {
		return nil, "", err
	}
	return []engine.ImportFailure{{Location: "s3://trails/x", Status: engine.FailureRetry, ErrorType: "InvalidGzip", ErrorMessage: "cut", LastUpdated: At}}, "", nil
}

// StartImport answers Import.
func (e *Engine) StartImport(ctx context.Context, p engine.Principal, in engine.StartImportInput) (*engine.Import, error) {
	return reply(ctx, e, "StartImport", p, in, Import)
}

// GetImport answers Import.
func (e *Engine) GetImport(ctx context.Context, p engine.Principal, id string) (*engine.Import, error) {
	return reply(ctx, e, "GetImport", p, id, Import)
}

// StopImport answers Import.
func (e *Engine) StopImport(ctx context.Context, p engine.Principal, id string) (*engine.Import, error) {
	return reply(ctx, e, "StopImport", p, id, Import)
}

// ListImports answers Import.
func (e *Engine) ListImports(ctx context.Context, p engine.Principal, in engine.ListImportsInput) ([]engine.Import, string, error) {
	if err := e.asked(ctx, "ListImports", p, in); err != nil {
		return nil, "", err
	}
	return []engine.Import{*Import()}, "", nil
}

// ListImportFailures answers one failure.
func (e *Engine) ListImportFailures(ctx context.Context, p engine.Principal, id string, page engine.Page) ([]engine.ImportFailure, string, error) {
	if err := e.asked(ctx, "ListImportFailures", p, []any{id, page}); err != nil {
		return nil, "", err
	}
	return []engine.ImportFailure{{
		Location: "s3://trails/AWSLogs/bad.json.gz", Status: engine.FailureFailed, ErrorType: "InvalidGzip",
		ErrorMessage: "unexpected end of file", LastUpdated: At,
	}}, "", nil
}

// ListQuarantinedRecords answers one record.
func (e *Engine) ListQuarantinedRecords(ctx context.Context, p engine.Principal, id string, page engine.Page) ([]engine.QuarantinedRecord, string, error) {
	if err := e.asked(ctx, "ListQuarantinedRecords", p, []any{id, page}); err != nil {
		return nil, "", err
	}
	return []engine.QuarantinedRecord{{Location: "s3://trails/AWSLogs/odd.json.gz", Record: 3, Reason: "not an object", Excerpt: "7"}}, "", nil
}

// StartQuery answers Query.
func (e *Engine) StartQuery(ctx context.Context, p engine.Principal, in engine.StartQueryInput) (*engine.Query, error) {
	return reply(ctx, e, "StartQuery", p, in, Query)
}

// DescribeQuery answers Query.
func (e *Engine) DescribeQuery(ctx context.Context, p engine.Principal, in engine.QueryRef) (*engine.Query, error) {
	return reply(ctx, e, "DescribeQuery", p, in, Query)
}

// CancelQuery answers Query.
func (e *Engine) CancelQuery(ctx context.Context, p engine.Principal, in engine.QueryRef) (*engine.Query, error) {
	return reply(ctx, e, "CancelQuery", p, in, Query)
}

// GetQueryResults answers Results, or Page.
func (e *Engine) GetQueryResults(ctx context.Context, p engine.Principal, in engine.GetQueryResultsInput) (*engine.QueryResults, error) {
	return reply(ctx, e, "GetQueryResults", p, in, func() *engine.QueryResults {
		if e.Results != nil {
			return e.Results
		}
		return Page()
	})
}

// StreamQueryResults answers Stream, or NewStream's two batches.
func (e *Engine) StreamQueryResults(ctx context.Context, p engine.Principal, in engine.QueryRef) (engine.ResultStream, error) {
	if err := e.asked(ctx, "StreamQueryResults", p, in); err != nil {
		return nil, err
	}
	if e.Stream != nil {
		return e.Stream(), nil
	}
	return NewStream(2, 3, nil), nil
}

// ListQueries answers Query.
func (e *Engine) ListQueries(ctx context.Context, p engine.Principal, in engine.ListQueriesInput) ([]engine.Query, string, error) {
	if err := e.asked(ctx, "ListQueries", p, in); err != nil {
		return nil, "", err
	}
	return []engine.Query{*Query()}, "", nil
}

// Upload is what PutUpload was given.
type Upload struct{ ID, Key, Content string }

// PutUpload reads the file and notes it.
func (e *Engine) PutUpload(ctx context.Context, p engine.Principal, id, key string, r io.Reader) error {
	content, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return e.asked(ctx, "PutUpload", p, Upload{id, key, string(content)})
}

// SearchSampleQueries answers Sample and a next token.
func (e *Engine) SearchSampleQueries(ctx context.Context, p engine.Principal, in engine.SearchSampleQueriesInput) ([]engine.SampleQuery, string, error) {
	if err := e.asked(ctx, "SearchSampleQueries", p, in); err != nil {
		return nil, "", err
	}
	return []engine.SampleQuery{*Sample()}, "next-samples", nil
}

// GetSampleQuery answers Sample.
func (e *Engine) GetSampleQuery(ctx context.Context, p engine.Principal, in engine.GetSampleQueryInput) (*engine.SampleQuery, error) {
	return reply(ctx, e, "GetSampleQuery", p, in, Sample)
}

// CreateSavedQuery answers SavedQuery.
func (e *Engine) CreateSavedQuery(ctx context.Context, p engine.Principal, in engine.SavedQueryContent) (*engine.SavedQuery, error) {
	return reply(ctx, e, "CreateSavedQuery", p, in, SavedQuery)
}

// GetSavedQuery answers SavedQuery.
func (e *Engine) GetSavedQuery(ctx context.Context, p engine.Principal, id string) (*engine.SavedQuery, error) {
	return reply(ctx, e, "GetSavedQuery", p, id, SavedQuery)
}

// ListSavedQueries answers SavedQuery and a next token.
func (e *Engine) ListSavedQueries(ctx context.Context, p engine.Principal, in engine.ListSavedQueriesInput) ([]engine.SavedQuery, string, error) {
	if err := e.asked(ctx, "ListSavedQueries", p, in); err != nil {
		return nil, "", err
	}
	return []engine.SavedQuery{*SavedQuery()}, "next-saved", nil
}

// UpdateSavedQuery answers SavedQuery.
func (e *Engine) UpdateSavedQuery(ctx context.Context, p engine.Principal, in engine.UpdateSavedQueryInput) (*engine.SavedQuery, error) {
	return reply(ctx, e, "UpdateSavedQuery", p, in, SavedQuery)
}

// DeleteSavedQuery does nothing.
func (e *Engine) DeleteSavedQuery(ctx context.Context, p engine.Principal, in engine.DeleteSavedQueryInput) error {
	return e.asked(ctx, "DeleteSavedQuery", p, in)
}

// ListQueryHistory answers Query and a next token.
func (e *Engine) ListQueryHistory(ctx context.Context, p engine.Principal, in engine.QueryHistoryInput) ([]engine.Query, string, error) {
	if err := e.asked(ctx, "ListQueryHistory", p, in); err != nil {
		return nil, "", err
	}
	return []engine.Query{*Query()}, "next-past", nil
}
