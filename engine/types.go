package engine

import (
	"time"

	"github.com/apache/arrow/go/v15/arrow"
)

// Principal is who makes a call, as the fronts' authentication found.
type Principal struct {
	AccessKeyID string
	AccountID   string
	ARN         string
	UserName    string
}

// Credential is an access key with its secret and owner.
type Credential struct {
	AccessKeyID     string
	SecretAccessKey string
	Principal       Principal
}

// StoreStatus is the state of an event data store (CloudTrail API, EventDataStoreStatus).
type StoreStatus string

// The states of a store.
const (
	StoreCreated           StoreStatus = "CREATED"
	StoreEnabled           StoreStatus = "ENABLED"
	StorePendingDeletion   StoreStatus = "PENDING_DELETION"
	StoreStartingIngestion StoreStatus = "STARTING_INGESTION"
	StoreStoppingIngestion StoreStatus = "STOPPING_INGESTION"
	StoreStoppedIngestion  StoreStatus = "STOPPED_INGESTION"
)

// BillingMode is the pricing option, which decides the default retention.
type BillingMode string

// The billing modes: 366 days by default, or 2,557.
const (
	ExtendableRetention BillingMode = "EXTENDABLE_RETENTION_PRICING"
	FixedRetention      BillingMode = "FIXED_RETENTION_PRICING"
)

// Tag is a key and a value; Value is nil when it was not given.
type Tag struct {
	Key   string  `json:"key"`
	Value *string `json:"value,omitempty"`
}

// PartitionKey is a partition column of a store.
type PartitionKey struct{ Name, Type string }

// EventDataStore describes a store, as Create, Get, List, Update and Restore answer.
type EventDataStore struct {
	ARN                   string
	ID                    string
	Name                  string
	Status                StoreStatus
	Selectors             []EventSelector
	MultiRegion           bool
	Organization          bool
	RetentionDays         int
	TerminationProtection bool
	BillingMode           BillingMode
	KMSKeyID              string
	Tags                  []Tag
	Created, Updated      time.Time
	PartitionKeys         []PartitionKey
	// Ours, beyond the AWS members.
	Version  int64 // of the commit log
	Events   int64 // that queries see: those within the retention
	Bytes    int64 // of its segments on disk
	Segments int64
}

// CreateEventDataStoreInput is the request; nil members take the documented defaults.
type CreateEventDataStoreInput struct {
	Name                  string
	Selectors             []EventSelector
	MultiRegion           *bool
	Organization          *bool
	RetentionDays         *int32
	TerminationProtection *bool
	Tags                  []Tag
	KMSKeyID              *string
	StartIngestion        *bool
	BillingMode           *BillingMode
}

// UpdateEventDataStoreInput changes the members that are not nil.
type UpdateEventDataStoreInput struct {
	EventDataStore        string // id or ARN
	Name                  *string
	Selectors             []EventSelector // nil: unchanged
	MultiRegion           *bool
	Organization          *bool
	RetentionDays         *int32
	TerminationProtection *bool
	KMSKeyID              *string
	BillingMode           *BillingMode
}

// Page asks for one page of a list; zero MaxResults is the operation's default.
type Page struct {
	MaxResults *int32
	NextToken  *string
}

// ImportStatus is the state of an import.
type ImportStatus string

// The states of an import (CloudTrail API, ImportStatus).
const (
	ImportInitializing ImportStatus = "INITIALIZING"
	ImportInProgress   ImportStatus = "IN_PROGRESS"
	ImportCompleted    ImportStatus = "COMPLETED"
	ImportFailed       ImportStatus = "FAILED"
	ImportStopped      ImportStatus = "STOPPED"
)

// S3Source is where an import reads (S3ImportSource).
type S3Source struct {
	LocationURI string `json:"locationUri"`
	Region      string `json:"region"`
	RoleARN     string `json:"roleArn"`
}

// StartImportInput starts a new import, or, with only ImportID, goes on with a failed or stopped one.
type StartImportInput struct {
	Destinations []string
	Source       *S3Source
	Start, End   *time.Time
	ImportID     *string
	DryRun       bool // ours: list and count, read nothing, keep nothing
	// AnyFormat, ours, also takes plain files, top-level arrays, single objects
	// and JSON lines; without it only gzip objects with Records, as AWS does. With it
	// a store of configuration items takes AWS Config's histories and snapshots.
	AnyFormat bool
}

// ImportStatistics counts what an import has done (CloudTrail API, ImportStatistics, and ours).
type ImportStatistics struct {
	PrefixesFound     int64 `json:"prefixesFound"`
	PrefixesCompleted int64 `json:"prefixesCompleted"`
	FilesCompleted    int64 `json:"filesCompleted"`
	EventsCompleted   int64 `json:"eventsCompleted"` // rows added
	FailedEntries     int64 `json:"failedEntries"`
	// Ours.
	FilesFound       int64 `json:"filesFound"`
	FilesSkipped     int64 `json:"filesSkipped"` // imported before, unchanged
	BytesFound       int64 `json:"bytesFound"`   // compressed
	BytesCompleted   int64 `json:"bytesCompleted"`
	EventsRead       int64 `json:"eventsRead"`
	Duplicates       int64 `json:"duplicates"`
	OutsideRetention int64 `json:"outsideRetention"`
	Quarantined      int64 `json:"quarantined"`
}

