// Package awsapi serves CloudTrail's JSON wire (AWS JSON 1.1): POST / with the
// operation in X-Amz-Target, as the aws CLI, boto3 and the AWS SDKs speak it. It
// translates between that wire and the engine and decides nothing else.
package awsapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/engine/api/auth"
)

const jsonType = "application/x-amz-json-1.1"

// targetPrefixes are the two ways clients write the service in X-Amz-Target:
// boto3 and the CLI the first, the Go SDK the second.
var targetPrefixes = []string{"com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.", "CloudTrail_20131101."}

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
}

// Queries is the part of the engine that runs queries. Safe for concurrent use.
type Queries interface {
	StartQuery(context.Context, engine.Principal, engine.StartQueryInput) (*engine.Query, error)
	DescribeQuery(context.Context, engine.Principal, engine.QueryRef) (*engine.Query, error)
	CancelQuery(context.Context, engine.Principal, engine.QueryRef) (*engine.Query, error)
	GetQueryResults(context.Context, engine.Principal, engine.GetQueryResultsInput) (*engine.QueryResults, error)
	ListQueries(context.Context, engine.Principal, engine.ListQueriesInput) (queries []engine.Query, next string, err error)
}

// Channels is the part of the engine that keeps channels and takes their events.
// Safe for concurrent use.
type Channels interface {
	CreateChannel(context.Context, engine.Principal, engine.CreateChannelInput) (*engine.Channel, error)
	GetChannel(ctx context.Context, p engine.Principal, idOrARN string) (*engine.Channel, error)
	ListChannels(context.Context, engine.Principal, engine.Page) (channels []engine.Channel, next string, err error)
	UpdateChannel(context.Context, engine.Principal, engine.UpdateChannelInput) (*engine.Channel, error)
	DeleteChannel(ctx context.Context, p engine.Principal, idOrARN string) error
	PutAuditEvents(context.Context, engine.Principal, engine.PutAuditEventsInput) ([]engine.AuditEventResult, error)
}

// Samples is the part of the engine that has sample queries. Safe for concurrent use.
type Samples interface {
	SearchSampleQueries(context.Context, engine.Principal, engine.SearchSampleQueriesInput) (samples []engine.SampleQuery, next string, err error)
}

// Options says what the front serves. All but MaxBody and Logger is required.
type Options struct {
	Stores   Stores
	Imports  Imports
	Queries  Queries
	Samples  Samples
	Channels Channels
	Auth     *auth.Verifier
	// RequestID tells a request's id.
	RequestID func(context.Context) string
	// MaxBody bounds a request's body in bytes; 0 means 4 MiB.
	MaxBody int64
	// Logger gets internal errors, and every call at debug level; nil discards.
	Logger *slog.Logger
}

// front is the handler; its operations are in stores.go, imports.go,
// queries.go, samples.go, channels.go and putauditevents.go.
type front struct {
	opts       Options
	operations map[string]operation
}

// operation serves one CloudTrail operation. What it returns is the answer's body.
type operation func(ctx context.Context, p engine.Principal, in object) (any, error)

