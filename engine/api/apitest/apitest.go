// Package apitest has what the fronts' tests share: an engine made by hand that
// answers from memory and notes what it was asked, and a signer of requests.
package apitest

import (
	"context"
	"sync"
	"time"

	"github.com/traillake/traillake/engine"
)

// The access key that Engine knows, and what it holds.
const (
	KeyID     = "AKIATESTROOT00000001"
	Secret    = "test/root/secret/key/0123456789abcdefghi"
	AccountID = "123456789012"
	StoreID   = "0f5a3c1e-2b4d-4c6f-8a9b-1c2d3e4f5a6b"
	StoreARN  = "arn:aws:cloudtrail:us-east-1:" + AccountID + ":eventdatastore/" + StoreID
	ImportID  = "11111111-2222-4333-8444-555555555555"
	QueryID   = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"

	ChannelID  = "77777777-6666-4555-8444-333333333333"
	ChannelARN = "arn:aws:cloudtrail:us-east-1:" + AccountID + ":channel/" + ChannelID

	SavedQueryID = "99999999-8888-4777-8666-555555555555"
)

// At is the time everything in Engine happened.
var At = time.Date(2026, 3, 4, 5, 6, 7, 890_000_000, time.UTC)

// Call is one call that Engine was asked.
type Call struct {
	Op        string
	Principal engine.Principal
	Input     any
}

// Engine is an engine with one store, one import and one query. Its answers are
// fixed. Safe for concurrent use.
type Engine struct {
	// Fail, when set, is asked before every call; what it returns is the answer.
	// It may panic or wait.
	Fail func(ctx context.Context, op string) error
	// Results, when set, is what GetQueryResults answers.
	Results *engine.QueryResults
	// Stream, when set, is what StreamQueryResults answers.
	Stream func() engine.ResultStream
	// Export, when set, is what ExportQueryResults answers.
	Export *engine.ResultExport
	// NotReady is what Ready answers.
	NotReady error

	mu    sync.Mutex
	calls []Call // guarded by mu
}

// Calls returns what the engine was asked so far and forgets it.
func (e *Engine) Calls() []Call {
	e.mu.Lock()
	defer e.mu.Unlock()
	calls := e.calls
	e.calls = nil
	return calls
}

func (e *Engine) asked(ctx context.Context, op string, p engine.Principal, input any) error {
	e.mu.Lock()
	e.calls = append(e.calls, Call{op, p, input})
	e.mu.Unlock()
	if e.Fail != nil {
		return e.Fail(ctx, op)
	}
	return nil
}

// Principal is who KeyID belongs to.
func Principal() engine.Principal {
	return engine.Principal{AccessKeyID: KeyID, AccountID: AccountID, ARN: "arn:aws:iam::" + AccountID + ":root", UserName: "root"}
}

// Credential knows KeyID.
func (e *Engine) Credential(_ context.Context, id string) (engine.Credential, bool) {
	if id != KeyID {
		return engine.Credential{}, false
	}
	return engine.Credential{AccessKeyID: KeyID, SecretAccessKey: Secret, Principal: Principal()}, true
}

// Ready returns NotReady.
func (e *Engine) Ready() error { return e.NotReady }

// Region is the region of StoreARN.
func (e *Engine) Region() string { return "us-east-1" }

// Metrics returns a counter and a gauge with a label.
func (e *Engine) Metrics() []engine.Metric {
	return []engine.Metric{
		{Name: "traillake_queries_started_total", Help: "Queries started.", Type: "counter", Value: 3},
		{Name: "traillake_store_events", Help: "Rows a store holds.", Type: "gauge", Labels: map[string]string{"store": StoreID, "name": "trail"}, Value: 1234},
	}
}

// Store is the store that Engine holds.
func Store() *engine.EventDataStore {
	value := "blue"
	return &engine.EventDataStore{
		ARN: StoreARN, ID: StoreID, Name: "trail", Status: engine.StoreEnabled,
		Selectors: []engine.EventSelector{{Name: "Default management events", FieldSelectors: []engine.FieldSelector{
			{Field: "eventCategory", Equals: []string{"Management"}},
		}}},
		MultiRegion: true, RetentionDays: 366, TerminationProtection: true, BillingMode: engine.ExtendableRetention,
		Tags:    []engine.Tag{{Key: "team", Value: &value}, {Key: "bare"}},
		Created: At, Updated: At.Add(time.Hour),
		PartitionKeys: []engine.PartitionKey{{Name: "calendarday", Type: "bigint"}},
		Version:       7, Events: 1234, Bytes: 5678, Segments: 9,
	}
}