// Import describes an import.
type Import struct {
	ID               string
	Destinations     []string // ARNs
	Source           S3Source
	Start, End       *time.Time
	Status           ImportStatus
	DryRun           bool
	AnyFormat        bool
	Created, Updated time.Time
	Statistics       ImportStatistics
	Error            string // why it ended early; empty otherwise
}

// ListImportsInput filters the list.
type ListImportsInput struct {
	Page
	Destination *string
	Status      *ImportStatus
}

// FailureStatus is the state of an import failure.
type FailureStatus string

// The states of a failure (CloudTrail API, ImportFailureStatus).
const (
	FailureFailed    FailureStatus = "FAILED"
	FailureRetry     FailureStatus = "RETRY"
	FailureSucceeded FailureStatus = "SUCCEEDED"
)

// ImportFailure is one object (or prefix) that could not be imported.
type ImportFailure struct {
	Location     string        `json:"location"` // s3://bucket/key
	Status       FailureStatus `json:"status"`
	ErrorType    string        `json:"errorType"`
	ErrorMessage string        `json:"errorMessage"`
	LastUpdated  time.Time     `json:"lastUpdated"`
}

// QuarantinedRecord is an element of an imported object that is no event and was
// kept aside.
type QuarantinedRecord struct {
	Location string `json:"location"` // s3://bucket/key
	Record   int64  `json:"record"`   // its number in the object, from 0
	Reason   string `json:"reason"`
	Excerpt  string `json:"excerpt"` // the beginning of its text
}

// QueryStatus is the state of a query.
type QueryStatus string

// The states of a query (CloudTrail API, QueryStatus).
const (
	QueryQueued    QueryStatus = "QUEUED"
	QueryRunning   QueryStatus = "RUNNING"
	QueryFinished  QueryStatus = "FINISHED"
	QueryFailed    QueryStatus = "FAILED"
	QueryCancelled QueryStatus = "CANCELLED"
	QueryTimedOut  QueryStatus = "TIMED_OUT"
)

// Ended reports whether the state is final.
func (s QueryStatus) Ended() bool { return s != QueryQueued && s != QueryRunning }

// StartQueryInput starts a query.
type StartQueryInput struct {
	Statement      *string
	Parameters     []string
	Alias          *string
	DeliveryS3URI  *string
	OwnerAccountID *string
	// Source says which tool asks, as Trino's X-Trino-Source: up to 128
	// characters, none of them a control character. It is kept with the query.
	Source *string
}

// QueryRef names a query, as DescribeQuery, GetQueryResults and CancelQuery take it.
type QueryRef struct {
	QueryID        string
	EventDataStore *string // deprecated by AWS; checked when given
	Alias          *string
	RefreshID      *string
	OwnerAccountID *string
}

// Query describes a query.
type Query struct {
	ID             string
	Statement      string // after parameters were put in
	Status         QueryStatus
	Error          string // of a failed query: message with position
	Created        time.Time
	EventsMatched  int64
	EventsScanned  int64
	BytesScanned   int64
	ExecutionTime  time.Duration
	ResultRows     int64
	OwnerAccountID string
	Stores         []string // ids of the stores it reads
	// Ours.
	UserARN, AccessKeyID       string     // of who started it; empty when it was not kept
	Source                     string     // which tool asked; empty when it did not say
	Ended                      *time.Time // nil while it runs
	Segments, SegmentsPruned   int64
	RowGroups, RowGroupsPruned int64
	// Of RowGroupsTotal the query has dealt with RowGroupsDone. The total is partly
	// a guess until all segments are opened; a LIMIT may leave some undone.
	RowGroupsDone, RowGroupsTotal int64
}

// Cell is one value of a result row; Value is nil for NULL.
type Cell struct {
	Name  string
	Value *string
}

// QueryResults is one page of a result.
type QueryResults struct {
	Status       QueryStatus
	Rows         [][]Cell
	ResultsCount int64 // rows on this page
	TotalResults int64
	BytesScanned int64
	NextToken    string // empty at the end
	Error        string
}

// GetQueryResultsInput asks for a page of results.
type GetQueryResultsInput struct {
	QueryRef
	Page
}

// ListQueriesInput filters the list of a store's queries of the last seven days.
type ListQueriesInput struct {
	Page
	EventDataStore string
	Start, End     *time.Time
	Status         *QueryStatus
}

// ResultStream yields a finished or running query's result as Arrow batches,
// waiting for more while the query runs. Field metadata "trino.type" holds SQL
// types. Not safe for concurrent use.
type ResultStream interface {
	Schema() *arrow.Schema
	// Next returns a batch the caller releases, io.EOF at the end, or the query's error.
	Next() (arrow.Record, error)
	Close() error
}