// New makes the handler of POST /, CloudTrail's wire, and of POST /PutAuditEvents,
// that of CloudTrail Data (REST-JSON).
func New(opts Options) http.Handler {
	if opts.MaxBody == 0 {
		opts.MaxBody = 4 << 20
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	f := &front{opts: opts}
	f.operations = map[string]operation{
		"CreateEventDataStore":         f.createEventDataStore,
		"GetEventDataStore":            f.getEventDataStore,
		"ListEventDataStores":          f.listEventDataStores,
		"UpdateEventDataStore":         f.updateEventDataStore,
		"DeleteEventDataStore":         f.deleteEventDataStore,
		"RestoreEventDataStore":        f.restoreEventDataStore,
		"StartEventDataStoreIngestion": f.startEventDataStoreIngestion,
		"StopEventDataStoreIngestion":  f.stopEventDataStoreIngestion,
		"StartImport":                  f.startImport,
		"GetImport":                    f.getImport,
		"StopImport":                   f.stopImport,
		"ListImports":                  f.listImports,
		"ListImportFailures":           f.listImportFailures,
		"StartQuery":                   f.startQuery,
		"DescribeQuery":                f.describeQuery,
		"CancelQuery":                  f.cancelQuery,
		"GetQueryResults":              f.getQueryResults,
		"ListQueries":                  f.listQueries,
		"SearchSampleQueries":          f.searchSampleQueries,
		"CreateChannel":                f.createChannel,
		"GetChannel":                   f.getChannel,
		"ListChannels":                 f.listChannels,
		"UpdateChannel":                f.updateChannel,
		"DeleteChannel":                f.deleteChannel,
	}
	return f
}

// ServeHTTP implements http.Handler.
func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := f.opts.RequestID(r.Context())
	w.Header().Set("X-Amzn-Requestid", id)
	log := f.opts.Logger.With("request", id, "target", r.Header.Get("X-Amz-Target"))
	defer func() {
		if p := recover(); p != nil {
			log.Error("call panicked", "panic", p, "stack", string(debug.Stack()))
			f.writeError(w, log, engine.Errorf(engine.Internal, "internal error"))
		}
	}()
	if r.URL.Path == putAuditEventsPath {
		f.putAuditEvents(w, r, log)
		return
	}
	out, err := f.serve(w, r)
	if err != nil {
		f.writeError(w, log, err)
		return
	}
	f.write(w, log, http.StatusOK, out)
}

// serve lets the caller in before it looks at anything else, so that wrong
// credentials learn nothing.
func (f *front) serve(w http.ResponseWriter, r *http.Request) (any, error) {
	principal, body, err := f.admit(w, r)
	if err != nil {
		return nil, err
	}
	op, err := f.operation(r)
	if err != nil {
		return nil, err
	}
	in, err := parse(body)
	if err != nil {
		return nil, err
	}
	return op(auth.WithPrincipal(r.Context(), principal), principal, in)
}

// admit reads the body and verifies the signature; the AWS wire takes nothing else.
func (f *front) admit(w http.ResponseWriter, r *http.Request) (engine.Principal, []byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, f.opts.MaxBody))
	if err != nil {
		return engine.Principal{}, nil, bodyError(err)
	}
	principal, err := f.opts.Auth.Signature(r, body)
	return principal, body, err
}

func (f *front) operation(r *http.Request) (operation, error) {
	if err := checkContentType(r); err != nil {
		return nil, err
	}
	targets := r.Header.Values("X-Amz-Target")
	if len(targets) != 1 || targets[0] == "" {
		return nil, unknownOperation("X-Amz-Target: must be given once, as CloudTrail_20131101.<Operation>")
	}
	for _, prefix := range targetPrefixes {
		name, ok := strings.CutPrefix(targets[0], prefix)
		if !ok {
			continue
		}
		if op, ok := f.operations[name]; ok {
			return op, nil
		}
		if unserved[name] {
			return nil, engine.Errorf(engine.UnsupportedOperation, "%s: this lake does not have the operation", name)
		}
		return nil, unknownOperation(fmt.Sprintf("%s: CloudTrail has no such operation", name))
	}
	return nil, unknownOperation(fmt.Sprintf("X-Amz-Target %q: must be CloudTrail_20131101.<Operation>", targets[0]))
}

func checkContentType(r *http.Request) error {
	given := r.Header.Get("Content-Type")
	if given == "" {
		return nil
	}
	media, _, err := mime.ParseMediaType(given)
	if err != nil || media != jsonType && media != "application/json" && media != "application/x-amz-json-1.0" {
		return serialization("Content-Type %q: must be %s", given, jsonType)
	}
	return nil
}

func bodyError(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return &wireError{status: http.StatusRequestEntityTooLarge, Type: "RequestEntityTooLargeException",
			Message: fmt.Sprintf("request body: must not be longer than %d bytes", tooLarge.Limit)}
	}
	return serialization("the request body cannot be read: %v", err)
}
