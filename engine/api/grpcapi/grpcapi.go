// Package grpcapi serves the gRPC service traillake.v1.LakeService: each method
// turns a message into an engine call and the answer into a message.
package grpcapi

import (
	"context"
	"log/slog"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/auth"
	traillakev1 "github.com/traillake/traillake/proto/traillake/v1"
)

// Stores is the part of the engine that keeps event data stores. Safe for concurrent use.
type Stores interface {
	CreateEventDataStore(context.Context, engine.Principal, engine.CreateEventDataStoreInput) (*engine.EventDataStore, error)
	GetEventDataStore(ctx context.Context, p engine.Principal, idOrARN string) (*engine.EventDataStore, error)
	ListEventDataStores(context.Context, engine.Principal, engine.Page) (stores []engine.EventDataStore, next string, err error)
	UpdateEventDataStore(context.Context, engine.Principal, engine.UpdateEventDataStoreInput) (*engine.EventDataStore, error)
	DeleteEventDataStore(ctx context.Context, p engine.Principal, idOrARN string) error
	RestoreEventDataStore(ctx context.Context, p engine.Principal, idOrARN string) (*engine.EventDataStore, error)
	StartEventDataStoreIngestion(ctx context.Context, p engine.Principal, idOrARN string) error
	StopEventDataStoreIngestion(ctx context.Context, p engine.Principal, idOrARN string) error
}

// Imports is the part of the engine that imports trails. Safe for concurrent use.
type Imports interface {
	StartImport(context.Context, engine.Principal, engine.StartImportInput) (*engine.Import, error)
	GetImport(ctx context.Context, p engine.Principal, id string) (*engine.Import, error)
	StopImport(ctx context.Context, p engine.Principal, id string) (*engine.Import, error)
	ListImports(context.Context, engine.Principal, engine.ListImportsInput) (imports []engine.Import, next string, err error)
	ListImportFailures(ctx context.Context, p engine.Principal, id string, page engine.Page) (failures []engine.ImportFailure, next string, err error)
	ListQuarantinedRecords(ctx context.Context, p engine.Principal, id string, page engine.Page) (records []engine.QuarantinedRecord, next string, err error)
}

// Queries is the part of the engine that runs queries. Safe for concurrent use;
// the caller closes a ResultStream.
type Queries interface {
	StartQuery(context.Context, engine.Principal, engine.StartQueryInput) (*engine.Query, error)
	DescribeQuery(context.Context, engine.Principal, engine.QueryRef) (*engine.Query, error)
	CancelQuery(context.Context, engine.Principal, engine.QueryRef) (*engine.Query, error)
	GetQueryResults(context.Context, engine.Principal, engine.GetQueryResultsInput) (*engine.QueryResults, error)
	StreamQueryResults(context.Context, engine.Principal, engine.QueryRef) (engine.ResultStream, error)
	ListQueries(context.Context, engine.Principal, engine.ListQueriesInput) (queries []engine.Query, next string, err error)
}

// Samples is the part of the engine that has sample queries. Safe for concurrent use.
type Samples interface {
	SearchSampleQueries(context.Context, engine.Principal, engine.SearchSampleQueriesInput) (samples []engine.SampleQuery, next string, err error)
	GetSampleQuery(context.Context, engine.Principal, engine.GetSampleQueryInput) (*engine.SampleQuery, error)
}

// Language is the part of the engine that helps to write queries. Safe for concurrent use.
type Language interface {
	ValidateQuery(context.Context, engine.Principal, engine.StatementInput) (*engine.Validation, error)
	EstimateQuery(context.Context, engine.Principal, engine.StatementInput) (*engine.Estimate, error)
	EditQuery(context.Context, engine.Principal, engine.EditQueryInput) (statement string, err error)
	ExplainQuery(context.Context, engine.Principal, engine.ExplainQueryInput) (*engine.Explanation, error)
	ListFunctions(context.Context, engine.Principal) ([]engine.Function, error)
	ListEventDataStoreColumns(ctx context.Context, p engine.Principal, idOrARN string) ([]engine.StoreColumn, error)
	ListEventDataStoreValues(context.Context, engine.Principal, engine.ListValuesInput) (*engine.StoreValues, error)
}

// Options says what a server serves. Stores, Imports, Queries, Results, Holdings, Events,
// Channels, Watches, Samples, Language, Saved, Auth and NewID are required.
type Options struct {
	Stores   Stores
	Imports  Imports
	Queries  Queries
	Results  Results
	Holdings Holdings
	Events   Events
	Channels Channels
	Watches  Watches
	Samples  Samples
	Language Language
	Saved    SavedQueries
	Auth     *auth.Verifier
	// NewID makes request ids.
	NewID func() string
	// Ready is asked by the health service; nil means always ready.
	Ready func() error
	// Logger gets internal errors, and every call at debug level; nil discards.
	Logger *slog.Logger
	// TrustCaller believes the principal and the request id that a call's metadata
	// names (see WithCaller). For a server only this process can reach.
	TrustCaller bool
}

// New makes a server with the lake's service, health and reflection. Every call
// needs credentials but those of the health service.
func New(opts Options) *grpc.Server {
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.Ready == nil {
		opts.Ready = func() error { return nil }
	}
	gate := &gate{verifier: opts.Auth, logger: opts.Logger, newID: opts.NewID, trustCaller: opts.TrustCaller}
	server := grpc.NewServer(
		grpc.MaxRecvMsgSize(maxMessageBytes),
		grpc.ChainUnaryInterceptor(gate.unary),
		grpc.ChainStreamInterceptor(gate.stream),
	)
	traillakev1.RegisterLakeServiceServer(server, &lakeServer{
		stores: opts.Stores, imports: opts.Imports, queries: opts.Queries, results: opts.Results, holdings: opts.Holdings, events: opts.Events, channels: opts.Channels,
		watches: opts.Watches,
		samples: opts.Samples, language: opts.Language, saved: opts.Saved,
	})
	grpc_health_v1.RegisterHealthServer(server, healthServer{ready: opts.Ready})
	reflection.Register(server)
	return server
}

// lakeServer is the service. Its methods are in stores.go, imports.go, queries.go,
// stream.go, results.go, events.go, channels.go, watches.go, segments.go, samples.go, language.go and
// savedqueries.go.
type lakeServer struct {
	traillakev1.UnimplementedLakeServiceServer
	stores   Stores
	imports  Imports
	queries  Queries
	results  Results
	holdings Holdings
	events   Events
	channels Channels
	watches  Watches
	samples  Samples
	language Language
	saved    SavedQueries
}

// caller is who calls; the gate has put it there.
func caller(ctx context.Context) engine.Principal {
	p, _ := auth.FromContext(ctx)
	return p
}