// Import is the import that Engine holds.
func Import() *engine.Import {
	start := At.Add(-48 * time.Hour)
	return &engine.Import{
		ID: ImportID, Destinations: []string{StoreARN},
		Source: engine.S3Source{LocationURI: "s3://trails/AWSLogs/", Region: "us-east-1", RoleARN: "arn:aws:iam::111122223333:role/import"},
		Start:  &start, Status: engine.ImportInProgress, Created: At, Updated: At.Add(time.Minute),
		Statistics: engine.ImportStatistics{
			PrefixesFound: 1, PrefixesCompleted: 2, FilesCompleted: 3, EventsCompleted: 4, FailedEntries: 5, FilesFound: 6,
			FilesSkipped: 7, BytesFound: 8, BytesCompleted: 9, EventsRead: 10, Duplicates: 11, OutsideRetention: 12, Quarantined: 13,
		},
	}
}

// Query is the query that Engine holds.
func Query() *engine.Query {
	ended := At.Add(24 * time.Millisecond)
	return &engine.Query{
		ID: QueryID, Statement: "SELECT eventname FROM " + StoreID, Status: engine.QueryFinished, Created: At,
		EventsMatched: 21, EventsScanned: 22, BytesScanned: 23, ExecutionTime: 24 * time.Millisecond, ResultRows: 2,
		OwnerAccountID: AccountID, Stores: []string{StoreID},
		UserARN: Principal().ARN, AccessKeyID: KeyID, Source: "a tool", Ended: &ended,
		Segments: 31, SegmentsPruned: 32, RowGroups: 33, RowGroupsPruned: 34, RowGroupsDone: 35, RowGroupsTotal: 36,
	}
}

// SavedQuery is the saved query that Engine holds.
func SavedQuery() *engine.SavedQuery {
	who, start := "AssumeRole", At.Add(-24*time.Hour)
	return &engine.SavedQuery{
		ID: SavedQueryID, Owner: Principal().ARN, OwnerAccessKeyID: KeyID, UpdatedBy: "arn:aws:iam::" + AccountID + ":user/other",
		Created: At, Updated: At.Add(time.Hour), Version: 3,
		SavedQueryContent: engine.SavedQueryContent{
			Name: "Who did it", Description: "By name.", Statement: "SELECT * FROM trail WHERE eventname = '?' AND n > ?",
			Parameters: []engine.SavedQueryParameter{
				{Name: "name", Type: engine.ParameterString, Default: &who, Description: "an event's"}, {Name: "n", Type: engine.ParameterNumber},
			},
			Range: &engine.SavedQueryRange{Start: &start}, Tags: []string{"iam", "hunt"},
		},
	}
}

// Page is the page of results that Engine answers by default: a NULL, characters
// that JSON may escape, and a column name given twice.
func Page() *engine.QueryResults {
	text := func(s string) *string { return &s }
	return &engine.QueryResults{
		Status: engine.QueryFinished,
		Rows: [][]engine.Cell{
			{{Name: "eventName", Value: text("ConsoleLogin")}, {Name: "_col1", Value: nil}, {Name: "eventName", Value: text("again")}},
			{{Name: "eventName", Value: text(`<a href="x">&é</a>`)}, {Name: "_col1", Value: text("")}, {Name: "eventName", Value: nil}},
		},
		ResultsCount: 2, TotalResults: 5, BytesScanned: 23, NextToken: "next-page",
	}
}

// Sample is the sample query that Engine holds.
func Sample() *engine.SampleQuery {
	return &engine.SampleQuery{
		Name: "Trails off", Description: "Who?\n\nLook.", SQL: "SELECT 7 FROM $EDS_ID WHERE a <> b", Relevance: 0.75,
		ID: "trails-off", Question: "Who?", Explanation: "Look.", Category: "Logging", CategoryName: "Log keeping", TechniqueID: "T1562.008", TechniqueName: "Impair",
		Parameters: []engine.SampleParameter{{Name: "days", Default: "7", Description: "days back"}}, Statement: "SELECT ? FROM $EDS_ID WHERE a <> b",
		Language: "en",
	}
}
